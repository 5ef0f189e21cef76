"""A figure that is asked for and not there."""

from collections import defaultdict
from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from apps.cases.kinds import Problem
from apps.cases.models import FIELD_LENGTH, Severity
from apps.districts.checks.reading import Reading, rule
from apps.districts.models import Blank, FigureStatus, IndicatorValue
from apps.registry.models import AskedOf, RelationKind


@rule(
    _(
        "A figure that was published last year, or that the dictionary always asks for, has a row: a value, or the reason why there is none. A value that is missing is explained."
    ),
    Severity.EXPLAIN,
)
def figure_missing(reading: Reading) -> Iterator[Problem]:
    year = str(reading.year)
    there: dict[int, list[IndicatorValue]] = defaultdict(list)
    for row in reading.figures:
        # A forecast is there too; whether it may stand is another rule's question. The figure of a
        # body is not the district's.
        if row.period == year and row.status != FigureStatus.TARGET and not row.subject:
            there[row.indicator_id].append(row)
    # What a body or a zone reported last year need not come again; what the whole did, must.
    asked = {
        series.indicator_id: years[reading.year - 1].printed
        for series, years in reading.published.items()
        if not series.subject and reading.year - 1 in years
    }
    always = {relation.indicator_id for relation in reading.relations(RelationKind.REQUIRED)}
    for pk, indicator in sorted(reading.indicators.items(), key=lambda item: item[1].order):
        if (pk not in asked and pk not in always) or indicator.asked_of == _other(reading):
            continue
        rows = there.get(pk, [])
        params = {"indicator": indicator.name, "before": asked.get(pk, "")}
        if not rows:
            yield Problem(
                "figure_missing",
                Severity.EXPLAIN,
                _(
                    "%(indicator)s is missing; last year it was %(before)s. Enter it, or explain why it is left out."
                )
                if pk in asked
                else _("%(indicator)s is missing. Enter it, or explain why it is left out."),
                params,
                None,
                indicator.code[:FIELD_LENGTH],
            )
        elif all(row.blank == Blank.MISSING for row in rows):
            yield Problem(
                "figure_missing",
                Severity.EXPLAIN,
                _("%(indicator)s has no value. Enter it, or explain why it is not known."),
                params,
                rows[0],
                "value",
            )


def _other(reading: Reading) -> AskedOf:
    """Return who is asked for what this return is not."""
    return AskedOf.CITY if reading.case.kind_spec.checked_in_bureau else AskedOf.DISTRICT
