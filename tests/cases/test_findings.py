"""The life of a finding: by rule or by a person, explained, decided, closed, opened again."""

import datetime as dt
import uuid
from dataclasses import replace

import pytest
from django.utils import timezone

from apps.accounts.models import Role
from apps.cases.domain.findings import (
    check_case,
    decide,
    explain,
    raise_finding,
    run_checks,
    unsettled,
)
from apps.cases.domain.records import remove_record, restore_record, save_record
from apps.cases.domain.transitions import perform, refresh_findings
from apps.cases.errors import Locked, NotAllowed, Refused, WrongState
from apps.cases.kinds import Problem, kinds, record_kinds
from apps.cases.models import Finding, FindingStatus, Remark, Revision, Severity
from tests import factories
from tests.cases.support import database_digest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

AWARDS = record_kinds["awards"]
TWICE = ["黄毅", "黄毅"]


@pytest.fixture
def editor():
    return factories.staff(Role.CITY_EDITOR)


@pytest.fixture
def reviewer():
    return factories.staff(Role.CITY_REVIEWER)


def _list_with_a_question(**values):
    """Return an award list whose one row makes a rule ask, and that finding."""
    revision = factories.open_award_list([factories.award_values(people=TWICE, **values)])
    (finding,) = factories.run_rules(revision)
    return revision, finding


def _fields(finding):
    finding.refresh_from_db()
    return finding.status, finding.severity


# By rule


def test_rule_opens_its_finding_at_its_place():
    revision, finding = _list_with_a_question()
    (row,) = factories.records_of(revision)

    assert (
        finding.rule,
        finding.record_kind,
        finding.record_uid,
        finding.field,
        finding.severity,
        finding.status,
        finding.raised_by,
        finding.deadline,
        finding.is_objection,
        finding.params,
    ) == (
        "person_named_twice",
        "awards",
        row.uid,
        "people",
        "explain",
        "open",
        None,
        None,
        False,
        {"title": row.title},
    )
    assert str(finding) == (
        f"A name stands twice among the people of “{row.title}”. Remove it, or explain that they"
        " are two persons."
    )
    assert finding.is_settled is False


def test_rule_run_again_changes_nothing():
    revision, _finding = _list_with_a_question()
    before = database_digest()

    factories.run_rules(revision)

    assert database_digest() == before


def test_explanation_stays_while_the_rule_sees_the_same(editor):
    revision, finding = _list_with_a_question()
    explain(editor, finding.pk, "两人同名，单位不同。")

    factories.run_rules(revision)

    assert _fields(finding) == ("explained", "explain")


def test_explanation_stays_when_the_row_only_moves(editor):
    revision, finding = _list_with_a_question()
    explain(editor, finding.pk, "两人同名，单位不同。")

    factories.change_first_row(revision, position=500)
    factories.run_rules(revision)

    assert _fields(finding) == ("explained", "explain")


def test_explanation_lapses_when_the_row_changes(editor):
    revision, finding = _list_with_a_question()
    explain(editor, finding.pk, "两人同名，单位不同。")

    factories.change_first_row(revision, people=[*TWICE, "王五"])
    (again,) = factories.run_rules(revision)

    assert again == finding
    assert _fields(finding) == ("open", "explain")
    assert finding.remarks.count() == 1


def test_explanation_lapses_when_only_what_the_rule_says_changes():
    figures = [factories.figure_values(1, value=3, scope=scope) for scope in ("", "")]
    revision = factories.open_return(rows=figures)
    (finding,) = factories.run_rules(revision)
    assert finding.severity == Severity.HINT

    factories.change_first_row(revision, value=4)
    (again,) = factories.run_rules(revision)

    # The second row stands as it was; the first one, which it is compared with, has changed.
    assert again == finding
    assert _fields(finding) == ("open", "explain")
    assert finding.params["first"] == "4亿元"


def test_finding_is_closed_when_its_cause_is_gone():
    revision, finding = _list_with_a_question()

    factories.change_first_row(revision, people=["黄毅"])

    assert factories.run_rules(revision) == []
    assert _fields(finding) == ("closed", "explain")
    assert finding.is_settled


def test_closed_finding_opens_again_with_its_cause(editor):
    revision, finding = _list_with_a_question()
    (row,) = factories.records_of(revision)
    remove_record(editor, revision.pk, AWARDS, row.uid)
    assert factories.run_rules(revision) == []

    restore_record(editor, revision.pk, AWARDS, row.uid)

    assert factories.run_rules(revision) == [finding]
    assert _fields(finding) == ("open", "explain")


def test_accepted_finding_stays_accepted_while_the_rule_sees_the_same(editor, reviewer):
    revision, finding = _list_with_a_question()
    explain(editor, finding.pk, "两人同名，单位不同。")
    revision = factories.advance(revision, "reviewing")
    decide(reviewer, finding.pk, FindingStatus.ACCEPTED)

    run_checks(revision)

    assert _fields(finding) == ("accepted", "explain")


