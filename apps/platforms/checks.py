"""Rules of certification lists."""

from collections.abc import Iterator

from django.db.models import F
from django.utils.translation import gettext_noop as _

from apps.cases.kinds import Problem
from apps.cases.models import Revision, Severity
from apps.platforms.models import Certification


def certification_listed_twice(revision: Revision) -> Iterator[Problem]:
    """One platform of one type, year and status stands once in a list, or says why it stands twice."""
    seen: set[tuple[str, str, int | None, str]] = set()
    for row in Certification.objects.filter(revision=revision):
        key = (row.platform, row.type, row.year, row.status)
        if key in seen:
            yield Problem(
                "certification_listed_twice",
                Severity.EXPLAIN,
                _(
                    "“%(platform)s” stands in this list twice. Remove one of the rows, or explain both."
                ),
                {"platform": row.platform},
                row,
                "platform",
            )
        seen.add(key)


def certification_after_report(revision: Revision) -> Iterator[Problem]:
    """A certification's year is not later than the report's."""
    for row in Certification.objects.filter(revision=revision, year__gt=revision.case.year):
        yield Problem(
            "certification_after_report",
            Severity.BLOCKING,
            _(
                "The year %(row_year)s of “%(platform)s” is later than the report's year %(year)s. Correct it."
            ),
            {"platform": row.platform, "row_year": row.year, "year": revision.case.year},
            row,
            "year",
        )


def certification_ends_before_it_begins(revision: Revision) -> Iterator[Problem]:
    """A certification is valid to a day not before the day from which it is valid."""
    rows = Certification.objects.filter(revision=revision, valid_to__lt=F("valid_from"))
    for row in rows:
        yield Problem(
            "certification_ends_before_it_begins",
            Severity.BLOCKING,
            _(
                "“%(platform)s” is valid to a day before it becomes valid. Correct one of the dates."
            ),
            {"platform": row.platform},
            row,
            "valid_to",
        )
