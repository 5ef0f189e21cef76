"""Many people at one case at the same moment, each on a connection of his own."""

import json
import threading
from functools import partial

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from apps.accounts.models import Role
from apps.cases.canonical import revision_hash
from apps.cases.domain.findings import check_case, decide, explain, raise_finding
from apps.cases.domain.opening import open_case
from apps.cases.domain.records import add_records, remove_record, restore_record, save_record
from apps.cases.domain.transitions import perform, perform_many
from apps.cases.kinds import kinds, record_kinds
from apps.cases.models import (
    Case,
    Event,
    FindingStatus,
    Notification,
    Release,
    Remark,
    Revision,
    State,
)
from apps.registry.models import Organisation
from tests import factories
from tests.cases.support import at_once, names_of

pytestmark = pytest.mark.django_db(transaction=True)

AWARDS = record_kinds["awards"]
TWENTY = 20


def _asked_twenty_times(name, revision, actor, **options):
    """Ask for a step twenty times at once; return what came of it, and the one event."""
    version = revision.version
    before = Notification.objects.count(), ProcrastinateJob.objects.count()
    outcomes = at_once(
        [partial(perform, name, revision.pk, actor, version=version, reason="一次", **options)]
        * TWENTY
    )
    events = Event.objects.filter(revision=revision, transition=name, from_version=version)
    (event,) = events
    after = Notification.objects.count(), ProcrastinateJob.objects.count()
    assert [(name, value.pk) for name, value in outcomes] == [("", event.pk)] * TWENTY
    assert factories.fresh(revision).version == version + 1
    recipients = list(event.notifications.values_list("recipient", flat=True))
    assert len(recipients) == len(set(recipients)) > 0
    assert (after[0] - before[0], after[1] - before[1]) == (len(recipients), 1)
    return event


def test_twenty_reports_are_one():
    revision = factories.case_in("checking", "district-returns", rows=3)
    factories.person(Role.CITY_REVIEWER)
    factories.person(Role.CITY_REVIEWER)

    event = _asked_twenty_times("submit", revision, factories.staff(Role.DISTRICT_SIGNATORY))

    assert event.notifications.count() == 3
    assert factories.fresh(revision).state == State.SUBMITTED


def test_twenty_approvals_are_one():
    revision = factories.reviewing_case(rows=3)
    factories.person(Role.CITY_PUBLISHER)

    _asked_twenty_times("approve", revision, factories.staff(Role.CITY_REVIEWER))

    assert factories.fresh(revision).state == State.APPROVED


def test_twenty_publications_are_one_release():
    revision = factories.approved_case(rows=3)

    _asked_twenty_times("publish", revision, factories.staff(Role.CITY_PUBLISHER))

    (release,) = Release.objects.all()
    assert [item.revision for item in release.items.all()] == [revision]


def test_twenty_corrections_are_one_revision():
    revision = factories.published_case(rows=3)

    _asked_twenty_times(
        "restate",
        revision,
        factories.staff(Role.CITY_PUBLISHER),
        details={"reason_code": "correction"},
    )

    assert list(revision.case.revisions.order_by("number").values_list("number", "state")) == [
        (1, "published"),
        (2, "draft"),
    ]
    successor = revision.case.revisions.get(number=2)
    assert revision_hash(successor) == revision_hash(revision)


def test_twenty_persons_approve_once():
    revision = factories.reviewing_case()
    reviewers = [factories.person(Role.CITY_REVIEWER) for _ in range(TWENTY)]

    outcomes = at_once(
        [
            partial(perform, "approve", revision.pk, reviewer, version=revision.version)
            for reviewer in reviewers
        ]
    )

    assert names_of(outcomes) == {"": 1, "StaleVersion": TWENTY - 1}
    assert Event.objects.filter(revision=revision, transition="approve").count() == 1


def test_twenty_posts_without_a_version_are_one_step():
    revision = factories.reviewing_case()
    reviewer = factories.staff(Role.CITY_REVIEWER)

    outcomes = at_once([partial(perform, "approve", revision.pk, reviewer)] * TWENTY)

    assert names_of(outcomes) == {"": 1, "WrongState": TWENTY - 1}


def test_different_steps_at_once_are_one_of_them():
    revision = factories.reviewing_case()
    reviewer = factories.staff(Role.CITY_REVIEWER)
    factories.raise_item(revision, severity="hint")

    outcomes = at_once(
        [
            partial(perform, name, revision.pk, reviewer, version=revision.version, reason="一次")
            for name in ["approve", "return"] * 5
        ]
    )

    state = factories.fresh(revision).state
    assert state in {State.APPROVED, State.RETURNED}
    assert names_of(outcomes) == {"": 5, "StaleVersion": 5}
    assert Event.objects.filter(revision=revision, from_version=revision.version).count() == 1


