"""Counted figures: what counts, for whom, when it is counted, and that nobody types it."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Role
from apps.cases.domain.records import save_record
from apps.cases.errors import Invalid
from apps.cases.models import Revision, State
from apps.districts.derived import claimed, derivations, expected, rows_behind
from apps.districts.kind import INDICATOR_VALUE
from apps.districts.models import Derivation, IndicatorValue
from apps.registry.models import Indicator, Organisation
from tests import factories
from tests.cases.evidence.test_pages import client_of
from tests.districts.lists import support as lists

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
ROSTER = "年度浙江省科技小巨人企业（宁波）"


def counted(code: str = "giants", kind: str = "roster-entries", **fields: Any) -> Derivation:
    """Return a derivation from 2024 on: by default the entries of a year's roster."""
    indicator = factories.indicator(
        code, source="derived", units=["家"], precision=0, value_type="integer", measure="new"
    )
    values = {"conditions": {"roster": "{year}" + ROSTER}, **fields}
    derivation = Derivation(indicator=indicator, from_year=2024, record_kind=kind, **values)
    derivation.full_clean()
    derivation.save()
    return derivation


def roster(*districts: str | None, year: int = 2024) -> Revision:
    """Publish a roster with an entry for each district; None: an entry that names none."""
    rows = [
        factories.roster_entry_values(
            number,
            roster=f"{year}{ROSTER}",
            year=year,
            district=factories.district(slug).district if slug else None,
        )
        for number, slug in enumerate(districts, start=1)
    ]
    return factories.published_case("roster-entries", rows, year=year)


def stored(revision: Revision, code: str = "giants") -> IndicatorValue | None:
    return IndicatorValue.objects.filter(revision=revision, indicator__code=code).first()


def value(revision: Revision, code: str = "giants") -> Decimal | None:
    figure = stored(revision, code)
    return figure.value if figure else None


def test_figure_is_counted_when_the_return_is_opened() -> None:
    counted()
    roster("beilun", "beilun", "cixi")
    roster("beilun", year=2023)

    revision = factories.open_return(year=2024)

    figure = stored(revision)
    assert figure is not None
    assert (figure.value, figure.unit, figure.scope) == (Decimal(2), "家", "whole")
    assert figure.updated_by == factories.filler_of(revision)


def test_nought_is_counted_too() -> None:
    counted()
    roster("cixi")

    assert value(factories.open_return(year=2024)) == 0


def test_earlier_years_stay_as_they_were_typed() -> None:
    counted()
    roster("beilun", year=2023)
    revision = factories.open_return(year=2023)

    factories.save_figure(revision, "giants", "7")

    assert value(revision) == 7
    assert derivations(2023) == {}


def test_later_derivation_takes_over() -> None:
    first = counted()
    for year in (2024, 2026):
        row = factories.certification_values(district=factories.district().district)
        factories.published_case("certifications", [row], year=year, subject=f"{year}")
        roster("cixi", year=year)
    later = Derivation.objects.create(
        indicator=first.indicator,
        from_year=2025,
        record_kind="certifications",
        conditions={"type": "重点实验室"},
        years_back=3,
    )

    assert derivations(2024)[first.indicator_id] == first
    assert derivations(2026)[first.indicator_id] == later


def test_only_published_rows_count_and_only_of_lists_that_are_named() -> None:
    derivation = counted()
    factories.open_list(
        "roster-entries",
        [factories.roster_entry_values(1, roster=f"2024{ROSTER}", year=2024)],
        year=2024,
    )

    assert not rows_behind(derivation, factories.district().district, 2024).exists()


def test_award_counts_for_the_first_organisation_alone() -> None:
    derivation = counted(
        "prizes",
        "awards",
        year_field="award_year",
        years_back=1,
        conditions={"grade": "一等奖"},
    )
    revision = factories.published_case(
        "awards",
        [
            factories.award_values(1, award_year=2023, organisations=["甲公司", "乙公司"]),
            factories.award_values(2, award_year=2023, organisations=["乙公司", "甲公司"]),
            factories.award_values(3, award_year=2023, organisations=["甲公司"], grade="二等奖"),
            factories.award_values(4, award_year=2022, organisations=["甲公司"]),
        ],
    )
    Organisation.objects.filter(name="甲公司").update(district=factories.district().district)
    Organisation.objects.filter(name="乙公司").update(district=factories.district("cixi").district)

    rows = rows_behind(derivation, factories.district().district, 2024)

    assert [row.title for row in rows] == [factories.records_of(revision)[0].title]


def test_row_without_a_district_counts_for_its_organisations() -> None:
    derivation = counted()
    roster("cixi", None)
    Organisation.objects.filter(name="宁波精密2有限公司").update(
        district=factories.district().district
    )

    assert rows_behind(derivation, factories.district().district, 2024).count() == 1


