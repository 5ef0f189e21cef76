"""Every step that must not happen: wrong state, wrong person, old page, unmet guard.

Each refusal leaves the whole database as it was.
"""

import pytest
from django.db import transaction

from apps.accounts.models import Role
from apps.cases.domain.findings import check_case, decide, explain, raise_finding
from apps.cases.domain.records import remove_record, save_record
from apps.cases.domain.transitions import perform, perform_many
from apps.cases.errors import Refused, StaleVersion, WorkflowError, WrongState
from apps.cases.kinds import record_kinds
from apps.cases.models import FindingStatus, Revision, Severity, State
from tests import factories
from tests.cases.support import CITY_KIND, DISTRICT_KIND, KINDS, ROAD, STATES, database_digest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

AWARDS = record_kinds["awards"]
CITY_STEPS = set(ROAD) - {"hand_over", "send_back", "submit", "recall"}
DETAILS = {"reason_code": "correction"}
FIRST_STEPS = [(DISTRICT_KIND, "hand_over"), (CITY_KIND, "submit")]


def _refusal(name, revision, actor, **options):
    """Return how the step is refused, or how it goes, and prove that nothing is left of it."""
    options = {"reason": factories.REASON, "details": DETAILS, **options}
    before = database_digest()
    try:
        with transaction.atomic():
            perform(name, revision.pk, actor, **options)
            transaction.set_rollback(True)
    except (WorkflowError, Revision.DoesNotExist) as error:
        # What the rules found stays, so that the person sees what to cure; here they run before.
        assert database_digest() == before
        return type(error).__name__, str(error)
    assert database_digest() == before
    return "taken", ""


@pytest.mark.parametrize(
    ("kind_code", "state"),
    # A city list is never in the bureau's own check.
    [(k, s) for k in KINDS for s in STATES if (k, s) != (CITY_KIND, "checking")],
)
def test_step_is_refused_in_a_wrong_state(kind_code, state):
    with factories.kind_with_notice(kind_code, 5):
        revision = factories.case_in(state, kind_code)
        names = [name for name in ROAD if kind_code in ROAD[name]]

        refused = {name: _refusal(name, revision, factories.doer(name, revision)) for name in names}

    # The city does not even see what a district has not reported yet.
    unseen = kind_code == DISTRICT_KIND and state in {"draft", "checking"}
    wrong = {name for name, (kind, _text) in refused.items() if kind == "WrongState"}
    assert wrong == {
        name
        for name in names
        if state not in ROAD[name][kind_code][0] and not (unseen and name in CITY_STEPS)
    }
    assert {name for name, (kind, _text) in refused.items() if kind == "DoesNotExist"} == (
        CITY_STEPS if unseen else set()
    )
    label = factories.fresh(revision).get_state_display()
    assert {refused[name][1].split("”")[1] for name in wrong} <= {
        f" is not possible while the case is {label}."
    }


@pytest.mark.parametrize("kind_code", KINDS)
@pytest.mark.parametrize("name", ROAD)
def test_step_is_refused_to_a_wrong_role(name, kind_code):
    people = factories.people_of_every_role()
    state = min(ROAD[name].get(kind_code, ({"draft"},))[0])
    with factories.kind_with_notice(kind_code, 5):
        revision = factories.case_in(state, kind_code)

        outcome = {role: _refusal(name, revision, actor) for role, actor in people.items()}

    allowed = ROAD[name][kind_code][2] if kind_code in ROAD[name] else set()
    seen = {
        role
        for role, actor in people.items()
        if Revision.objects.visible_to(actor).filter(pk=revision.pk).exists()
    }
    not_his = ("NotAllowed", "Your role does not take this step on this case.")
    assert {role: outcome[role] for role in Role if role not in allowed} == {
        role: not_his if role in seen else ("DoesNotExist", "")
        for role in Role
        if role not in allowed
    }
    assert not_his not in {outcome[role] for role in allowed}


@pytest.mark.parametrize("name", [name for name in ROAD if DISTRICT_KIND in ROAD[name]])
def test_step_of_a_foreign_bureau_is_out_of_scope(name):
    with factories.kind_with_notice(DISTRICT_KIND, 5):
        revision = factories.case_in(min(ROAD[name][DISTRICT_KIND][0]), DISTRICT_KIND)
        for role in (Role.DISTRICT_FILLER, Role.DISTRICT_SIGNATORY):
            stranger = factories.person(role, factories.district("cixi"))

            assert _refusal(name, revision, stranger) == ("DoesNotExist", "")