def test_two_places_of_one_rule_are_two_findings_and_one_place_is_one():
    rows = [factories.award_values(n, title="同题", people=TWICE) for n in (1, 2)]
    revision = factories.open_award_list(rows)

    found = factories.run_rules(revision)

    assert [(f.rule, f.record_uid) for f in found] == [
        ("award_printed_twice", factories.records_of(revision)[1].uid),
        *(("person_named_twice", row.uid) for row in factories.records_of(revision)),
    ]


def test_rule_on_a_whole_case_stands_once():
    revision = factories.open_list("district-returns", rows=1)

    first, second = factories.run_rules(revision), factories.run_rules(revision)

    assert first == second
    assert [(f.rule, f.record_kind, f.record_uid, f.field) for f in first] == [
        ("narrative_missing", "", None, "")
    ]


def test_findings_of_people_are_none_of_the_rules_business(reviewer):
    revision = factories.reviewing_case()
    item = factories.raise_item(revision)

    assert run_checks(revision) == []
    assert _fields(item) == ("open", "explain")


def test_check_is_the_fillers_and_needs_an_open_case(editor):
    revision = factories.open_return()
    stranger = factories.person(Role.DISTRICT_FILLER, factories.district("cixi"))

    with pytest.raises(NotAllowed):
        check_case(factories.staff(Role.DISTRICT_SIGNATORY), revision.pk)
    with pytest.raises(Revision.DoesNotExist):
        check_case(stranger, revision.pk)
    with pytest.raises(Locked):
        check_case(editor, factories.submitted_case().pk)


def test_refresh_does_nothing_where_the_step_is_not_possible(editor):
    revision = factories.open_award_list([factories.award_values(people=TWICE)])

    refresh_findings("submit", revision.pk, factories.staff(Role.AUDITOR))

    assert not Finding.objects.exists()
    refresh_findings("submit", revision.pk, editor)
    assert Finding.objects.count() == 1


# Explained


def test_explanation_is_a_remark_and_a_status(editor):
    _revision, finding = _list_with_a_question()

    explain(editor, finding.pk, " 两人同名，单位不同。\n")

    assert _fields(finding) == ("explained", "explain")
    assert list(Remark.objects.values_list("finding", "status", "text", "author")) == [
        (finding.pk, "explained", "两人同名，单位不同。", editor.pk)
    ]
    assert str(Remark.objects.get()) == "两人同名，单位不同。"


def test_explanation_said_again_adds_nothing_and_said_anew_adds_a_remark(editor):
    _revision, finding = _list_with_a_question()

    for text in ("两人同名，单位不同。", "两人同名，单位不同。", "两人同名，年龄不同。"):
        explain(editor, finding.pk, text)

    assert list(Remark.objects.values_list("text", flat=True)) == [
        "两人同名，单位不同。",
        "两人同名，年龄不同。",
    ]


def test_explanation_given_again_after_it_lapsed_is_a_remark(editor):
    revision, finding = _list_with_a_question()
    explain(editor, finding.pk, "两人同名，单位不同。")
    factories.change_first_row(revision, people=[*TWICE, "王五"])
    factories.run_rules(revision)

    explain(editor, finding.pk, "两人同名，单位不同。")

    assert _fields(finding) == ("explained", "explain")
    assert finding.remarks.count() == 2


@pytest.mark.parametrize("text", ["", "      ", "同名", "。" * 9, "无无无无无无无"])
def test_explanation_that_is_no_sentence_is_refused(text, editor):
    _revision, finding = _list_with_a_question()
    before = database_digest()

    with pytest.raises(Refused) as refusal:
        explain(editor, finding.pk, text)

    assert str(refusal.value) == "Write a sentence that the reviewer can judge."
    assert database_digest() == before


def test_blocking_finding_of_a_rule_cannot_be_explained(editor):
    revision = factories.open_award_list([factories.award_values(award_year=2024)])
    (finding,) = factories.run_rules(revision)

    with pytest.raises(Refused) as refusal:
        explain(editor, finding.pk, "年度确为二〇二四年。")

    assert str(refusal.value) == (
        "This finding blocks the report. Correct the value; it cannot be explained."
    )


def test_blocking_item_of_a_person_can_be_answered(editor):
    revision = factories.reviewing_case()
    item = factories.raise_item(revision, severity=Severity.BLOCKING)
    factories.take("return", revision)

    assert explain(editor, item.pk, "与奖励决定一致。").status == FindingStatus.EXPLAINED


