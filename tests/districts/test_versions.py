"""Figures of each year read with the definition of their year; nothing compared across a break."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import Role, User
from apps.cases.canonical import revision_hash
from apps.cases.models import Revision, State
from apps.districts.checks import return_rules
from apps.districts.dictionary import touched
from apps.districts.domain import save_figure
from apps.districts.models import IndicatorValue
from apps.districts.printed import sections_of
from apps.districts.queries import figures_of_lines, versions_of_lines
from apps.districts.returns import read_return
from apps.districts.workbook.layout import sheet_rows
from apps.publications.pictures import over_time
from apps.registry.dictionary import define
from apps.registry.models import Indicator, IndicatorRelation, IndicatorVersion
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def published(year: int, value: str, unit: str = "亿元") -> Revision:
    values = factories.figure_values(
        indicator=factories.indicator("rd-spending"),
        period=str(year),
        value=Decimal(value),
        unit=unit,
    )
    return factories.published_case("district-returns", [values], year=year)


@pytest.fixture
def spending() -> Indicator:
    return factories.indicator("rd-spending")


@pytest.fixture
def keeper(spending: Indicator) -> User:
    return factories.person(Role.ADMINISTRATOR)


def change(keeper: User, year: int = 2024, **values: Any) -> Indicator:
    spending = factories.indicator("rd-spending")
    define(keeper, spending, year, values or {"units": ["万元"]}, "统计制度调整")
    spending.refresh_from_db()
    return spending


def fresh_figure(revision: Revision) -> IndicatorValue:
    return IndicatorValue.objects.select_related("indicator").get(revision=revision)


def test_each_year_is_entered_in_its_own_unit(spending: Indicator, keeper: User) -> None:
    change(keeper, 2025)
    drafts = {year: factories.open_return(rows=0, year=year) for year in (2024, 2025)}

    for year, unit in ((2024, "亿元"), (2025, "万元")):
        draft = drafts[year]
        filler = factories.filler_of(draft)
        indicator = factories.indicator("rd-spending")
        figure = save_figure(filler, draft.pk, indicator, {"value": Decimal("20.00")})
        assert (figure.unit, fresh_figure(draft).defined.unit) == (unit, unit)
        # Entered once more, it is the same line.
        assert save_figure(filler, draft.pk, indicator, {"value": Decimal("20.00")}) == figure
        assert figures_of_lines(draft, ["rd-spending"])["rd-spending"] == figure
        assert versions_of_lines(draft, ["rd-spending"]) == {"rd-spending": (figure.uid, 1)}
        [line] = [x for x in read_return(filler, draft).sections[0].lines if x.figure]
        assert line.indicator.unit == unit
        assert "unit_not_in_dictionary" not in {p.rule for p in return_rules(draft)}


def test_unit_of_another_year_is_a_fault(spending: Indicator, keeper: User) -> None:
    draft = factories.open_return(
        rows=[factories.figure_values(indicator=spending, period="2025")], year=2025
    )
    assert "unit_not_in_dictionary" not in {p.rule for p in return_rules(draft)}

    change(keeper, 2025)

    found = [p for p in return_rules(factories.fresh(draft)) if p.rule == "unit_not_in_dictionary"]
    assert [p.params["units"] for p in found] == ["万元"]


@pytest.mark.parametrize(
    ("values", "compared"),
    [({"scope": "own"}, False), ({"definition": "另行说明。"}, True)],
    ids=["scope", "definition"],
)
def test_nothing_is_compared_across_a_break(
    spending: Indicator, keeper: User, values: dict[str, str], compared: bool
) -> None:
    published(2023, "2.00")
    change(keeper, 2024, **values)
    draft = factories.open_return(
        rows=[
            factories.figure_values(
                indicator=factories.indicator("rd-spending"), period="2024", value=Decimal("90.00")
            )
        ],
        year=2024,
    )

    rules = {problem.rule for problem in return_rules(draft)}
    page = read_return(factories.filler_of(draft), draft)
    [line] = [x for x in page.sections[0].lines if x.figure]
    [printed] = sections_of([fresh_figure(draft)], 2024, str)[0].figures

    assert ("unlike_last_year" in rules) is compared
    assert line.before is not None
    assert (line.is_broken, bool(line.change), bool(line.before_value)) == (
        not compared,
        compared,
        compared,
    )
    assert (printed.is_broken, bool(printed.change)) == (not compared, compared)
    assert [row.before is not None for row in sheet_rows(page)] == [True]


def test_published_figure_keeps_the_name_and_definition_of_its_year(
    spending: Indicator, keeper: User, client: Client
) -> None:
    old = published(2023, "2.00")
    change(keeper, 2024, name="研发经费支出", name_en="Spending on R&D")
    new = published(2024, "3.00")

    assert [str(fresh_figure(each).defined) for each in (old, new)] == [
        "Indicator rd-spending",
        "Spending on R&D",
    ]
    page = client.get("/api/v1/indicator-values/").json()
    names = {"2023": "指标rd-spending", "2024": "研发经费支出"}
    assert {row["period"]: row["indicator"] for row in page["results"]} == names
    # The same where the database writes the file.
    answer = client.get("/indicators/?_export=csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["period"]: row["indicator"] for row in rows} == names


def test_content_hash_of_a_release_stays(spending: Indicator, keeper: User) -> None:
    revision = published(2023, "2.00")
    before = revision_hash(revision)[0]

    change(keeper, 2024, name="研发经费支出", units=["万元"])

    assert revision_hash(factories.fresh(revision))[0] == before


def test_break_is_marked_in_chart_and_table(
    spending: Indicator, keeper: User, client: Client
) -> None:
    for year in (2021, 2022):
        published(year, "2.00")
    change(keeper, 2023, scope="own")
    for year in (2023, 2024):
        published(year, "3.00")

    rows = list(IndicatorValue.objects.select_related("indicator", "reporting_unit"))
    [line] = over_time(rows)
    assert len(line.paths) == 2
    assert "2023" in line.note
    html = client.get(
        "/indicators/rd-spending/", headers={"accept-language": "en"}
    ).content.decode()
    assert html.count("defined anew") == 1
    assert "not comparable with earlier years" in html
    assert 'class="break"' in html
    assert html.count("<polyline") == 2


def test_what_a_change_touches_is_counted(spending: Indicator, keeper: User) -> None:
    published(2023, "2.00")
    factories.open_return(
        rows=[factories.figure_values(indicator=spending, period="2024")], year=2024
    )
    IndicatorRelation.objects.create(code="rd-range", kind="range", indicator=spending, low=0)

    found = touched(spending, 2024, ["万元"])

    assert (found.open_figures, found.other_unit, found.kept_figures) == (1, 1, 1)
    assert found.reported_until == 2023
    assert len(found.relations) == 1
    assert touched(spending, 2025, ["亿元"]).other_unit == 0


def form(spending: Indicator, **values: Any) -> dict[str, Any]:
    return {
        "indicator": spending.pk,
        "from_year": "2025",
        "name": spending.name,
        "name_en": spending.name_en,
        "units": "万元",
        "value_type": "decimal",
        "precision": "2",
        "measure": "flow",
        "aggregation": "sum",
        "scope": "",
        "source": "typed",
        "definition": "",
        "reason": "统计制度调整",
        **values,
    }


def test_administrator_sees_what_a_change_touches_before_it_is_made(
    spending: Indicator, keeper: User, client: Client
) -> None:
    client.force_login(keeper, backend="django.contrib.auth.backends.ModelBackend")
    add = "/admin/registry/indicatorversion/add/"
    english = {"accept-language": "en"}

    shown = client.get(f"{add}?indicator={spending.pk}", headers=english).content.decode()
    assert "亿元" in shown
    looked = client.post(add, form(spending), headers=english)
    assert "What it touches" in looked.content.decode()
    assert spending.versions.count() == 1
    refused = client.post(add, form(spending, units="亿元"), headers=english)
    assert "Nothing differs" in refused.content.decode()
    assert spending.versions.count() == 1

    kept = client.post(add, form(spending, _confirmed="1"), headers=english)

    assert kept.status_code == 302
    version = IndicatorVersion.objects.get(indicator=spending, from_year=2025)
    assert (version.units, version.created_by, version.is_break) == (["万元"], keeper, True)


def test_definition_in_use_is_not_changed_in_the_administration(
    spending: Indicator, keeper: User, client: Client
) -> None:
    factories.advance(
        factories.open_return(
            rows=[factories.figure_values(indicator=spending, period="2024")], year=2024
        ),
        State.SUBMITTED,
    )
    client.force_login(keeper, backend="django.contrib.auth.backends.ModelBackend")
    values = form(
        spending, section="研发投入", section_en="x", asked_of="both", order="0", aliases=""
    )

    answer = client.post(
        f"/admin/registry/indicator/{spending.pk}/change/",
        values,
        follow=True,
        headers={"accept-language": "en"},
    )

    assert "so it stays" in answer.content.decode()
    assert Indicator.objects.get(pk=spending.pk).unit == "亿元"


def _line(draft: Revision) -> Any:
    page = read_return(factories.filler_of(draft), draft)
    return next(x for x in page.sections[0].lines if x.indicator.code == "rd-spending")


def _return_of_2024(value: str, unit: str) -> Revision:
    values = factories.figure_values(
        indicator=factories.indicator("rd-spending"),
        period="2024",
        value=Decimal(value),
        unit=unit,
    )
    return factories.open_return(rows=[values], year=2024)


@pytest.mark.parametrize(
    ("value", "change_shown", "rules"),
    [
        ("21000", "+5.0%", set()),
        ("210000", "+950.0%", {"unlike_last_year"}),
        ("2.10", "-100.0%", {"unit_slip"}),
    ],
    ids=["grown", "leapt", "old unit by habit"],
)
def test_last_years_value_is_converted_where_the_unit_moves_the_point(
    keeper: User, client: Client, value: str, change_shown: str, rules: set[str]
) -> None:
    published(2023, "2.00")
    change(keeper, 2024, units=["万元"], precision=0)
    draft = _return_of_2024(value, "万元")

    line, [printed] = _line(draft), sections_of([fresh_figure(draft)], 2024, str)[0].figures
    client.force_login(
        factories.filler_of(draft), backend="django.contrib.auth.backends.ModelBackend"
    )
    page = client.get(f"/desk/returns/{draft.case_id}/1/", headers={"accept-language": "en"})

    assert (line.former.printed, line.before.printed) == ("20000万元", "2.00亿元")
    assert (line.change, line.before_value, line.is_broken) == (change_shown, "20000", False)
    assert "<b>20000万元</b>" in page.content.decode()
    assert "published as 2.00亿元" in page.content.decode()
    assert printed.change.replace(" ", "") == change_shown
    found = {problem.rule for problem in return_rules(draft)}
    assert found & {"unlike_last_year", "unit_slip"} == rules


def test_last_years_value_in_a_unit_that_does_not_convert_is_shown_as_it_is(
    keeper: User, client: Client
) -> None:
    published(2023, "2.00")
    change(keeper, 2024, units=["项"], precision=0)
    draft = factories.open_return(rows=0, year=2024)
    line = _line(draft)
    client.force_login(
        factories.filler_of(draft), backend="django.contrib.auth.backends.ModelBackend"
    )
    page = client.get(f"/desk/returns/{draft.case_id}/1/", headers={"accept-language": "en"})

    assert (line.before.printed, line.former, line.change) == ("2.00亿元", None, "")
    assert line.is_other_unit
    assert "other unit" in page.content.decode()
    assert [
        row.before.printed for row in sheet_rows(read_return(factories.filler_of(draft), draft))
    ] == ["2.00亿元"]


def test_new_definition_beside_a_new_unit_is_not_compared(keeper: User) -> None:
    published(2023, "2.00")
    change(keeper, 2024, units=["万元"], precision=0, definition="只计规上企业。")
    draft = _return_of_2024("210000", "万元")

    assert (_line(draft).is_broken, _line(draft).change) == (True, "")
    assert not {p.rule for p in return_rules(draft)} & {"unlike_last_year", "unit_slip"}


def test_figure_counted_from_lists_has_the_unit_of_its_year() -> None:
    from tests.districts.test_derived import counted, roster, stored

    keeper = factories.person(Role.ADMINISTRATOR)
    derivation = counted()
    roster("beilun", "beilun")
    define(keeper, derivation.indicator, 2025, {"units": ["个"]}, "统计制度调整")

    figure = stored(factories.open_return(year=2024))
    assert figure is not None
    assert (figure.value, figure.unit) == (2, "家")


def test_figure_that_is_typed_from_a_later_year_on_is_counted_until_then() -> None:
    from apps.districts.derived import derivations
    from tests.districts.test_derived import counted, roster

    keeper = factories.person(Role.ADMINISTRATOR)
    derivation = counted()
    for year in (2024, 2025):
        roster("beilun", year=year)
    define(keeper, derivation.indicator, 2025, {"source": "typed"}, "改为填报")

    assert list(derivations(2024)) == [derivation.indicator_id]
    assert derivations(2025) == {}
