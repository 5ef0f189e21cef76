"""The states of a revision, and which of them are open."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """The states of a revision (DESIGN §3)."""

    DRAFT = "draft", _("being filled in")
    CHECKING = "checking", _("in the bureau's own check")
    SUBMITTED = "submitted", _("reported")
    REVIEWING = "reviewing", _("under review")
    RETURNED = "returned", _("returned")
    APPROVED = "approved", _("approved")
    ON_NOTICE = "on_notice", _("on public notice")
    PUBLISHED = "published", _("published")
    SUPERSEDED = "superseded", _("corrected")
    WITHDRAWN = "withdrawn", _("withdrawn")


# The only states in which a row may be written; the database trigger holds the same list.
WRITABLE = frozenset({State.DRAFT, State.RETURNED})
ENDED = frozenset({State.PUBLISHED, State.SUPERSEDED, State.WITHDRAWN})
OPEN = frozenset(set(State) - ENDED)
