"""Figures that are counted from the city's published lists, and typed by nobody.

What is counted is data (``Derivation``): a kind of row, the year that counts, and conditions on
its fields. A row counts for the district it names; where it names none, for its first
organisation's (DOMAIN §3: never for the others). A district's whole area includes its zones.
A stock is counted over several years (``years``). As long as the city has not published a list for
each of them, or a row of them is nobody's, there is nothing to count: the figure is typed like any
other, and counted from the day on which the lists are there.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Exists, Q, QuerySet

from apps.accounts.models import User
from apps.cases import scope
from apps.cases.kinds import record_kinds
from apps.cases.models import Revision
from apps.districts.lists.models import ListStatement
from apps.districts.lists.own import counts_for, nobodys
from apps.districts.lists.standing import Line, Standing, read_lists
from apps.districts.models import Derivation, FigureStatus, IndicatorValue
from apps.registry.models import District, ValueSource

KIND = "district-returns"


def derivations(year: int) -> dict[int, Derivation]:
    """Return what is counted in a report year, by indicator. Two queries at most."""
    found: dict[int, Derivation] = {}
    known = Derivation.objects.filter(from_year__lte=year)
    for derivation in known.select_related("indicator").order_by("from_year"):
        # As it is defined in that year: an indicator may come to be counted, or be so no more.
        if derivation.indicator.in_year(year).source == ValueSource.DERIVED:
            found[derivation.indicator_id] = derivation
    if not found:
        return found
    can = {f"counts_{each.pk}": _can_be_counted(each, year) for each in found.values()}
    present = Derivation.objects.filter(pk=next(iter(found.values())).pk).annotate(**can)
    [counts] = present.values(*can)
    return {key: each for key, each in found.items() if counts[f"counts_{each.pk}"]}


def _can_be_counted(derivation: Derivation, year: int) -> Q:
    """Say whether the city has published a list for each year counted, each row with its district.

    A row of nobody's would be missing from somebody's figure: then it is typed until the registry
    knows where the organisation is.
    """
    listed = Q()
    for each in counted_years(derivation, year):
        listed &= Q(Exists(_rows_of(derivation, [each])))
    of_nobody = nobodys(record_kinds[derivation.record_kind])
    return listed & ~Q(Exists(_rows(derivation, year).filter(of_nobody)))


def counted_years(derivation: Derivation, year: int) -> list[int]:
    """Return the years of the rows that are counted in a report year, newest first."""
    newest = year - derivation.years_back
    return [newest - before for before in range(derivation.years)]


def rows_behind(derivation: Derivation, district: District, year: int) -> "QuerySet[Any]":
    """Return the published rows that are counted for ``district`` in a report year."""
    kind = record_kinds[derivation.record_kind]
    return _rows(derivation, year).filter(counts_for(kind, [district, *district.parts.all()]))


def _rows(derivation: Derivation, year: int) -> "QuerySet[Any]":
    """Return the published rows of every district that are counted in a report year."""
    return _rows_of(derivation, counted_years(derivation, year))


def _rows_of(derivation: Derivation, years: Sequence[int]) -> "QuerySet[Any]":
    wanted = Q(pk__in=[])
    for each in years:
        said = {
            name: text.replace("{year}", str(each)) for name, text in derivation.conditions.items()
        }
        wanted |= Q(**{derivation.year_field: each}, **said)
    return record_kinds[derivation.record_kind].public_rows().filter(wanted)


def claimed(derivation: Derivation, revision: Revision) -> list[Line]:
    """Return what a district claims of the rows that are counted: those it disputes or misses.

    The figure does not count them: it changes when the city publishes the corrected list. Five
    queries at most.
    """
    year = revision.case.year
    lines = [
        line
        for line in read_lists(revision).lines
        if line.kind == derivation.record_kind
        and line.standing in {Standing.DISPUTED, Standing.ADDED}
    ]
    uids = [line.key.uid for line in lines if line.key is not None]
    counted = set(_rows(derivation, year).filter(uid__in=uids).values_list("uid", flat=True))
    return [
        line
        for line in lines
        if (line.key is not None and line.key.uid in counted)
        or (line.key is None and _would_count(derivation, line.statement, year))
    ]


def _would_count(derivation: Derivation, said: ListStatement | None, year: int) -> bool:
    claim = said.claim if said is not None else {}
    return any(
        claim.get(derivation.year_field) == each
        and all(
            claim.get(name) == text.replace("{year}", str(each))
            for name, text in derivation.conditions.items()
        )
        for each in counted_years(derivation, year)
    )


def expected(figure: IndicatorValue) -> int | None:
    """Return what a figure is by count; None where it is no derived figure of its own return."""
    indicator = figure.indicator
    if ValueSource.DERIVED not in {
        indicator.source,
        *(each["source"] for each in indicator.former),
    }:
        # Never counted: what most figures are, told without a query.
        return None
    case = figure.revision.case
    defined = indicator.in_year(case.year)
    if defined.source != ValueSource.DERIVED:
        return None
    is_line = (
        case.kind == KIND
        and not figure.subject
        and figure.period == str(case.year)
        and figure.status == FigureStatus.ACTUAL
        and figure.unit == defined.unit
        and figure.reporting_unit.bureau_id == case.bureau_id
    )
    if not is_line:
        return None
    derivation = (
        Derivation.objects.filter(indicator=figure.indicator_id, from_year__lte=case.year)
        .order_by("-from_year")
        .first()
    )
    if derivation is None:
        return None
    can = Derivation.objects.filter(_can_be_counted(derivation, case.year), pk=derivation.pk)
    if not can.exists():
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
        if figure.unit == figure.indicator.in_year(year).unit
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
