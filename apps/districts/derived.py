"""Figures that are counted from the city's published lists, and typed by nobody.

What is counted is data (``Derivation``): a kind of row, the year that counts, and conditions on
its fields. A row counts for the district it names; where it names none, for its first
organisation's (DOMAIN §3: never for the others). A district's whole area includes its zones.
As long as the city has published no such list of the year, there is nothing to count: the figure
is typed like any other, and counted from the day on which the list is there.
"""

from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.accounts.models import User
from apps.cases import scope
from apps.cases.kinds import RecordKind, record_kinds
from apps.cases.models import Mention, Revision
from apps.districts.models import Derivation, FigureStatus, IndicatorValue
from apps.registry.models import District, ValueSource

KIND = "district-returns"


def derivations(year: int) -> dict[int, Derivation]:
    """Return what is counted in a report year, by indicator. Two queries at most."""
    found: dict[int, Derivation] = {}
    known = Derivation.objects.filter(from_year__lte=year, indicator__source=ValueSource.DERIVED)
    for derivation in known.select_related("indicator").order_by("from_year"):
        found[derivation.indicator_id] = derivation
    if not found:
        return found
    lists = {f"list_{each.pk}": Exists(_rows(each, year)) for each in found.values()}
    present = Derivation.objects.filter(pk=next(iter(found.values())).pk).annotate(**lists)
    [published] = present.values(*lists)
    return {key: each for key, each in found.items() if published[f"list_{each.pk}"]}


def rows_behind(derivation: Derivation, district: District, year: int) -> "QuerySet[Any]":
    """Return the published rows that are counted for ``district`` in a report year."""
    kind = record_kinds[derivation.record_kind]
    return _rows(derivation, year).filter(_counts_for(kind, [district, *district.parts.all()]))


def _rows(derivation: Derivation, year: int) -> "QuerySet[Any]":
    """Return the published rows of every district that are counted in a report year."""
    rows = (
        record_kinds[derivation.record_kind]
        .public_rows()
        .filter(**{derivation.year_field: year - derivation.years_back})
    )
    for name, text in derivation.conditions.items():
        rows = rows.filter(**{name: text.replace("{year}", str(year - derivation.years_back))})
    return rows


def _counts_for(kind: RecordKind, districts: list[District]) -> Q:
    first = Mention.objects.filter(
        revision=OuterRef("revision"),
        record_kind=kind.code,
        record_uid=OuterRef("uid"),
        field=kind.mentions[0],
        position=0,
        name__organisation__district__in=districts,
    )
    if "district" not in kind.fields:
        return Q(Exists(first))
    return Q(district__in=districts) | Q(Exists(first), district__isnull=True)


def expected(figure: IndicatorValue) -> int | None:
    """Return what a figure is by count; None where it is no derived figure of its own return."""
    if figure.indicator.source != ValueSource.DERIVED:
        return None
    case = figure.revision.case
    is_line = (
        case.kind == KIND
        and not figure.subject
        and figure.period == str(case.year)
        and figure.status == FigureStatus.ACTUAL
        and figure.unit == figure.indicator.unit
        and figure.reporting_unit.bureau_id == case.bureau_id
    )
    if not is_line:
        return None
    derivation = (
        Derivation.objects.filter(indicator=figure.indicator_id, from_year__lte=case.year)
        .order_by("-from_year")
        .first()
    )
    if derivation is None or not _rows(derivation, case.year).exists():
        return None
    return rows_behind(derivation, figure.reporting_unit, case.year).count()


def count_derived(actor: User, revision: Revision) -> None:
    """Store each derived figure of a return as it is counted now, in the name of who fills it.

    Writes only what differs. In a returned case the figures that the city did not name stay as
    they were. Raises as ``save_record`` does.
    """
    from apps.districts.domain import save_figure  # it stores through the kind, which names us

    year = revision.case.year
    found = derivations(year)
    if not found:
        return
    district = District.objects.get(bureau=revision.case.bureau_id)
    present = {
        figure.indicator_id: figure
        for figure in IndicatorValue.objects.filter(
            revision=revision,
            reporting_unit=district,
            subject="",
            period=str(year),
            status=FigureStatus.ACTUAL,
        ).select_related("indicator")
        if figure.unit == figure.indicator.unit
    }
    items = scope.open_items(revision) if revision.returned_at else None
    for indicator_id, derivation in found.items():
        figure = present.get(indicator_id)
        uid = figure.uid if figure else None
        if items is not None and not scope.row_is_named(items, "indicator-values", uid):
            continue
        count = Decimal(rows_behind(derivation, district, year).count())
        if figure is not None and figure.value == count and not figure.qualifier:
            continue
        save_figure(
            actor,
            revision.pk,
            derivation.indicator,
            {"value": count, "blank": "", "qualifier": ""},
            uid=uid,
            version=figure.version if figure else None,
        )