def test_step_of_a_person_who_left_is_out_of_scope():
    revision = factories.open_award_list()
    editor = factories.person(Role.CITY_EDITOR, is_active=False)

    assert _refusal("submit", revision, editor) == ("DoesNotExist", "")


@pytest.mark.parametrize("version", [0, 1, 7])
def test_step_on_an_old_or_unknown_version_is_stale(version):
    revision = factories.submitted_case()
    assert revision.version == 2

    assert _refusal("accept", revision, factories.staff(Role.CITY_REVIEWER), version=version) == (
        "StaleVersion",
        "The case has moved on since you opened this page. Look at it again, then decide.",
    )


def test_step_repeated_by_another_person_is_stale():
    revision = factories.submitted_case()
    first, second = factories.person(Role.CITY_REVIEWER), factories.person(Role.CITY_REVIEWER)
    perform("accept", revision.pk, first, version=2)

    assert _refusal("accept", revision, second, version=2)[0] == "StaleVersion"


def test_step_repeated_as_another_step_is_stale():
    revision = factories.reviewing_case()
    reviewer = factories.staff(Role.CITY_REVIEWER)
    perform("approve", revision.pk, reviewer, version=3)

    assert _refusal("return", revision, reviewer, version=3)[0] == "StaleVersion"


@pytest.mark.parametrize(
    ("name", "state", "kind_code"),
    [
        ("send_back", "checking", DISTRICT_KIND),
        ("recall", "submitted", CITY_KIND),
        ("return", "reviewing", CITY_KIND),
        ("reopen", "approved", CITY_KIND),
        ("restate", "published", CITY_KIND),
        ("propose_withdrawal", "published", CITY_KIND),
        ("withdraw", "published", CITY_KIND),
    ],
)
@pytest.mark.parametrize("reason", ["", "  \n"])
def test_step_without_its_reason_is_refused(name, state, kind_code, reason):
    revision = factories.case_in(state, kind_code)

    assert _refusal(name, revision, factories.doer(name, revision), reason=reason) == (
        "Refused",
        "Give a reason: it goes to the people concerned and into the history.",
    )


# Guards, one by one, in the order of guards.GUARDS


@pytest.mark.parametrize(("kind_code", "name"), FIRST_STEPS)
def test_empty_case_is_not_handed_on(kind_code, name):
    revision = factories.open_list(kind_code, rows=0)
    check_case(factories.filler_of(revision), revision.pk)

    assert _refusal(name, revision, factories.doer(name, revision)) == (
        "Refused",
        "The case is empty. Enter at least one row first.",
    )


def _both():
    """Return a person who may fill and sign."""
    roles = [Role.DISTRICT_FILLER, Role.DISTRICT_SIGNATORY]
    return factories.person(Role.DISTRICT_FILLER, roles=roles)


SIGNED_BY_FILLER = (
    "NotAllowed",
    "You filled in this case; another person has to sign it.",
)


def test_submit_by_the_person_who_handed_over_is_refused():
    revision, both = factories.open_return(), _both()
    factories.take("hand_over", revision, both)

    assert _refusal("submit", revision, both) == SIGNED_BY_FILLER


def test_submit_by_a_person_who_entered_a_row_is_refused():
    revision, both = factories.open_return(), _both()
    save_record(both, revision.pk, record_kinds["narrative-sections"], factories.section_values(9))
    factories.take("hand_over", revision, factories.staff(Role.DISTRICT_FILLER))

    assert _refusal("submit", revision, both) == SIGNED_BY_FILLER


def test_submit_by_a_person_who_entered_a_row_that_was_removed_is_refused():
    revision, both = factories.open_return(), _both()
    sections = record_kinds["narrative-sections"]
    row = save_record(both, revision.pk, sections, factories.section_values(9))
    filler = factories.staff(Role.DISTRICT_FILLER)
    remove_record(filler, revision.pk, sections, row.uid)
    factories.take("hand_over", revision, filler)

    assert _refusal("submit", revision, both) == SIGNED_BY_FILLER


def test_submit_by_a_person_who_removed_a_row_is_refused():
    revision, both = factories.open_return(rows=2), _both()
    row = factories.records_of(revision)[0]
    remove_record(both, revision.pk, record_kinds["indicator-values"], row.uid)
    factories.take("hand_over", revision, factories.staff(Role.DISTRICT_FILLER))

    assert _refusal("submit", revision, both) == SIGNED_BY_FILLER


