"""A figure that another office makes, without saying where it stands there."""

from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from apps.cases.kinds import Problem
from apps.cases.models import Severity
from apps.districts.checks.reading import Reading, rule
from apps.registry.models import ValueSource


@rule(
    _(
        "A figure that another office makes, such as R&D经费支出 of the statistics bureau, names the document or table that it is quoted from, and that document's date. What was taken over from a printed report has its line there for a source."
    ),
    Severity.EXPLAIN,
)
def quoted_without_source(reading: Reading) -> Iterator[Problem]:
    for row in reading.of_this_year:
        if row.defined.source != ValueSource.QUOTED or row.source_line is not None:
            continue
        if row.quoted_from.strip() and row.quoted_on is not None:
            continue
        if row.quoted_from.strip():
            message = _(
                "%(indicator)s is quoted from “%(source)s”, of which no date is given. Enter the date of that document."
            )
        elif row.quoted_on is not None:
            message = _(
                "%(indicator)s is quoted from another office, but not said from what. Name the document or table."
            )
        else:
            message = _(
                "%(indicator)s is quoted from another office. Name the document or table that it stands in, and its date."
            )
        yield Problem(
            "quoted_without_source",
            Severity.EXPLAIN,
            message,
            {"indicator": row.indicator.name, "source": row.quoted_from},
            row,
            "quoted_on" if row.quoted_from.strip() else "quoted_from",
        )