def test_explanation_by_anyone_but_the_filler_is_refused(reviewer):
    revision = factories.case_in("returned", "district-returns")
    item = revision.findings.get()

    for role in (Role.DISTRICT_SIGNATORY, Role.CITY_REVIEWER, Role.AUDITOR):
        with pytest.raises(NotAllowed) as refusal:
            explain(factories.staff(role), item.pk, "与统计口径一致。")
        assert str(refusal.value) == (
            "Only the bureau that filled the case in explains its findings."
        )
    stranger = factories.person(Role.DISTRICT_FILLER, factories.district("cixi"))
    with pytest.raises(Finding.DoesNotExist):
        explain(stranger, item.pk, "与统计口径一致。")
    with pytest.raises(Finding.DoesNotExist):
        explain(factories.staff(Role.DISTRICT_FILLER), 0, "与统计口径一致。")


def test_explanation_of_a_reported_case_is_refused(editor):
    revision, finding = _list_with_a_question()
    explain(editor, finding.pk, "两人同名，单位不同。")
    factories.take("submit", revision)

    with pytest.raises(WrongState) as refusal:
        explain(editor, finding.pk, "两人同名，年龄不同。")

    assert str(refusal.value) == (
        "A finding is explained while the case is being filled in or returned."
    )


# Raised by a person


def test_finding_raised_by_a_reviewer(reviewer):
    revision = factories.reviewing_case()
    (row,) = factories.records_of(revision)
    deadline = timezone.localdate()

    finding = raise_finding(
        reviewer,
        revision.pk,
        " 第三完成人与决定不符。 ",
        record_kind="awards",
        record_uid=row.uid,
        field="people",
        severity=Severity.BLOCKING,
        deadline=deadline,
    )

    assert (
        finding.rule,
        finding.message,
        finding.record_kind,
        finding.record_uid,
        finding.field,
        finding.severity,
        finding.status,
        finding.raised_by,
        finding.deadline,
        finding.is_objection,
    ) == (
        "",
        "第三完成人与决定不符。",
        "awards",
        row.uid,
        "people",
        "blocking",
        "open",
        reviewer,
        deadline,
        False,
    )
    assert str(finding) == "第三完成人与决定不符。"


def test_percent_signs_in_a_persons_words_are_kept():
    finding = factories.raise_item(factories.reviewing_case(), "增长率 12%(d) 有误")

    assert str(finding) == "增长率 12%(d) 有误"


def test_finding_raised_again_while_open_is_the_same(reviewer):
    revision = factories.reviewing_case()
    first = raise_finding(reviewer, revision.pk, "请核对。")

    assert raise_finding(reviewer, revision.pk, " 请核对。") == first
    decide(reviewer, first.pk, FindingStatus.CLOSED)
    assert raise_finding(reviewer, revision.pk, "请核对。") != first


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"message": "  "}, "Say what is wrong and what would cure it."),
        (
            {"deadline": dt.date(2020, 1, 1)},
            "The deadline lies in the past. Choose a later day.",
        ),
        (
            {"record_kind": "awards", "record_uid": uuid.uuid4()},
            "The row that the finding names is not in this case.",
        ),
        (
            {"record_kind": "policies", "record_uid": uuid.uuid4()},
            "The row that the finding names is not in this case.",
        ),
    ],
)
def test_finding_that_does_not_fit_is_refused(options, sentence, reviewer):
    revision = factories.reviewing_case()
    before = database_digest()

    with pytest.raises(Refused) as refusal:
        raise_finding(reviewer, revision.pk, **{"message": "请核对。", **options})

    assert str(refusal.value) == sentence
    assert database_digest() == before


@pytest.mark.parametrize("role", [Role.CITY_EDITOR, Role.AUDITOR])
def test_finding_raised_by_another_role_is_refused(role):
    revision = factories.reviewing_case()

    with pytest.raises(NotAllowed) as refusal:
        raise_finding(factories.staff(role), revision.pk, "请核对。")

    assert str(refusal.value) == "Only the city's reviewers and publishers raise findings."


def test_finding_raised_out_of_scope_is_unknown():
    revision = factories.reviewing_case()

    with pytest.raises(Revision.DoesNotExist):
        raise_finding(factories.staff(Role.DISTRICT_FILLER), revision.pk, "请核对。")


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "approved", "published"])
def test_finding_raised_in_another_state_is_refused(state, reviewer):
    revision = factories.case_in(state)

    with pytest.raises(WrongState) as refusal:
        raise_finding(reviewer, revision.pk, "请核对。")
    assert str(refusal.value) == "A finding is raised while the case is under review."
    with pytest.raises(WrongState) as refusal:
        raise_finding(reviewer, revision.pk, "有异议。", is_objection=True)
    assert str(refusal.value) == "A finding is raised while the case is on public notice."


# Decided


