"""Districts, years, indicators: what they say and what the database refuses."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import translation

from apps.registry.models import (
    District,
    DistrictKind,
    IndicatorRelation,
    NoticeRule,
    ReportingYear,
)
from tests import factories

pytestmark = pytest.mark.django_db


def test_names_follow_the_readers_language():
    place, measure = factories.district("beilun").district, factories.indicator("rd")

    with translation.override("zh-hans"):
        chinese = [str(place), str(measure), measure.section_name]
    with translation.override("en"):
        english = [str(place), str(measure), measure.section_name]

    assert chinese == ["北仑区", "指标rd", "研发投入"]
    assert english == ["Beilun District", "Indicator rd", "Research spending"]


def test_indicators_unit_is_the_forms_first():
    assert factories.indicator("turnover", units=["亿元", "万元"]).unit == "亿元"


def test_year_and_notice_rule_say_what_they_are():
    assert str(factories.reporting_year(2023)) == "2023"
    assert str(NoticeRule(kind="awards", from_year=2024)) == "awards 2024"


@pytest.mark.parametrize(
    "values",
    [
        {"kind": DistrictKind.ZONE, "code": "330299"},
        {"kind": DistrictKind.DIVISION, "code": ""},
        {"kind": DistrictKind.DIVISION, "code": "330206"},
    ],
)
def test_district_with_a_wrong_code_is_refused(values):
    factories.district("beilun")

    with pytest.raises(IntegrityError), transaction.atomic():
        District.objects.create(slug="x", name="某区", name_en="X", **values)


def test_year_due_before_it_opens_is_refused():
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportingYear.objects.create(
            year=2040, opens_on=dt.date(2041, 2, 1), due_on=dt.date(2041, 1, 1)
        )


def test_codes_that_stand_in_hashes_cannot_change():
    place, measure = factories.zone().district, factories.indicator()
    for row, field in ((place, "slug"), (measure, "code"), (factories.city(), "slug")):
        setattr(row, field, "other")
        with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
            row.save()


@pytest.mark.parametrize(
    ("rules", "year", "days"),
    [
        ([], 2023, None),
        ([(2024, 5)], 2023, None),
        ([(2024, 5)], 2024, 5),
        ([(2020, 5), (2024, 10)], 2023, 5),
        ([(2020, 5), (2024, 10)], 2030, 10),
        ([(2020, 5), (2023, 0)], 2023, None),
    ],
)
def test_notice_rule_of_the_latest_year_up_to_the_cases_counts(rules, year, days):
    for from_year, working_days in rules:
        NoticeRule.objects.create(kind="awards", from_year=from_year, working_days=working_days)
    NoticeRule.objects.create(kind="policies", from_year=2000, working_days=1)

    assert factories.open_award_list(year=year).case.notice_days == days


def test_relation_says_what_holds_of_which_indicator():
    whole, part = factories.indicator("whole"), factories.indicator("part")
    with translation.override("en"):
        said = [
            str(IndicatorRelation(kind="sum", indicator=whole, role="part", term=part)),
            str(IndicatorRelation(kind="range", indicator=whole, low=0)),
        ]

    assert said == [
        "Indicator whole is the sum of its parts Indicator part",
        "Indicator whole lies within bounds",
    ]


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "sum"},
        {"kind": "sum", "role": "part"},
        {"kind": "sum", "role": "new", "term": "it"},
        {"kind": "range", "low": 0, "role": "part", "term": "it"},
        {"kind": "range"},
        {"kind": "required", "high": 3},
        {"kind": "ratio", "role": "numerator", "term": "it", "low": 1},
    ],
)
def test_relation_that_says_nothing_is_refused(values):
    it = factories.indicator("it")
    term = it if values.pop("term", None) else None

    with pytest.raises(IntegrityError), transaction.atomic():
        IndicatorRelation.objects.create(code="it", indicator=it, term=term, **values)


def test_term_stands_in_a_relation_once():
    it = factories.indicator("it")
    IndicatorRelation.objects.create(code="it", kind="required", indicator=it)

    with pytest.raises(IntegrityError), transaction.atomic():
        IndicatorRelation.objects.create(code="it", kind="required", indicator=it)
