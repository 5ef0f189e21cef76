"""``manage.py anchor``: write down outside the database where the audit's chain stands."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.audit import anchors
from apps.cases.canonical import canonical_json


class Command(BaseCommand):
    """Append one line to the file of the anchors."""

    help = "Write down, outside the database, where the chain of the audit stands."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the line that was appended."""
        self.stdout.write(canonical_json(anchors.write()))
