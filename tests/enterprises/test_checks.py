"""Rules of rosters."""

import pytest

from apps.enterprises import checks
from tests import factories
from tests.cases.support import said_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def _list(*rows):
    values = [factories.roster_entry_values(**{"organisation": "甲", **row}) for row in rows]
    return factories.open_list("roster-entries", values)


@pytest.mark.parametrize("again", ["甲(宁波)有限公司", "甲（宁波）有限公司", "甲 （宁波）有限公司"])
def test_organisation_listed_twice_blocks_whatever_its_brackets(again):
    revision = _list({"organisation": "甲（宁波）有限公司"}, {"organisation": again})

    assert said_by(checks.organisation_listed_twice, revision) == [
        (
            "blocking",
            again,
            "organisation",
            f"{again} stands in this roster twice. Remove one of the rows.",
        )
    ]


@pytest.mark.parametrize(
    "other",
    [{"title": "节能案例"}, {"roster": "另一名单"}, {"year": 2022}, {"organisation": "甲分公司"}],
)
def test_organisation_with_another_entry_passes(other):
    assert said_by(checks.organisation_listed_twice, _list({}, other)) == []


@pytest.mark.parametrize("code", ["91350100M000100Y44", "91350100M000100Y4O", "9.13E+17"])
def test_credit_code_that_fails_its_check_blocks(code):
    assert said_by(checks.credit_code_fails_its_check, _list({"credit_code": code})) == [
        (
            "blocking",
            "甲",
            "credit_code",
            f"The credit code {code} of 甲 fails its check character. Compare it with the licence.",
        )
    ]


@pytest.mark.parametrize("code", ["", "91350100M000100Y43"])
def test_credit_code_that_is_right_or_missing_passes(code):
    assert said_by(checks.credit_code_fails_its_check, _list({"credit_code": code})) == []


def test_entry_after_report_blocks():
    assert said_by(checks.entry_after_report, _list({"year": 2024}, {"year": 2023})) == [
        (
            "blocking",
            "甲",
            "year",
            "The roster's year 2024 is later than the report's year 2023. Correct it.",
        )
    ]
