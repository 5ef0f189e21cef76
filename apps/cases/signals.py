"""What other apps may listen to."""

from django.dispatch import Signal

# Sent with ``revisions`` in the transaction that publishes them, after their release is stored.
released = Signal()