@pytest.mark.parametrize("status", ["accepted", "rejected", "closed"])
def test_decision_is_a_remark_and_a_status(status, reviewer):
    item = factories.raise_item(factories.reviewing_case())

    decide(reviewer, item.pk, FindingStatus(status), " 已核。")

    assert _fields(item) == (status, "explain")
    assert list(item.remarks.values_list("status", "text", "author")) == [
        (status, "已核。", reviewer.pk)
    ]


def test_decision_taken_again_adds_nothing(reviewer):
    item = factories.raise_item(factories.reviewing_case())

    for _ in range(2):
        decide(reviewer, item.pk, FindingStatus.CLOSED, "已核。")

    assert item.remarks.count() == 1


@pytest.mark.parametrize(
    ("status", "text", "sentence"),
    [
        ("rejected", " ", "Say why the explanation is not accepted."),
        ("open", "x", "A finding is accepted, rejected or closed."),
        ("explained", "x", "A finding is accepted, rejected or closed."),
    ],
)
def test_decision_that_does_not_fit_is_refused(status, text, sentence, reviewer):
    item = factories.raise_item(factories.reviewing_case())

    with pytest.raises(Refused) as refusal:
        decide(reviewer, item.pk, FindingStatus(status), text)

    assert str(refusal.value) == sentence
    assert not Remark.objects.exists()


def test_decision_by_another_role_is_refused():
    item = factories.raise_item(factories.reviewing_case())

    with pytest.raises(NotAllowed) as refusal:
        decide(factories.staff(Role.CITY_EDITOR), item.pk, FindingStatus.CLOSED)

    assert str(refusal.value) == "Only the city's reviewers and publishers decide on findings."


def test_decision_in_another_state_is_refused(reviewer):
    item = factories.case_in("returned").findings.get()

    with pytest.raises(WrongState) as refusal:
        decide(reviewer, item.pk, FindingStatus.CLOSED)

    assert str(refusal.value) == (
        "A finding is decided while the case is under review or on notice."
    )


def test_unsettled_are_the_open_ones_that_are_no_hints():
    findings = [
        Finding(severity=severity, status=status)
        for severity in ("explain", "hint")
        for status in ("open", "explained", "rejected", "accepted", "closed")
    ]

    assert unsettled(findings) == findings[:3]


def test_saved_row_does_not_run_the_rules(editor):
    revision = factories.open_award_list()
    save_record(editor, revision.pk, AWARDS, factories.award_values(people=TWICE))

    assert not Finding.objects.exists()


def test_rule_that_says_a_place_twice_is_heard_once(monkeypatch):
    def noisy(revision):
        for number in (1, 2):
            yield Problem("noisy", Severity.HINT, "Seen %(number)s.", {"number": number})

    monkeypatch.setitem(kinds, "awards", replace(kinds["awards"], checks=(noisy,)))
    revision = factories.open_award_list()

    assert [str(finding) for finding in factories.run_rules(revision)] == ["Seen 1."]


def test_explanation_of_a_rule_has_a_category_and_an_answer_to_a_person_has_none(editor):
    revision = factories.open_award_list([factories.award_values(people=["张三", "张三"])])
    [found] = factories.run_rules(revision)

    with pytest.raises(Refused, match="what kind of explanation"):
        explain(editor, found.pk, "两人同名，单位不同。", "")
    explain(editor, found.pk, "两人同名，单位不同。", "as_is")

    assert found.remarks.get().category == "as_is"
    revision = factories.returned(factories.advance(revision, "reviewing"))
    item = revision.findings.get(raised_by__isnull=False)
    explain(editor, item.pk, "名单与奖励决定一致。")
    assert item.remarks.get().category == ""


def test_same_words_of_another_category_are_another_explanation(editor):
    revision = factories.open_award_list([factories.award_values(people=["张三", "张三"])])
    [found] = factories.run_rules(revision)

    for category in ("as_is", "as_is", "scope"):
        explain(editor, found.pk, "两人同名，单位不同。", category)

    assert [remark.category for remark in found.remarks.all()] == ["as_is", "scope"]


def test_refused_explanation_is_given_anew_before_the_case_is_reported_again(editor):
    revision = factories.open_award_list([factories.award_values(people=["张三", "张三"])])
    [found] = factories.run_rules(revision)
    explain(editor, found.pk, "两人同名，单位不同。")
    revision = factories.advance(revision, "reviewing")
    reviewer = factories.doer("return", revision)
    decide(reviewer, found.pk, FindingStatus.REJECTED, "请附获奖人证明。")
    revision = factories.returned(revision)
    explain(editor, revision.findings.get(raised_by__isnull=False).pk, "名单与奖励决定一致。")

    with pytest.raises(Refused, match="neither changed nor answered"):
        perform("submit", revision.pk, editor)
    explain(editor, found.pk, "两人同名，证明已经另附。")

    assert factories.take("submit", revision).state == "submitted"
    assert [remark.status for remark in found.remarks.all()] == [
        "explained",
        "rejected",
        "explained",
    ]