def _return_with_a_slip(**values):
    """Return a return in check whose rule asks or blocks."""
    revision = factories.open_return(rows=[factories.figure_values(**values)])
    check_case(factories.staff(Role.DISTRICT_FILLER), revision.pk)
    return revision


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (1, "1 finding blocks the report. Correct the value it names."),
        (2, "2 findings block the report. Correct the values they name."),
    ],
)
def test_submit_with_a_blocking_finding_is_refused(rows, sentence):
    figures = [factories.figure_values(n, value=-n) for n in range(1, rows + 1)]
    revision = factories.open_return(rows=figures)
    factories.take("hand_over", revision)

    assert _refusal("submit", revision, factories.staff(Role.DISTRICT_SIGNATORY)) == (
        "Refused",
        sentence,
    )


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (1, "1 finding is to be explained before the report."),
        (2, "2 findings are to be explained before the report."),
    ],
)
def test_submit_with_an_unexplained_finding_is_refused(rows, sentence):
    figures = [factories.figure_values(n, status="forecast") for n in range(1, rows + 1)]
    revision = factories.open_return(rows=figures)
    factories.take("hand_over", revision)

    assert _refusal("submit", revision, factories.staff(Role.DISTRICT_SIGNATORY)) == (
        "Refused",
        sentence,
    )


def test_submit_with_every_finding_explained_goes():
    revision = _return_with_a_slip(status="forecast")
    filler = factories.staff(Role.DISTRICT_FILLER)
    explain(filler, revision.findings.get(severity=Severity.EXPLAIN).pk, "年报尚未核定。")
    factories.take("hand_over", revision)

    assert _refusal("submit", revision, factories.staff(Role.DISTRICT_SIGNATORY))[0] == "taken"


def test_submit_with_a_rejected_explanation_is_refused():
    revision = _return_with_a_slip(status="forecast")
    filler, reviewer = factories.staff(Role.DISTRICT_FILLER), factories.staff(Role.CITY_REVIEWER)
    finding = revision.findings.get(severity=Severity.EXPLAIN)
    explain(filler, finding.pk, "年报尚未核定。")
    revision = factories.advance(revision, State.REVIEWING)
    decide(reviewer, finding.pk, FindingStatus.REJECTED, "年报已核定。")
    revision = factories.returned(revision)
    revision = factories.change_first_row(revision, comparison="居全市第一")

    # The row changed, so the rule asks again; explained anew it may be handed over.
    factories.take("hand_over", revision)
    assert _refusal("submit", revision, factories.staff(Role.DISTRICT_SIGNATORY)) == (
        "Refused",
        "1 finding is to be explained before the report.",
    )


def test_refused_report_keeps_what_the_rules_found():
    revision = factories.open_award_list([factories.award_values(1), factories.award_values(1)])

    with pytest.raises(Refused):
        perform("submit", revision.pk, factories.staff(Role.CITY_EDITOR))

    assert [f.rule for f in revision.findings.all()] == ["award_printed_twice"]
    assert factories.fresh(revision).state == State.DRAFT
    assert revision.events.count() == 1


@pytest.mark.parametrize(("kind_code", "name"), FIRST_STEPS)
def test_returned_item_left_unanswered_is_refused(kind_code, name):
    revision = factories.case_in("returned", kind_code)

    assert _refusal(name, revision, factories.doer(name, revision)) == (
        "Refused",
        "1 returned item was neither changed nor answered: 请核对并更正。",
    )


def test_several_returned_items_left_unanswered_are_counted():
    revision = factories.reviewing_case(rows=2)
    for number, row in enumerate(factories.records_of(revision), start=1):
        factories.raise_item(revision, f"第{number}条", record_kind="awards", record_uid=row.uid)
    revision = factories.take("return", revision)

    assert _refusal("submit", revision, factories.staff(Role.CITY_EDITOR)) == (
        "Refused",
        "2 returned items were neither changed nor answered, the first: 第1条",
    )


def test_returned_item_that_is_answered_may_be_reported():
    revision = factories.case_in("returned", CITY_KIND)
    item = revision.findings.get()
    explain(factories.staff(Role.CITY_EDITOR), item.pk, "与奖励决定原文一致。")

    assert _refusal("submit", revision, factories.staff(Role.CITY_EDITOR))[0] == "taken"


def test_change_of_another_row_does_not_answer_an_item():
    revision = factories.reviewing_case(rows=2)
    first, second = factories.records_of(revision)
    factories.raise_item(revision, "甲", record_kind="awards", record_uid=first.uid)
    factories.raise_item(revision, "乙", record_kind="awards", record_uid=second.uid)
    revision = factories.take("return", revision)
    revision = factories.change_first_row(revision)

    assert _refusal("submit", revision, factories.staff(Role.CITY_EDITOR)) == (
        "Refused",
        "1 returned item was neither changed nor answered: 乙",
    )


