"""A return without a word."""

from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from apps.cases.kinds import Problem
from apps.cases.models import Revision, Severity
from apps.districts.models import NarrativeSection


def narrative_missing(revision: Revision) -> Iterator[Problem]:
    """A return has at least one section of narrative; without one it is only hinted at."""
    if not NarrativeSection.objects.filter(revision=revision).exists():
        yield Problem(
            "narrative_missing", Severity.HINT,
            _("The return has no narrative yet. Add a section on the year's work."),
        )