def test_whole_area_includes_the_zones() -> None:
    derivation = counted()
    zone = factories.zone("yinzhou").district
    values = factories.roster_entry_values(1, roster=f"2024{ROSTER}", year=2024, district=zone)
    factories.published_case("roster-entries", [values], year=2024)

    assert rows_behind(derivation, factories.district("yinzhou").district, 2024).count() == 1
    assert rows_behind(derivation, zone, 2024).count() == 1


def test_figure_is_typed_while_the_city_has_no_such_list() -> None:
    counted()
    revision = factories.open_return(year=2024)

    factories.save_figure(revision, "giants", "7")
    typed = value(revision)
    roster("beilun")

    assert typed == 7
    assert value(factories.take("hand_over", revision)) == 1


# Nobody types it


def test_counted_figure_cannot_be_typed_by_any_way() -> None:
    counted()
    roster("beilun")
    revision = factories.open_return(year=2024)
    figure = stored(revision)
    assert figure is not None
    filler = factories.filler_of(revision)

    for values in ({"value": Decimal(9)}, {"value": None, "blank": "missing"}, {"qualifier": "超"}):
        with pytest.raises(Invalid, match=r"published lists \(1\) and cannot be typed"):
            save_record(filler, revision.pk, INDICATOR_VALUE, values, uid=figure.uid)
    with pytest.raises(Invalid):
        factories.save_figure(revision, "giants", "9")
    assert value(revision) == 1


def test_figure_about_a_body_may_be_typed() -> None:
    derivation = counted()
    revision = factories.open_return(year=2024)
    values = factories.figure_values(
        indicator=derivation.indicator, unit="家", period="2024", subject="某园区", value=Decimal(3)
    )

    row = save_record(factories.filler_of(revision), revision.pk, INDICATOR_VALUE, values)

    assert expected(row) is None


def test_what_is_derived_without_a_rule_is_typed() -> None:
    factories.indicator("free", source="derived")
    revision = factories.open_return(year=2024)

    assert factories.save_figure(revision, "free", "4").value == 4


# When it is counted


def test_figure_is_counted_again_at_the_handing_over_and_then_stands() -> None:
    counted()
    revision = factories.open_return(year=2024)
    roster("beilun")
    assert value(revision) is None

    revision = factories.take("hand_over", revision)
    assert value(revision) == 1
    factories.published_case(
        "roster-entries",
        [
            factories.roster_entry_values(
                9, roster=f"2024{ROSTER}", year=2024, district=factories.district().district
            )
        ],
        year=2024,
    )
    revision = factories.advance(revision, State.PUBLISHED)

    assert value(revision) == 1


def test_returned_case_keeps_the_count_unless_the_city_named_it() -> None:
    counted()
    roster("cixi")
    revision = factories.reviewing_case("district-returns", 2, year=2024)
    row = factories.records_of(revision)[1]
    revision = factories.returned(
        revision, record_kind="indicator-values", record_uid=row.uid, field="value"
    )
    roster("beilun")
    save_record(
        factories.filler_of(revision),
        revision.pk,
        INDICATOR_VALUE,
        {"value": Decimal(5)},
        uid=row.uid,
    )

    kept = factories.take("hand_over", revision)

    assert value(kept) == 0


def test_returned_figure_is_counted_again() -> None:
    counted()
    roster("cixi")
    revision = factories.reviewing_case("district-returns", year=2024)
    figure = stored(revision)
    assert figure is not None
    revision = factories.returned(
        revision, record_kind="indicator-values", record_uid=figure.uid, field="value"
    )
    roster("beilun")

    revision = factories.take("hand_over", revision)

    assert value(revision) == 1


# The pages


def test_line_is_locked_and_leads_to_its_rows() -> None:
    counted()
    roster("beilun", "cixi")
    revision = factories.open_return(year=2024)
    client = client_of(factories.filler_of(revision))
    url = reverse("districts:derived", args=[revision.case_id, "giants"])

    numbers = range(1, 4)
    sections = [
        client.get(reverse("districts:section", args=[revision.case_id, n])) for n in numbers
    ]
    section = next(page.content.decode() for page in sections if url in page.content.decode())
    page = client.get(url).content.decode()

    assert 'name="giants-value"' not in section
    assert "宁波精密1有限公司" in page
    assert "宁波精密2有限公司" not in page
    figure = stored(revision)
    assert figure is not None
    assert str(figure.uid) in page


def test_page_of_a_typed_figure_is_not_there() -> None:
    counted()
    roster("cixi")
    factories.indicator("typed")
    revision = factories.open_return(year=2024)
    client = client_of(factories.filler_of(revision))

    for code in ("typed", "nothing"):
        assert client.get(f"/desk/returns/{revision.case_id}/counted/{code}/").status_code == 404
    foreign = client_of(factories.person(Role.DISTRICT_FILLER, factories.district("cixi")))
    assert foreign.get(f"/desk/returns/{revision.case_id}/counted/giants/").status_code == 404