def test_correction_that_changes_nothing_is_refused():
    revision = factories.successor_of(factories.published_case())

    assert _refusal("submit", revision, factories.staff(Role.CITY_EDITOR)) == (
        "Refused",
        "This correction changes nothing. Change a value, or leave it be.",
    )


def test_submit_of_other_content_than_was_shown_is_refused():
    revision = factories.open_award_list()

    assert _refusal(
        "submit", revision, factories.staff(Role.CITY_EDITOR), details={"seen_hash": "0" * 64}
    ) == (
        "Refused",
        "A row was changed after you opened this page. Look at what changed, then sign what you see now.",
    )


def test_return_without_an_item_is_refused():
    revision = factories.reviewing_case()
    # A remark without a deadline is no item.
    factories.raise_item(revision, deadline=None)

    assert _refusal("return", revision, factories.staff(Role.CITY_REVIEWER)) == (
        "Refused",
        "Name at least one item to be corrected, with its deadline, before you return the case.",
    )


def test_approve_by_the_person_who_reported_is_refused():
    both = factories.person(Role.CITY_EDITOR, roles=[Role.CITY_EDITOR, Role.CITY_REVIEWER])
    revision = factories.open_award_list()
    factories.take("submit", revision, both)
    factories.take("accept", revision)

    assert _refusal("approve", revision, both) == (
        "NotAllowed",
        "You entered or reported this case; another person has to approve it.",
    )


def test_approve_by_a_person_who_entered_a_row_is_refused():
    both = factories.person(Role.CITY_EDITOR, roles=[Role.CITY_EDITOR, Role.CITY_REVIEWER])
    revision = factories.open_award_list()
    save_record(both, revision.pk, AWARDS, factories.award_values(2))
    revision = factories.advance(revision, State.REVIEWING)

    assert _refusal("approve", revision, both)[0] == "NotAllowed"


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (1, "1 finding is still open. Accept or close it first."),
        (2, "2 findings are still open. Accept or close them first."),
    ],
)
def test_approve_with_an_open_finding_is_refused(count, sentence):
    revision = factories.reviewing_case()
    for number in range(count):
        factories.raise_item(revision, f"第{number}项")

    assert _refusal("approve", revision, factories.staff(Role.CITY_REVIEWER)) == (
        "Refused",
        sentence,
    )


def test_approve_with_an_open_hint_goes():
    revision = factories.reviewing_case()
    factories.raise_item(revision, severity=Severity.HINT)

    assert _refusal("approve", revision, factories.staff(Role.CITY_REVIEWER))[0] == "taken"


def test_approve_of_other_content_than_was_reported_is_refused():
    revision = factories.reviewing_case()
    Revision.objects.filter(pk=revision.pk).update(submitted_hash="0" * 64)

    assert _refusal("approve", revision, factories.staff(Role.CITY_REVIEWER)) == (
        "Refused",
        "The content differs from what was reported. Return the case.",
    )


def test_announce_of_a_kind_without_notice_is_refused():
    with factories.kind_with_notice(CITY_KIND, None):
        revision = factories.approved_case()

        assert _refusal("announce", revision, factories.staff(Role.CITY_PUBLISHER)) == (
            "Refused",
            "This kind of case needs no public notice. Publish it.",
        )


NOT_AS_APPROVED = (
    "Refused",
    "The content differs from what was approved. Reopen the review and approve it anew.",
)


@pytest.mark.parametrize(("name", "notice"), [("announce", 5), ("publish", None)])
def test_other_content_than_was_approved_does_not_leave_the_house(name, notice):
    with factories.kind_with_notice(CITY_KIND, notice):
        revision = factories.approved_case()
        Revision.objects.filter(pk=revision.pk).update(approved_hash="0" * 64)

        assert _refusal(name, revision, factories.staff(Role.CITY_PUBLISHER)) == NOT_AS_APPROVED


def test_publish_by_the_approver_is_refused():
    both = factories.person(Role.CITY_REVIEWER, roles=[Role.CITY_REVIEWER, Role.CITY_PUBLISHER])
    revision = factories.reviewing_case()
    factories.take("approve", revision, both)

    assert _refusal("publish", revision, both) == (
        "NotAllowed",
        "You approved this case; another person has to publish it.",
    )


