"""Rules of the policy register and the chronicle."""

import datetime as dt

import pytest

from apps.gazette import checks
from apps.gazette.forms import ChronicleEntryForm
from tests import factories
from tests.cases.support import said_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_policy_listed_twice_blocks():
    rows = [factories.policy_values(title="甲"), factories.policy_values(title="甲")]

    assert said_by(checks.policy_listed_twice, factories.open_list("policies", rows)) == [
        ("blocking", "甲", "title", "“甲” stands in this register twice. Remove one of the rows.")
    ]


@pytest.mark.parametrize("other", [{"year": 2022}, {"title": "乙"}])
def test_policy_of_another_year_or_title_passes(other):
    rows = [factories.policy_values(**{"title": "甲", **values}) for values in ({}, other)]

    assert said_by(checks.policy_listed_twice, factories.open_list("policies", rows)) == []


@pytest.mark.parametrize(
    ("first", "last", "lies_outside"),
    [
        ("2023-01-01", "2023-12-31", False),
        ("2022-12-31", "2023-01-01", True),
        ("2023-12-31", "2024-01-01", True),
        ("2022-01-01", "2022-01-02", True),
        ("2022-12-31", "2024-01-01", True),
    ],
)
def test_event_outside_the_year_blocks(first, last, lies_outside):
    days = {"date_from": dt.date.fromisoformat(first), "date_to": dt.date.fromisoformat(last)}
    revision = factories.open_list("events", [factories.event_values(title="甲", **days)])

    assert said_by(checks.event_outside_the_year, revision) == (
        [
            (
                "blocking",
                "甲",
                "date_from",
                "“甲” does not lie in 2023. Correct its days, or move it to its own year.",
            )
        ]
        if lies_outside
        else []
    )


def test_event_form_refuses_an_end_before_the_beginning():
    form = ChronicleEntryForm(
        {"date_from": "2023-05-02", "date_to": "2023-05-01", "title": "甲", "note": ""}
    )

    assert form.errors == {"date_to": ["The event ends before it begins. Correct one of the days."]}
