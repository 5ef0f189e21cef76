"""Corrections and withdrawals: what is published stays, what is new goes the same way."""

import pytest

from apps.accounts.models import Role
from apps.cases.canonical import revision_hash
from apps.cases.domain.findings import decide, explain
from apps.cases.domain.records import remove_record, save_record
from apps.cases.kinds import record_kinds
from apps.cases.models import (
    Event,
    FindingStatus,
    Mention,
    Notification,
    ReasonCode,
    Revision,
    State,
)
from tests import factories

pytestmark = pytest.mark.django_db

AWARDS = record_kinds["awards"]


def _content(revision):
    return [
        (
            row.uid,
            row.position,
            row.source_line,
            row.flags,
            row.updated_at,
            row.updated_by_id,
            [getattr(row, field) for field in row.record_kind.fields],
        )
        for row in factories.records_of(revision)
    ]


def _mentions(revision):
    return list(
        Mention.objects.filter(revision=revision)
        .order_by("record_uid", "field", "position")
        .values_list("record_kind", "record_uid", "field", "position", "name_id")
    )


def test_restate_copies_rows_with_their_permanent_ids_and_mentions():
    rows = [
        factories.award_values(1, flags=["people:doubtful"], source_line=7),
        factories.award_values(2),
    ]
    published = factories.published_case("awards", rows)

    successor = factories.successor_of(published, reason_code="verification")

    assert _content(successor) == _content(published)
    assert _mentions(successor) == _mentions(published)
    assert len(_mentions(successor)) == 4
    assert revision_hash(successor) == revision_hash(published)


def test_restate_opens_the_next_revision_in_draft():
    published = factories.published_case()

    successor = factories.successor_of(published, reason_code=ReasonCode.VERIFICATION)

    publisher = factories.staff(Role.CITY_PUBLISHER)
    assert (
        successor.number,
        successor.state,
        successor.version,
        successor.based_on,
        successor.reason_code,
        successor.reason,
        successor.created_by,
        successor.submitted_at,
        successor.approved_hash,
        successor.returned_at,
    ) == (
        2,
        State.DRAFT,
        1,
        published,
        "verification",
        factories.REASON,
        publisher,
        None,
        "",
        None,
    )
    assert list(successor.events.values_list("transition", "from_version", "reason")) == [
        ("open", 0, factories.REASON)
    ]
    assert factories.fresh(published).state == State.PUBLISHED


def test_restate_copies_both_kinds_of_rows_of_a_return():
    published = factories.published_case("district-returns", rows=3)

    successor = factories.successor_of(published)

    assert [
        [row.uid for row in factories.records_of(revision, code)]
        for revision in (successor,)
        for code in ("indicator-values", "narrative-sections")
    ] == [
        [row.uid for row in factories.records_of(published, code)]
        for code in ("indicator-values", "narrative-sections")
    ]


def test_restate_copies_more_rows_than_one_batch():
    rows = [factories.policy_values(n) for n in range(2001)]
    published = factories.published_case("policies", rows)

    successor = factories.successor_of(published)

    assert revision_hash(successor) == revision_hash(published)
    assert revision_hash(successor)[1] == 2001


def test_published_correction_supersedes_the_former_revision():
    first = factories.case_in(State.SUPERSEDED)

    second = Revision.objects.get(based_on=first)
    assert (first.state, first.version) == (State.SUPERSEDED, 7)
    assert first.superseded_at == second.published_at
    assert list(first.events.values_list("transition", "from_state", "to_state"))[-1] == (
        "supersede",
        "published",
        "superseded",
    )
    assert second.state == State.PUBLISHED
    assert factories.release_of(first) != factories.release_of(second)
    assert not Notification.objects.filter(event__transition="supersede").exists()