def test_publish_without_the_notice_is_refused():
    with factories.kind_with_notice():
        revision = factories.approved_case()

        assert _refusal("publish", revision, factories.staff(Role.CITY_PUBLISHER)) == (
            "Refused",
            "This kind of case is put on public notice before it is published.",
        )


def test_publish_before_the_notice_ends_is_refused():
    with factories.kind_with_notice():
        revision = factories.case_in(State.ON_NOTICE)

        assert _refusal("publish", revision, factories.staff(Role.CITY_PUBLISHER)) == (
            "Refused",
            f"The public notice runs to the end of {revision.notice_last_day}. Publish after that.",
        )


def test_publish_with_an_open_objection_is_refused():
    publisher = factories.staff(Role.CITY_PUBLISHER)
    with factories.kind_with_notice():
        revision = factories.case_in(State.ON_NOTICE)
        objection = raise_finding(publisher, revision.pk, "完成人有异议。", is_objection=True)
        factories.end_notice(revision)

        assert _refusal("publish", revision, publisher) == (
            "Refused",
            "An objection to the public notice is still open. Settle it first.",
        )
        decide(publisher, objection.pk, FindingStatus.CLOSED, "异议不成立。")
        assert _refusal("publish", revision, publisher)[0] == "taken"


def test_second_correction_at_a_time_is_refused():
    published = factories.published_case()
    factories.successor_of(published)

    assert _refusal("restate", published, factories.staff(Role.CITY_PUBLISHER)) == (
        "Refused",
        "A correction is already open (revision 2).",
    )


@pytest.mark.parametrize("details", [{}, {"reason_code": ""}, {"reason_code": "whim"}])
def test_restate_without_a_reason_code_is_refused(details):
    published = factories.published_case()

    assert _refusal(
        "restate", published, factories.staff(Role.CITY_PUBLISHER), details=details
    ) == ("Refused", "Choose the reason of the correction.")


NOT_PROPOSED = (
    "Refused",
    "A withdrawal is proposed by one person before another carries it out.",
)


def test_withdraw_that_nobody_proposed_is_refused():
    published = factories.published_case()

    assert _refusal("withdraw", published, factories.staff(Role.CITY_REVIEWER)) == NOT_PROPOSED


def test_withdraw_by_the_proposer_is_refused():
    published = factories.take("propose_withdrawal", factories.published_case())

    assert _refusal("withdraw", published, factories.staff(Role.CITY_PUBLISHER)) == (
        "NotAllowed",
        "You proposed this withdrawal; another person has to carry it out.",
    )


def test_withdraw_after_something_else_happened_is_refused():
    published = factories.take("propose_withdrawal", factories.published_case())
    factories.successor_of(published)

    assert _refusal("withdraw", published, factories.staff(Role.CITY_REVIEWER)) == NOT_PROPOSED


@pytest.mark.parametrize("state", ["superseded", "withdrawn"])
@pytest.mark.parametrize("kind_code", KINDS)
def test_ended_case_takes_no_step(kind_code, state):
    with factories.kind_with_notice(kind_code, 5):
        revision = factories.case_in(state, kind_code)

        assert {
            _refusal(name, revision, factories.doer(name, revision))[0]
            for name in ROAD
            if kind_code in ROAD[name]
        } == {"WrongState"}


def test_many_at_once_are_all_or_none():
    good, bad = factories.approved_case(), factories.reviewing_case()
    before = database_digest()

    with pytest.raises(WrongState), transaction.atomic():
        perform_many("publish", {good.pk: None, bad.pk: None}, factories.staff(Role.CITY_PUBLISHER))

    assert database_digest() == before


def test_many_at_once_are_stale_together():
    first, second = factories.approved_case(), factories.approved_case()
    before = database_digest()

    with pytest.raises(StaleVersion), transaction.atomic():
        perform_many("publish", {first.pk: 4, second.pk: 3}, factories.staff(Role.CITY_PUBLISHER))

    assert database_digest() == before


def test_item_on_the_narrative_is_not_answered_by_a_figure():
    revision = factories.reviewing_case(DISTRICT_KIND)
    factories.raise_item(revision, "补写平台一节", record_kind="narrative-sections")
    factories.raise_item(revision, "更正数字", record_kind="indicator-values")
    revision = factories.take("return", revision)
    revision = factories.change_first_row(revision)

    assert _refusal("hand_over", revision, factories.staff(Role.DISTRICT_FILLER)) == (
        "Refused",
        "1 returned item was neither changed nor answered: 补写平台一节",
    )