def test_releases_made_at_once_are_numbered_and_chained_without_a_gap():
    revisions = [factories.approved_case() for _ in range(6)]
    publisher = factories.staff(Role.CITY_PUBLISHER)

    outcomes = at_once(
        [partial(perform, "publish", revision.pk, publisher) for revision in revisions]
    )

    releases = list(Release.objects.order_by("id"))
    year = releases[0].published_at.year
    assert names_of(outcomes) == {"": 6}
    assert [r.number for r in releases] == [f"{year}-{n:03d}" for n in range(1, 7)]
    assert [_previous(r) for r in releases] == [None, *(r.manifest_hash for r in releases[:-1])]


def _previous(release):
    return json.loads(release.manifest)["previous"]


def test_publishers_of_the_same_cases_in_other_orders_do_not_block_each_other():
    first, second = factories.approved_case(), factories.approved_case()
    publisher = factories.staff(Role.CITY_PUBLISHER)
    one_way = {first.pk: first.version, second.pk: second.version}
    other_way = dict(reversed(one_way.items()))

    outcomes = at_once(
        [
            partial(perform_many, "publish", versions, publisher)
            for versions in [one_way, other_way] * 5
        ]
    )

    assert names_of(outcomes) == {"": 10}
    assert Release.objects.get().items.count() == 2


def test_case_opened_twenty_times_is_one():
    factories.reporting_year()
    filler = factories.staff(Role.DISTRICT_FILLER)

    outcomes = at_once(
        [partial(open_case, filler, kinds["district-returns"], filler.bureau, 2023)] * TWENTY
    )

    assert names_of(outcomes) == {"": 1, "Refused": TWENTY - 1}
    assert (Case.objects.count(), Revision.objects.count(), Event.objects.count()) == (1, 1, 1)


def test_explanation_given_ten_times_is_one_remark():
    rows = [factories.award_values(people=["黄毅", "黄毅"])]
    revision = factories.open_award_list(rows)
    editor = factories.staff(Role.CITY_EDITOR)
    (finding,) = check_case(editor, revision.pk)

    outcomes = at_once([partial(explain, editor, finding.pk, "两人同名，单位不同。")] * 10)

    assert names_of(outcomes) == {"": 10}
    assert Remark.objects.filter(finding=finding).count() == 1


def test_decision_taken_ten_times_is_one_remark():
    revision = factories.reviewing_case()
    item = factories.raise_item(revision)
    reviewer = factories.staff(Role.CITY_REVIEWER)

    outcomes = at_once([partial(decide, reviewer, item.pk, FindingStatus.CLOSED, "已核")] * 10)

    assert names_of(outcomes) == {"": 10}
    assert Remark.objects.filter(finding=item).count() == 1


def test_finding_raised_ten_times_is_one():
    revision = factories.reviewing_case()
    reviewer = factories.staff(Role.CITY_REVIEWER)

    outcomes = at_once([partial(raise_finding, reviewer, revision.pk, "请核对。")] * 10)

    assert names_of(outcomes) == {"": 10}
    assert revision.findings.count() == 1


def test_rules_run_ten_times_at_once_say_it_once():
    revision = factories.open_award_list([factories.award_values(people=["黄毅", "黄毅"])])
    editor = factories.staff(Role.CITY_EDITOR)

    outcomes = at_once([partial(check_case, editor, revision.pk)] * 10)

    assert names_of(outcomes) == {"": 10}
    assert revision.findings.count() == 1


# Rows


def test_row_saved_twenty_times_from_one_version_is_saved_once():
    revision = factories.open_award_list()
    (row,) = factories.records_of(revision)
    editor = factories.staff(Role.CITY_EDITOR)

    outcomes = at_once(
        [
            partial(
                save_record,
                editor,
                revision.pk,
                AWARDS,
                {"title": f"题{n}"},
                uid=row.uid,
                version=1,
            )
            for n in range(TWENTY)
        ]
    )

    assert names_of(outcomes) == {"": 1, "StaleRecord": TWENTY - 1}
    row.refresh_from_db()
    (saved,) = [value for name, value in outcomes if not name]
    assert (row.title, row.version) == (saved.title, 2)
    assert {
        (value.current.title, value.current.version)
        for name, value in outcomes
        if name == "StaleRecord"
    } == {(row.title, 2)}