def test_page_says_where_nothing_counts() -> None:
    counted()
    roster("cixi")
    revision = factories.open_return(year=2024)
    client: Client = client_of(factories.staff(Role.DISTRICT_SIGNATORY))

    page = client.get(f"/desk/returns/{revision.case_id}/counted/giants/").content.decode()

    assert "No published row counts for this district." in page
    assert "Is a row missing?" not in page


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"record_kind": "nothing"}, "record_kind"),
        ({"record_kind": "policies"}, "record_kind"),
        ({"year_field": "nothing"}, "year_field"),
        ({"conditions": {"nothing": "x"}}, "conditions"),
        ({"conditions": {"roster": 3}}, "conditions"),
        ({"conditions": ["roster"]}, "conditions"),
        ({"indicator": "typed"}, "indicator"),
    ],
    ids=["no kind", "no names", "no year", "no field", "no text", "no object", "typed"],
)
def test_derivation_that_counts_nothing_is_refused(fields: dict[str, Any], place: str) -> None:
    indicator = factories.indicator("giants", source="derived")
    if fields.get("indicator"):
        fields = {"indicator": factories.indicator("typed")}
    values = {"indicator": indicator, "from_year": 2024, "record_kind": "roster-entries", **fields}

    with pytest.raises(ValidationError) as refusal:
        Derivation(**values).full_clean()

    assert set(refusal.value.message_dict) == {place}


def test_derivation_goes_by_what_it_counts() -> None:
    assert str(counted()) == "Indicator giants ← roster-entries"
    assert Indicator.objects.get(code="giants").source == "derived"


# Awards and stocks


def award_list(*organisations: str, award_year: int = 2023, **options: Any) -> Revision:
    """Publish an award list with a project for each first organisation."""
    rows = [
        factories.award_values(number, award_year=award_year, organisations=[name, "乙公司"])
        for number, name in enumerate(organisations, start=1)
    ]
    return factories.published_case("awards", rows, **options)


def test_prizes_are_counted_once_it_is_known_where_each_winner_is() -> None:
    counted("prizes", "awards", year_field="award_year", years_back=1, conditions={})
    award_list("甲公司", "丙公司", year=2024)
    Organisation.objects.filter(name="甲公司").update(district=factories.district().district)
    revision = factories.open_return(year=2024)

    factories.save_figure(revision, "prizes", "5")
    assert (value(revision, "prizes"), derivations(2024)) == (5, {})

    Organisation.objects.filter(name="丙公司").update(district=factories.district("cixi").district)

    assert value(factories.take("hand_over", revision), "prizes") == 1


def test_stock_is_counted_over_the_years_in_which_a_recognition_is_valid() -> None:
    derivation = counted("valid", years=3)
    for year in (2024, 2023):
        roster("beilun", "beilun", "cixi", year=year)

    assert derivations(2024) == {}

    roster("beilun", year=2022)
    roster("beilun", year=2021)

    assert derivations(2024) == {derivation.indicator_id: derivation}
    assert value(factories.open_return(year=2024), "valid") == 5


def test_years_counted_are_one_at_least() -> None:
    with pytest.raises(ValidationError) as refusal:
        counted(years=0)

    assert set(refusal.value.message_dict) == {"years"}


# What a district claims


def test_claims_stand_beside_the_figure_and_do_not_change_it() -> None:
    derivation = counted()
    listed = roster("beilun", "beilun", "beilun")
    factories.published_case(
        "roster-entries",
        [factories.roster_entry_values(9, year=2024, district=factories.district().district)],
        year=2024,
        subject="另一名单",
    )
    revision = factories.open_return(year=2024)
    lists.confirm_all(revision)
    lists.dispute(revision, {}, 1, version=1, reason="本区无此企业。")
    lists.dispute(revision, {"rank": 3}, 3, version=1)
    lists.add(revision, listed, roster=f"2024{ROSTER}", year=2024)
    lists.add(revision, listed, roster="别的名单", year=2024, organisation="别的公司")

    found = claimed(derivation, revision)
    page = (
        client_of(factories.filler_of(revision))
        .get(reverse("districts:derived", args=[revision.case_id, "giants"]))
        .content.decode()
    )

    assert [line.statement.title for line in found if line.statement] == [
        "宁波精密2有限公司",
        "宁波新材料科技有限公司",
    ]
    assert value(factories.take("hand_over", revision)) == 3
    assert "Claimed by the district" in page
    assert "本区无此企业。" in page
    assert "别的公司" not in page
