"""Rules of rosters."""

from collections import defaultdict
from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from apps.cases.kinds import Problem
from apps.cases.models import Revision, Severity
from apps.enterprises.models import RosterEntry
from apps.registry.credit_code import is_valid_credit_code
from apps.registry.names import organisation_key


def organisation_listed_twice(revision: Revision) -> Iterator[Problem]:
    """A firm stands once in a roster (with one case, where the roster names cases)."""
    # By roster, year and case: of a long list only the firms' names are held.
    seen: dict[tuple[str, int, str], set[str]] = defaultdict(set)
    twice = []
    entries = RosterEntry.objects.filter(revision=revision).values_list(
        "pk", "roster", "year", "organisation", "title"
    )
    for pk, roster, year, organisation, title in entries.iterator(chunk_size=2000):
        firms, key = seen[roster, year, title], organisation_key(organisation)
        if key in firms:
            twice.append(pk)
        firms.add(key)
    for entry in RosterEntry.objects.filter(pk__in=twice) if twice else ():
        yield Problem(
            "organisation_listed_twice",
            Severity.BLOCKING,
            _("%(organisation)s stands in this roster twice. Remove one of the rows."),
            {"organisation": entry.organisation},
            entry,
            "organisation",
        )


def credit_code_fails_its_check(revision: Revision) -> Iterator[Problem]:
    """A unified social credit code passes its check characters (GB 32100-2015)."""
    for entry in RosterEntry.objects.filter(revision=revision).exclude(credit_code=""):
        if not is_valid_credit_code(entry.credit_code):
            yield Problem(
                "credit_code_fails_its_check",
                Severity.BLOCKING,
                _(
                    "The credit code %(code)s of %(organisation)s fails its check character. Compare it with the licence."
                ),
                {"code": entry.credit_code, "organisation": entry.organisation},
                entry,
                "credit_code",
            )


def entry_after_report(revision: Revision) -> Iterator[Problem]:
    """A roster's year is not later than the report's."""
    for entry in RosterEntry.objects.filter(revision=revision, year__gt=revision.case.year):
        yield Problem(
            "entry_after_report",
            Severity.BLOCKING,
            _(
                "The roster's year %(entry_year)s is later than the report's year %(year)s. Correct it."
            ),
            {"entry_year": entry.year, "year": revision.case.year},
            entry,
            "year",
        )
