"""Rules of award lists: what each lets pass, and what it finds."""

import pytest

from apps.awards import checks
from apps.awards.models import Award
from tests import factories
from tests.cases.support import said_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def _list(*rows):
    return factories.open_award_list([factories.award_values(**row) for row in rows])


@pytest.mark.parametrize(
    ("values", "field"), [({"organisations": []}, "organisations"), ({"people": []}, "people")]
)
def test_award_without_winners_blocks(values, field):
    revision = _list({"title": "甲"})
    # The form asks for both; rows that came another way are looked at all the same.
    Award.objects.filter(revision=revision).update(**values)

    assert said_by(checks.award_without_winners, revision) == [
        (
            "blocking",
            "甲",
            field,
            "“甲” names no organisation or no person. Enter them as the decision prints them.",
        )
    ]


def test_award_with_winners_passes():
    assert said_by(checks.award_without_winners, _list({"title": "甲"})) == []


def test_award_printed_twice_blocks_the_later_row():
    revision = _list({"title": "甲"}, {"title": "乙"}, {"title": "甲"})

    assert said_by(checks.award_printed_twice, revision) == [
        ("blocking", "甲", "title", "“甲” stands in this list twice. Remove one of the rows.")
    ]


@pytest.mark.parametrize("other", [{"award_year": 2021}, {"programme": "浙江省科学技术奖"}])
def test_award_of_another_year_or_programme_passes(other):
    revision = _list({"title": "甲"}, {"title": "甲", **other})

    assert said_by(checks.award_printed_twice, revision) == []


def test_award_after_report_blocks():
    revision = _list({"title": "甲", "award_year": 2024}, {"title": "乙", "award_year": 2023})

    assert said_by(checks.award_after_report, revision) == [
        (
            "blocking",
            "甲",
            "award_year",
            "The award year 2024 is later than the report's year 2023. Correct the award year.",
        )
    ]


def test_person_named_twice_asks():
    revision = _list(
        {"title": "甲", "people": ["黄毅", "李四", "黄毅"]}, {"title": "乙", "people": ["黄毅"]}
    )

    assert said_by(checks.person_named_twice, revision) == [
        (
            "explain",
            "甲",
            "people",
            "A name stands twice among the people of “甲”. Remove it, or explain that they are two"
            " persons.",
        )
    ]


def test_laureate_named_twice_blocks():
    rows = [
        factories.laureate_values(name="王伟", employer="宁波大学"),
        factories.laureate_values(name="王伟", employer="宁波工程学院"),
        factories.laureate_values(name="王伟", employer="宁波大学"),
    ]
    revision = factories.open_list("laureates", rows)

    assert said_by(checks.laureate_named_twice, revision) == [
        (
            "blocking",
            "王伟",
            "name",
            "王伟 of 宁波大学 stands in this list twice. Remove one of the rows.",
        )
    ]


@pytest.mark.parametrize(
    ("kind_code", "rules"),
    [
        (
            "awards",
            [
                checks.award_without_winners,
                checks.award_printed_twice,
                checks.award_after_report,
                checks.person_named_twice,
            ],
        ),
        ("laureates", [checks.laureate_named_twice]),
    ],
)
def test_empty_list_passes_every_rule(kind_code, rules):
    revision = factories.open_list(kind_code, rows=0)

    assert [said_by(rule, revision) for rule in rules] == [[] for _ in rules]