def test_same_save_of_a_row_twenty_times_is_one():
    revision = factories.open_award_list()
    (row,) = factories.records_of(revision)
    editor = factories.staff(Role.CITY_EDITOR)

    outcomes = at_once(
        [
            partial(
                save_record, editor, revision.pk, AWARDS, {"title": "新题"}, uid=row.uid, version=1
            )
        ]
        * TWENTY
    )

    row.refresh_from_db()
    assert names_of(outcomes) == {"": TWENTY}
    assert (row.title, row.version) == ("新题", 2)


def test_savers_of_different_rows_do_not_wait_for_each_other():
    revision = factories.open_award_list(rows=2)
    first, second = factories.records_of(revision)
    editor, colleague = factories.staff(Role.CITY_EDITOR), factories.person(Role.CITY_EDITOR)
    saved = threading.Event()
    outcome = []

    def other_saver():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '5s'")
            outcome.append(
                save_record(colleague, revision.pk, AWARDS, {"grade": "二等奖"}, uid=second.uid)
            )
        finally:
            connection.close()
            saved.set()

    with transaction.atomic():
        save_record(editor, revision.pk, AWARDS, {"grade": "三等奖"}, uid=first.uid)
        thread = threading.Thread(target=other_saver)
        thread.start()
        # The first save is not committed yet.
        assert saved.wait(30)
        thread.join()

    assert [row.grade for row in outcome] == ["二等奖"]
    assert [row.grade for row in factories.records_of(revision)] == ["三等奖", "二等奖"]


def test_many_savers_of_different_rows_all_save():
    revision = factories.open_award_list(rows=10)
    editor = factories.staff(Role.CITY_EDITOR)

    outcomes = at_once(
        [
            partial(
                save_record,
                editor,
                revision.pk,
                AWARDS,
                # New names, the same for all, in other orders.
                {"organisations": ["新单位甲", "新单位乙"][:: 1 if n % 2 else -1]},
                uid=row.uid,
                version=1,
            )
            for n, row in enumerate(factories.records_of(revision))
        ]
    )

    assert names_of(outcomes) == {"": 10}
    assert [row.version for row in factories.records_of(revision)] == [2] * 10
    assert Organisation.objects.filter(name__startswith="新单位").count() == 2


def test_removed_row_put_back_five_times_is_there_once():
    revision = factories.open_award_list(rows=1)
    (row,) = factories.records_of(revision)
    editor = factories.staff(Role.CITY_EDITOR)
    remove_record(editor, revision.pk, AWARDS, row.uid)

    outcomes = at_once([partial(restore_record, editor, revision.pk, AWARDS, row.uid)] * 5)

    assert names_of(outcomes) == {"": 5}
    assert [r.uid for r in factories.records_of(revision)] == [row.uid]


@pytest.mark.parametrize("attempt", range(3))
def test_no_row_is_written_after_the_report(attempt):
    revision = factories.open_award_list(rows=4)
    rows = factories.records_of(revision)
    editor, other = factories.staff(Role.CITY_EDITOR), factories.person(Role.CITY_EDITOR)
    savers = [
        partial(save_record, other, revision.pk, AWARDS, {"title": f"改{n}"}, uid=row.uid)
        for n, row in enumerate(rows)
    ]
    adders = [
        partial(add_records, other, revision.pk, AWARDS, [factories.award_values(10 + n)])
        for n in range(4)
    ]

    outcomes = at_once(
        [
            *savers,
            *adders,
            partial(perform, "submit", revision.pk, editor),
            partial(remove_record, other, revision.pk, AWARDS, rows[0].uid),
        ]
    )

    revision = factories.fresh(revision)
    assert revision.state == State.SUBMITTED
    assert revision_hash(revision)[0] == revision.submitted_hash
    assert outcomes[8][0] == ""
    assert set(names_of(outcomes)) <= {"", "Locked", "DoesNotExist"}


def test_transition_waits_for_a_save_that_is_under_way():
    revision = factories.open_award_list()
    (row,) = factories.records_of(revision)
    editor = factories.staff(Role.CITY_EDITOR)
    reported = threading.Event()
    outcome = []

    def report():
        try:
            outcome.append(perform("submit", revision.pk, editor))
        finally:
            connection.close()
            reported.set()

    with transaction.atomic():
        save_record(editor, revision.pk, AWARDS, {"title": "最后一改"}, uid=row.uid)
        thread = threading.Thread(target=report)
        thread.start()
        assert not reported.wait(0.5)
    thread.join(30)

    after = factories.fresh(revision)
    assert [event.transition for event in outcome] == ["submit"]
    assert revision_hash(after)[0] == after.submitted_hash
    assert factories.records_of(after)[0].title == "最后一改"
