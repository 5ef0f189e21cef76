"""Versions of the indicator dictionary: which holds when, when one is locked, who adds one."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from apps.accounts.models import Role, User
from apps.cases.models import State
from apps.registry.dictionary import Held, define, held_versions
from apps.registry.models import Indicator, IndicatorVersion
from tests import factories

pytestmark = pytest.mark.django_db
REASON = "统计制度调整"


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def spending() -> Indicator:
    return factories.indicator("rd-spending", definition="全社会研究与试验发展经费支出。")


@pytest.fixture
def keeper(spending: Indicator) -> User:
    return factories.person(Role.ADMINISTRATOR)


def reported(year: int) -> None:
    """Have a return of that year reported, with a figure of the indicator."""
    values = factories.figure_values(indicator=factories.indicator("rd-spending"), period=str(year))
    factories.advance(factories.open_return(rows=[values], year=year), State.SUBMITTED)


def add(keeper: User, spending: Indicator, year: int, **values: Any) -> IndicatorVersion:
    return define(keeper, spending, year, values, REASON)


def test_new_indicator_begins_with_a_version(spending: Indicator) -> None:
    version = spending.versions.get()

    assert (version.from_year, version.name, version.units) == (0, spending.name, ["亿元"])
    assert (spending.former, spending.breaks, version.is_break) == ([], [], False)


def test_definition_of_a_year_is_that_of_its_version(spending: Indicator, keeper: User) -> None:
    add(keeper, spending, 2023, units=["万元"])
    add(keeper, spending, 2025, definition="含基础研究。", precision=0)
    spending.refresh_from_db()

    seen = {year: spending.in_year(year) for year in (2020, 2022, 2023, 2024, 2025, 2030)}

    assert [seen[year].unit for year in seen] == ["亿元", "亿元", "万元", "万元", "万元", "万元"]
    assert [seen[year].precision for year in seen] == [2, 2, 2, 2, 0, 0]
    assert seen[2025] is spending
    assert seen[2020].code == spending.code
    assert spending.definition == "含基础研究。"
    assert spending.breaks == [2023]
    # From 亿元 to 万元 only the point moves: the amounts are compared.
    assert not spending.is_broken(2021, 2025)


def test_years_are_not_compared_across_another_scope(spending: Indicator, keeper: User) -> None:
    add(keeper, spending, 2023, units=["万元"], scope="own")
    spending.refresh_from_db()

    years = ((2022, 2023), (2023, 2024), (2021, 2025))
    assert [spending.is_broken(*pair) for pair in years] == [True, False, True]


@pytest.mark.parametrize(
    ("values", "broken"),
    [
        ({"units": ["万元", "亿元"]}, True),
        ({"scope": "own"}, True),
        ({"measure": "stock"}, True),
        ({"definition": "另行说明。"}, False),
        ({"precision": 1}, False),
        ({"units": ["亿元", "万元"]}, False),
    ],
    ids=["unit", "scope", "measure", "definition", "precision", "second-unit"],
)
def test_database_knows_a_break(
    spending: Indicator, keeper: User, values: dict[str, Any], broken: bool
) -> None:
    assert add(keeper, spending, 2024, **values).is_break is broken


def test_break_may_be_said_of_the_words_alone(spending: Indicator, keeper: User) -> None:
    version = define(keeper, spending, 2024, {"definition": "不含企业。"}, REASON, is_break=True)

    spending.refresh_from_db()
    assert (version.is_break, spending.breaks) == (True, [2024])


def test_reported_version_is_locked(spending: Indicator, keeper: User) -> None:
    later = add(keeper, spending, 2026, precision=1)
    reported(2024)
    first = spending.versions.get(from_year=0)
    changes: list[Callable[[], object]] = [
        lambda: IndicatorVersion.objects.filter(pk=first.pk).update(definition="别的"),
        first.delete,
        # It would hold for the year that was reported.
        lambda: IndicatorVersion.objects.create(
            indicator=spending,
            from_year=2024,
            reason=REASON,
            **{name: getattr(first, name) for name in ("name", "name_en", "units", "measure")},
            value_type=first.value_type,
            source=first.source,
        ),
        lambda: IndicatorVersion.objects.filter(pk=later.pk).update(from_year=2024),
    ]
    for change in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    IndicatorVersion.objects.filter(pk=later.pk).update(precision=0)
    spending.refresh_from_db()
    assert spending.precision == 0


def test_definition_changes_in_place_until_it_is_used(spending: Indicator) -> None:
    spending.definition = "写错了"
    spending.save()
    assert spending.versions.get().definition == "写错了"
    reported(2024)

    spending.definition = "再改"
    with pytest.raises(IntegrityError, match="was reported"), transaction.atomic():
        spending.save()
    # What is no part of the definition may change at any time.
    spending.refresh_from_db()
    spending.order = 7
    spending.save()


def test_history_is_not_written_by_hand(spending: Indicator) -> None:
    for column in ({"breaks": [2020]}, {"former": [{"until": 2020}]}):
        with pytest.raises(IntegrityError, match="follows from"), transaction.atomic():
            Indicator.objects.filter(pk=spending.pk).update(**column)


def test_new_version_may_follow_the_years_that_were_reported(
    spending: Indicator, keeper: User
) -> None:
    reported(2024)

    with pytest.raises(ValidationError, match="nobody has reported"):
        add(keeper, spending, 2024, units=["万元"])
    add(keeper, spending, 2025, units=["万元"])

    spending.refresh_from_db()
    assert (spending.in_year(2024).unit, spending.in_year(2025).unit) == ("亿元", "万元")


def test_what_does_not_fit_is_refused(spending: Indicator, keeper: User) -> None:
    factories.indicator("other")
    add(keeper, spending, 2024, precision=1)
    for year, values, words in (
        (2024, {"precision": 0}, "after 2024"),
        (2025, {"precision": 1}, "Nothing differs"),
        (2025, {"name": "指标other"}, "Another indicator"),
        (2025, {"measure": "none"}, "not a valid choice"),
    ):
        with pytest.raises(ValidationError, match=words):
            add(keeper, spending, year, **values)
    with pytest.raises(ValidationError, match="why"):
        define(keeper, spending, 2025, {"precision": 0}, " ")
    assert spending.versions.count() == 2


def test_only_the_administrator_defines(spending: Indicator) -> None:
    for role in (Role.CITY_EDITOR, Role.DISTRICT_FILLER, Role.AUDITOR):
        with pytest.raises(PermissionDenied):
            add(factories.person(role), spending, 2025, precision=0)


def test_former_name_is_still_found(spending: Indicator, keeper: User) -> None:
    add(keeper, spending, 2025, name="研发经费支出")

    spending.refresh_from_db()
    assert "指标rd-spending" in spending.aliases
    assert (spending.name, spending.in_year(2024).name) == ("研发经费支出", "指标rd-spending")


def test_versions_are_told_with_their_years_and_changes(spending: Indicator, keeper: User) -> None:
    add(keeper, spending, 2023, units=["万元"])
    add(keeper, spending, 2024, measure="stock")
    versions = held_versions(list(spending.versions.all()))

    def told(held: Held) -> tuple[str, list[tuple[str, str, str]]]:
        return held.years, [(d.label, d.before, d.after) for d in held.changes]

    assert [told(held) for held in versions] == [
        (
            "from 2024",
            [("measure", "amount in the period", "stock at the end of the period")],
        ),
        ("2023", [("units", "亿元", "万元")]),
        ("until 2022", []),
    ]
    assert (
        held_versions(versions[-1:][0].version.indicator.versions.filter(from_year=0))[0].years
        == "all years"
    )


def test_deleting_a_version_that_nobody_used_gives_the_former_back(
    spending: Indicator, keeper: User
) -> None:
    add(keeper, spending, 2025, units=["万元"]).delete()

    spending.refresh_from_db()
    assert (spending.unit, spending.former, spending.breaks) == ("亿元", [], [])
