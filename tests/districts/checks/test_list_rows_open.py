"""Rows of the city's lists that nobody has settled."""

import pytest

from apps.cases.domain.findings import explain
from apps.cases.domain.transitions import perform
from apps.cases.errors import Refused
from apps.cases.models import ExplanationCategory, FindingStatus
from apps.districts.checks import list_rows_open
from tests import factories
from tests.cases.support import said_by
from tests.districts.lists.support import confirm_all, draft, restated, roster

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_open_rows_are_to_be_explained():
    roster(3)
    revision = draft()

    assert said_by(list_rows_open, revision) == [
        (
            "explain",
            "",
            "",
            "3 of 3 rows of the city's lists are open. Confirm or dispute them under “Lists”, or explain why not.",
        )
    ]


@pytest.mark.parametrize("planted", range(1, 21))
def test_planted_rows_are_all_counted(planted):
    roster(planted, foreign=2)

    [(_severity, _row, _field, sentence)] = said_by(list_rows_open, draft())

    assert sentence.startswith(f"{planted} of {planted} rows")


def test_settled_rows_pass():
    roster(2)
    revision = draft()
    confirm_all(revision)

    assert said_by(list_rows_open, revision) == []


def test_return_without_a_row_on_any_list_passes():
    roster(0)

    assert said_by(list_rows_open, draft()) == []


def test_lapsed_rows_are_told_apart():
    listed = roster(2)
    revision = draft()
    confirm_all(revision)
    restated(listed, 0, rank=9)

    [(severity, _row, _field, sentence)] = said_by(list_rows_open, revision)

    assert severity == "explain"
    assert sentence.startswith(
        "1 of 2 rows of the city's lists are open; 1 of them have lapsed because the city changed"
    )


def test_return_is_not_signed_with_open_rows_until_they_are_explained():
    roster(1)
    revision = draft()
    perform("hand_over", revision.pk, factories.filler_of(revision))
    revision = factories.fresh(revision)
    signatory = factories.doer("submit", revision)

    with pytest.raises(Refused, match="to be explained"):
        perform("submit", revision.pk, signatory)

    factories.take("send_back", revision)
    [finding] = [f for f in factories.run_rules(revision) if f.rule == "list_rows_open"]
    explain(
        factories.filler_of(revision),
        finding.pk,
        "名单中的企业正在核对，结果将随更正报送。",
        ExplanationCategory.values[0],
    )
    finding.refresh_from_db()
    assert finding.status == FindingStatus.EXPLAINED
    perform("hand_over", revision.pk, factories.filler_of(revision))
    perform("submit", revision.pk, signatory)
    assert factories.fresh(revision).state == "submitted"


def test_list_that_is_published_while_the_signatory_reads_sends_nothing_back():
    first, second = roster(1), roster(1, subject="另一名单")
    revision = draft()
    confirm_all(revision)
    revision = factories.take("hand_over", revision)
    restated(first, 0, rank=9)
    restated(second, None)
    roster(1, subject="第三名单")

    assert said_by(list_rows_open, revision) == []
    assert factories.take("submit", revision).state == "submitted"
    again = factories.take("recall", factories.fresh(revision))
    assert said_by(list_rows_open, again)[0][3].startswith("3 of 3 rows")