def test_third_revision_is_numbered_after_the_second():
    first = factories.case_in(State.SUPERSEDED)
    second = Revision.objects.get(based_on=first)

    third = factories.successor_of(second)
    factories.advance(factories.change_first_row(third), State.PUBLISHED)

    assert list(first.case.revisions.order_by("number").values_list("number", "state")) == [
        (1, "superseded"),
        (2, "superseded"),
        (3, "published"),
    ]


def test_row_added_in_a_correction_has_an_id_of_its_own():
    published = factories.published_case(rows=2)
    successor = factories.successor_of(published)
    editor = factories.staff(Role.CITY_EDITOR)
    gone = factories.records_of(successor)[0]

    remove_record(editor, successor.pk, AWARDS, gone.uid)
    new = save_record(editor, successor.pk, AWARDS, factories.award_values(3))

    old = {row.uid for row in factories.records_of(published)}
    assert {row.uid for row in factories.records_of(successor)} == (old - {gone.uid}) | {new.uid}
    assert new.uid not in old


def test_approver_of_a_correction_may_publish_neither_it_nor_sign_for_the_first():
    successor = factories.successor_of(factories.published_case())

    approved = factories.advance(factories.change_first_row(successor), State.APPROVED)

    assert (approved.approved_by, approved.published_by) == (
        factories.staff(Role.CITY_REVIEWER),
        None,
    )


def test_withdrawal_is_proposed_by_one_and_carried_out_by_another():
    published = factories.published_case()
    first, second = factories.person(Role.CITY_PUBLISHER), factories.person(Role.CITY_PUBLISHER)

    proposed = factories.take("propose_withdrawal", published, first)
    withdrawn = factories.take("withdraw", proposed, second, reason="认定已撤销。")

    assert proposed.state == State.PUBLISHED
    assert withdrawn.state == State.WITHDRAWN
    assert list(
        Event.objects.filter(revision=withdrawn).values_list("transition", "actor", "reason")
    )[-2:] == [
        ("propose_withdrawal", first.pk, factories.REASON),
        ("withdraw", second.pk, "认定已撤销。"),
    ]
    assert list(factories.records_of(withdrawn)) != []


def test_proposal_is_carried_out_by_a_reviewer_too():
    proposed = factories.take("propose_withdrawal", factories.published_case())

    assert factories.take("withdraw", proposed, factories.staff(Role.CITY_REVIEWER)).state == (
        State.WITHDRAWN
    )


def test_withdrawn_case_leaves_an_open_correction_that_may_still_be_published():
    published = factories.published_case()
    successor = factories.change_first_row(factories.successor_of(published))
    published = factories.take("propose_withdrawal", factories.fresh(published))
    factories.take("withdraw", published)

    assert factories.advance(successor, State.PUBLISHED).state == State.PUBLISHED
    assert factories.fresh(published).state == State.WITHDRAWN


def test_accepted_explanation_is_carried_into_the_correction_until_its_row_changes():
    editor, reviewer = factories.staff(Role.CITY_EDITOR), factories.staff(Role.CITY_REVIEWER)
    revision = factories.open_award_list([factories.award_values(people=["黄毅", "黄毅"])])
    (finding,) = factories.run_rules(revision)
    explain(editor, finding.pk, "两人同名，单位不同。", "as_is")
    factories.advance(revision, State.REVIEWING)
    decide(reviewer, finding.pk, FindingStatus.ACCEPTED)
    for step in ("approve", "publish"):
        factories.take(step, factories.fresh(revision))

    successor = factories.successor_of(revision)
    (carried,) = factories.run_rules(successor)

    assert (carried.status, carried.revision_id) == ("explained", successor.pk)
    remark = carried.remarks.get()
    assert (remark.author, remark.text, remark.category) == (
        editor,
        "两人同名，单位不同。",
        "as_is",
    )
    assert remark.at == finding.remarks.first().at

    factories.change_first_row(successor, people=["黄毅", "黄毅", "王五"])
    (lapsed,) = factories.run_rules(successor)
    assert lapsed.status == "open"
