"""A return without a word."""

from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from apps.cases.kinds import Problem
from apps.cases.models import Severity
from apps.districts.checks.reading import Reading, rule


@rule(_("A return has at least one section of narrative."), Severity.HINT)
def narrative_missing(reading: Reading) -> Iterator[Problem]:
    if not reading.sections:
        yield Problem(
            "narrative_missing",
            Severity.HINT,
            _("The return has no narrative yet. Add a section on the year's work."),
        )
