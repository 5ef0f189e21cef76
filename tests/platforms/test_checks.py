"""Rules of certification lists."""

import datetime as dt

import pytest

from apps.platforms import checks
from tests import factories
from tests.cases.support import said_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

DAY = dt.date(2023, 6, 1)


def _list(*rows):
    values = [factories.certification_values(**{"platform": "甲", **row}) for row in rows]
    return factories.open_list("certifications", values)


def test_certification_listed_twice_asks():
    assert said_by(checks.certification_listed_twice, _list({}, {})) == [
        (
            "explain",
            "甲",
            "platform",
            "“甲” stands in this list twice. Remove one of the rows, or explain both.",
        )
    ]


@pytest.mark.parametrize(
    "other", [{"status": "获批创建"}, {"year": None}, {"type": "孵化器"}, {"platform": "乙"}]
)
def test_certification_that_differs_passes(other):
    assert said_by(checks.certification_listed_twice, _list({}, other)) == []


def test_certification_after_report_blocks():
    assert said_by(checks.certification_after_report, _list({"year": 2024}, {"year": 2023})) == [
        (
            "blocking",
            "甲",
            "year",
            "The year 2024 of “甲” is later than the report's year 2023. Correct it.",
        )
    ]


def test_certification_without_a_year_passes():
    assert said_by(checks.certification_after_report, _list({"year": None})) == []


def test_certification_that_ends_before_it_begins_blocks():
    revision = _list({"valid_from": DAY, "valid_to": DAY - dt.timedelta(days=1)})

    assert said_by(checks.certification_ends_before_it_begins, revision) == [
        (
            "blocking",
            "甲",
            "valid_to",
            "“甲” is valid to a day before it becomes valid. Correct one of the dates.",
        )
    ]


@pytest.mark.parametrize(
    "dates",
    [
        {"valid_from": DAY, "valid_to": DAY},
        {"valid_from": DAY},
        {"valid_to": DAY},
        {},
    ],
)
def test_certification_with_fitting_or_missing_dates_passes(dates):
    assert said_by(checks.certification_ends_before_it_begins, _list(dates)) == []
