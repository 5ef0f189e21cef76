"""What a signature binds and stores, and what the signatory may ask his own bureau for."""

import datetime as dt

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from apps.accounts.models import Role
from apps.cases.canonical import revision_hash
from apps.cases.domain.findings import decide, explain, raise_finding
from apps.cases.domain.records import save_record
from apps.cases.domain.transitions import perform
from apps.cases.errors import Locked, NotAllowed, Refused, WrongState
from apps.cases.kinds import record_kinds
from apps.cases.models import Event, FindingStatus, State
from apps.cases.statements import STATEMENT, Statement, statement_for
from apps.registry.models import TruthStatement
from tests import factories as f

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

RETURN = "district-returns"


def test_signature_stores_name_title_time_statement_hash_and_rows():
    signatory = f.person(Role.DISTRICT_SIGNATORY, full_name="陈签发", title="副局长")
    revision = f.case_in(State.CHECKING, RETURN, rows=3)

    before = timezone.now()
    event = perform("submit", revision.pk, signatory)

    assert (event.actor_name, event.actor_title, event.bureau_name) == (
        "陈签发",
        "副局长",
        revision.case.bureau.name,
    )
    assert before <= event.at <= timezone.now()
    assert (event.statement, event.statement_version) == (STATEMENT, 0)
    assert event.content_hash == revision_hash(f.fresh(revision))[0]
    assert event.row_counts == {"indicator-values": 3, "narrative-sections": 1}


def test_steps_without_a_signature_store_no_statement():
    event = Event.objects.get(revision=f.case_in(State.CHECKING, RETURN), transition="hand_over")

    assert (event.statement, event.statement_version, event.row_counts) == ("", 0, {})


def test_statement_in_force_is_the_kinds_own_of_the_latest_year_and_the_newest():
    case = f.open_return().case
    assert statement_for(case) == Statement(STATEMENT, 0)

    every = TruthStatement.objects.create(from_year=2023, text="各类通用")
    assert statement_for(case) == Statement("各类通用", every.pk)
    TruthStatement.objects.create(kind=RETURN, from_year=2020, text="旧")
    own = TruthStatement.objects.create(kind=RETURN, from_year=2022, text="年报")
    TruthStatement.objects.create(kind=RETURN, from_year=2024, text="尚未施行")
    TruthStatement.objects.create(kind="awards", from_year=2023, text="奖励")
    assert statement_for(case) == Statement("年报", own.pk)
    newer = TruthStatement.objects.create(kind=RETURN, from_year=2022, text="年报修订")
    assert statement_for(case) == Statement("年报修订", newer.pk)
    assert str(newer) == "年报修订"


@pytest.mark.parametrize("change", ["UPDATE {} SET text = 'x'", "DELETE FROM {}"])
def test_statement_is_never_rewritten(change):
    TruthStatement.objects.create(from_year=2023, text="本人确认。")

    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format("registry_truthstatement"))


def test_signing_a_statement_that_was_reworded_meanwhile_is_refused():
    revision = f.case_in(State.CHECKING, RETURN)
    seen = {"seen_statement": "0", "seen_hash": revision_hash(revision)[0]}
    TruthStatement.objects.create(from_year=2023, text="新的表述。")

    with pytest.raises(Refused, match="another wording"):
        perform("submit", revision.pk, f.staff(Role.DISTRICT_SIGNATORY), details=seen)

    assert f.fresh(revision).state == State.CHECKING


def _asked(revision, message="与统计部门口径不一致。", **options):
    row = f.records_of(revision)[0]
    return raise_finding(
        f.staff(Role.DISTRICT_SIGNATORY),
        revision.pk,
        message,
        record_kind="indicator-values",
        record_uid=row.uid,
        field="value",
        **options,
    )


def test_signatory_asks_for_changes_item_by_item_and_they_are_answered_before_the_next_round():
    revision = f.case_in(State.CHECKING, RETURN, rows=2)
    item = _asked(revision)
    revision = f.take("send_back", revision)

    with pytest.raises(Refused, match="与统计部门口径不一致"):
        perform("hand_over", revision.pk, f.filler_of(revision))
    f.change_first_row(revision)
    revision = f.take("submit", f.take("hand_over", revision))

    item.refresh_from_db()
    assert (revision.state, item.status) == (State.SUBMITTED, FindingStatus.CLOSED)


def test_answer_in_words_will_do():
    revision = f.case_in(State.CHECKING, RETURN)
    item = _asked(revision)
    revision = f.take("send_back", revision)

    explain(f.filler_of(revision), item.pk, "统计口径已经与统计部门核对一致。")

    assert f.take("hand_over", revision).state == State.CHECKING


def test_signatory_does_not_sign_over_his_own_request_but_may_take_it_back():
    revision = f.case_in(State.CHECKING, RETURN)
    item = _asked(revision)
    signatory = f.staff(Role.DISTRICT_SIGNATORY)

    with pytest.raises(Refused, match="neither changed nor answered"):
        perform("submit", revision.pk, signatory)
    decide(signatory, item.pk, FindingStatus.CLOSED)

    assert f.take("submit", revision).state == State.SUBMITTED


def test_request_within_the_bureau_has_no_day():
    revision = f.case_in(State.CHECKING, RETURN)

    with pytest.raises(Refused, match="no day of its own"):
        _asked(revision, deadline=timezone.localdate() + dt.timedelta(days=3))


def test_signatory_asks_only_while_his_bureau_checks():
    with pytest.raises(WrongState):
        _asked(f.open_return())


def test_filler_and_other_bureaus_signatory_ask_for_nothing():
    revision = f.case_in(State.CHECKING, RETURN)

    with pytest.raises(NotAllowed):
        raise_finding(f.filler_of(revision), revision.pk, "请更正。")
    with pytest.raises(type(revision).DoesNotExist):
        raise_finding(f.staff(Role.DISTRICT_SIGNATORY, f.district("cixi")), revision.pk, "请更正。")


def test_only_a_request_of_the_bureau_itself_is_taken_back():
    revision = f.open_return(rows=[f.figure_values(value="-1")])
    [rule] = [found for found in f.run_rules(revision) if found.severity == "blocking"]
    revision = f.take("hand_over", revision)

    with pytest.raises(NotAllowed):
        decide(f.staff(Role.DISTRICT_SIGNATORY), rule.pk, FindingStatus.CLOSED)


def test_request_of_the_signatory_opens_no_row_of_a_returned_case():
    revision = f.returned(
        f.case_in(State.REVIEWING, RETURN, rows=2), record_kind="narrative-sections"
    )
    section = f.records_of(revision, "narrative-sections")[0]
    save_record(
        f.filler_of(revision),
        revision.pk,
        record_kinds["narrative-sections"],
        {"text": "全年科技工作稳步推进，已经核对。"},
        uid=section.uid,
    )
    revision = f.take("hand_over", revision)
    _asked(revision)
    revision = f.take("send_back", revision)

    with pytest.raises(Locked):
        f.change_first_row(revision)
