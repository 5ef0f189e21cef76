"""The pages of the steps: what they ask, what they refuse, what they keep."""

import pytest

from apps.accounts.models import Role
from apps.cases.domain.records import save_record
from apps.cases.domain.transitions import why_not
from apps.cases.errors import Refused
from apps.cases.models import Event, ReasonCode, Revision, State
from apps.cases.statements import STATEMENT
from tests import factories as f
from tests.cases.desk.pages import post_step, said, signed_in, step_url

pytestmark = pytest.mark.django_db


def test_submit_page_shows_statement_name_title_rows_and_hash() -> None:
    signatory = f.person(Role.DISTRICT_SIGNATORY, full_name="陈签发", title="副局长")
    revision = f.case_in(State.CHECKING, "district-returns", rows=3)

    page = signed_in(signatory).get(step_url(revision, "submit"))

    words = said(page)
    assert STATEMENT in words
    assert "陈签发" in words
    assert "副局长" in words
    # Three figures and one section of narrative.
    assert page.context["content"]["rows"] == 4
    assert page.context["content"]["hash"] in words


def test_submit_asks_for_the_tick_and_keeps_the_note() -> None:
    revision = f.case_in(State.CHECKING, "district-returns")
    client = signed_in(f.staff(Role.DISTRICT_SIGNATORY))

    refused = client.post(
        step_url(revision, "submit"), {"version": revision.version, "reason": "已核。"}
    )

    assert refused.status_code == 422
    assert "Tick the statement to sign it." in said(refused)
    assert "已核。" in refused.content.decode()
    assert f.fresh(revision).state == State.CHECKING


def test_submit_refuses_content_changed_after_the_page_was_opened() -> None:
    revision = f.open_award_list()
    client = signed_in(f.filler_of(revision))
    seen = client.get(step_url(revision, "submit")).context["content"]["hash"]
    f.change_first_row(revision)

    refused = post_step(client, revision, "submit", seen_hash=seen, reason="请审核")

    assert refused.status_code == 422
    assert "A row was changed after you opened this page" in said(refused)
    assert "请审核" in refused.content.decode()
    again = refused.context["content"]["hash"]
    assert again != seen
    assert f'value="{again}"' in refused.content.decode()
    assert post_step(client, revision, "submit", seen_hash=again).status_code == 302


def test_refused_report_leaves_its_findings_for_the_cure() -> None:
    revision = f.open_award_list([f.award_values(people=["张三", "张三"])])
    client = signed_in(f.filler_of(revision))

    refused = post_step(client, revision, "submit", reason="请审核")

    assert refused.status_code == 422
    assert "1 finding is to be explained before the report" in said(refused)
    assert "请审核" in refused.content.decode()
    assert [f_.rule for f_ in revision.findings.all()] == ["person_named_twice"]
    assert "A name stands twice among the people" in said(refused)
    assert f.fresh(revision).state == State.DRAFT


def test_repeated_post_is_harmless() -> None:
    revision = f.submitted_case()
    client = signed_in(f.staff(Role.CITY_REVIEWER))

    first = post_step(client, revision, "accept")
    second = post_step(client, revision, "accept")

    assert (first.status_code, second.status_code) == (302, 302)
    assert Event.objects.filter(revision=revision, transition="accept").count() == 1


def test_stale_version_keeps_the_reason_and_shows_the_present_state() -> None:
    revision = f.reviewing_case()
    f.raise_item(revision)
    reviewer = f.person(Role.CITY_REVIEWER)
    f.take("return", revision)

    refused = post_step(signed_in(reviewer), revision, "return", reason="请核对第一行。")

    assert refused.status_code == 409
    assert "The case has moved on since you opened this page" in said(refused)
    assert "请核对第一行。" in said(refused)
    assert not refused.context["is_possible"]


def test_stale_step_that_is_still_possible_can_be_taken_again() -> None:
    revision = f.published_case()
    f.take("propose_withdrawal", revision)
    client = signed_in(f.person(Role.CITY_PUBLISHER))

    stale = post_step(client, revision, "withdraw", reason="名单有误。")
    version = stale.context["form"]["version"].value()
    again = post_step(client, revision, "withdraw", version=version, reason="名单有误。")

    assert stale.status_code == 409
    assert again.status_code == 302
    assert f.fresh(revision).state == State.WITHDRAWN


def test_step_without_its_reason_says_so() -> None:
    revision = f.case_in(State.CHECKING, "district-returns")

    refused = post_step(
        signed_in(f.staff(Role.DISTRICT_SIGNATORY)), revision, "send_back", reason=" "
    )

    assert refused.status_code == 422
    assert "Give a reason" in said(refused)


@pytest.mark.parametrize("method", ["get", "post"])
def test_step_of_another_role_is_refused_in_a_sentence(method: str) -> None:
    revision = f.reviewing_case()
    client = signed_in(f.staff(Role.CITY_EDITOR))

    page = getattr(client, method)(
        step_url(revision, "approve"), {"version": revision.version, "reason": "可以"}
    )

    assert page.status_code == 403
    assert "Your role does not take this step on this case." in said(page)
    assert f.fresh(revision).state == State.REVIEWING


def test_step_from_a_wrong_state_is_refused_in_a_sentence() -> None:
    revision = f.approved_case()

    page = signed_in(f.staff(Role.CITY_REVIEWER)).get(step_url(revision, "accept"))

    assert page.status_code == 409
    assert "is not possible while the case is approved" in said(page)


def test_page_foresees_what_would_refuse() -> None:
    revision = f.reviewing_case()

    page = signed_in(f.staff(Role.CITY_REVIEWER)).get(step_url(revision, "return"))

    assert page.status_code == 200
    assert "Not yet" in said(page)
    assert "Name at least one item to be corrected" in said(page)


def test_return_warns_once_of_a_figure_and_then_takes_the_note() -> None:
    revision = f.reviewing_case()
    f.raise_item(revision)
    client = signed_in(f.staff(Role.CITY_REVIEWER))

    warned = post_step(client, revision, "return", reason="应为 15.3 亿元")
    kept = warned.context["form"]["warned"].value()
    taken = post_step(client, revision, "return", reason="应为 15.3 亿元", warned=kept)

    assert warned.status_code == 422
    assert "The note holds a number" in said(warned)
    assert taken.status_code == 302
    assert f.fresh(revision).state == State.RETURNED


def test_year_and_date_in_a_note_are_no_figures() -> None:
    revision = f.reviewing_case()
    f.raise_item(revision)

    taken = post_step(
        signed_in(f.staff(Role.CITY_REVIEWER)),
        revision,
        "return",
        reason="请按2024年1月5日的口径核对第3行。",
    )

    assert taken.status_code == 302


def test_restate_opens_a_correction_with_its_code() -> None:
    revision = f.published_case()

    done = post_step(
        signed_in(f.staff(Role.CITY_PUBLISHER)),
        revision,
        "restate",
        reason="更正姓名",
        reason_code="verification",
    )

    successor = Revision.objects.get(based_on=revision)
    assert done["Location"] == f"/desk/cases/{revision.case_id}/1/"
    assert (successor.reason_code, successor.reason) == (ReasonCode.VERIFICATION, "更正姓名")


def test_restate_without_a_code_is_refused_and_keeps_the_reason() -> None:
    revision = f.published_case()

    refused = post_step(
        signed_in(f.staff(Role.CITY_PUBLISHER)),
        revision,
        "restate",
        reason="更正姓名",
        reason_code="",
    )

    assert refused.status_code == 422
    assert "更正姓名" in refused.content.decode()


def test_announce_page_names_the_last_day() -> None:
    with f.kind_with_notice("awards", 5):
        revision = f.approved_case()

        page = signed_in(f.staff(Role.CITY_PUBLISHER)).get(step_url(revision, "announce"))

    assert "The notice runs 5 working days" in said(page)


def test_publish_page_of_a_correction_shows_what_changes() -> None:
    published = f.published_case()
    revision = f.change_first_row(f.successor_of(published))
    revision = f.advance(revision, State.APPROVED)

    page = signed_in(f.staff(Role.CITY_PUBLISHER)).get(step_url(revision, "publish"))

    assert "Revision 1 becomes superseded" in said(page)
    assert "（更正）" in said(page)


@pytest.mark.parametrize(
    ("state", "name", "role"),
    [
        (State.DRAFT, "hand_over", Role.DISTRICT_FILLER),
        (State.CHECKING, "send_back", Role.DISTRICT_SIGNATORY),
        (State.SUBMITTED, "recall", Role.DISTRICT_SIGNATORY),
        (State.SUBMITTED, "accept", Role.CITY_REVIEWER),
        (State.REVIEWING, "return", Role.CITY_REVIEWER),
        (State.REVIEWING, "approve", Role.CITY_REVIEWER),
        (State.APPROVED, "reopen", Role.CITY_PUBLISHER),
        (State.APPROVED, "publish", Role.CITY_PUBLISHER),
        (State.PUBLISHED, "restate", Role.CITY_PUBLISHER),
        (State.PUBLISHED, "propose_withdrawal", Role.CITY_PUBLISHER),
    ],
)
def test_case_page_offers_the_step_and_its_page_says_what_happens(
    state: State, name: str, role: Role
) -> None:
    revision = f.case_in(state, "district-returns")
    client = signed_in(f.staff(role))

    case = client.get(f"/desk/cases/{revision.case_id}/")
    page = client.get(step_url(revision, name))

    assert name in [step.name for step in case.context["steps"]]
    assert page.status_code == 200
    assert page.context["effects"] != []


@pytest.mark.parametrize(
    ("days", "offered"),
    [
        (5, ["announce", "reopen"]),
        (None, ["publish", "reopen"]),
    ],
)
def test_case_page_offers_only_what_the_kind_asks_for(days: int | None, offered: list[str]) -> None:
    with f.kind_with_notice("awards", days):
        revision = f.approved_case()

        page = signed_in(f.staff(Role.CITY_PUBLISHER)).get(f"/desk/cases/{revision.case_id}/")

    assert [step.name for step in page.context["steps"]] == offered


def test_withdrawal_is_offered_once_it_is_proposed() -> None:
    revision = f.published_case()
    client = signed_in(f.staff(Role.CITY_REVIEWER))
    before = client.get(f"/desk/cases/{revision.case_id}/").context["steps"]
    f.take("propose_withdrawal", revision)

    after = client.get(f"/desk/cases/{revision.case_id}/").context["steps"]

    assert [step.name for step in before] == []
    assert [step.name for step in after] == ["withdraw"]


def test_why_not_says_what_perform_would_say() -> None:
    revision = f.reviewing_case()
    reviewer = f.staff(Role.CITY_REVIEWER)

    refusal = why_not("return", revision, reviewer)

    assert isinstance(refusal, Refused)
    assert why_not("approve", revision, reviewer) is None


def test_save_between_two_looks_does_not_stop_the_hand_over() -> None:
    revision = f.open_return()
    [row, *_] = f.records_of(revision)
    client = signed_in(f.filler_of(revision))
    client.get(step_url(revision, "hand_over"))
    save_record(
        f.filler_of(revision),
        revision.pk,
        row.record_kind,
        {"value": 99},
        uid=row.uid,
        version=row.version,
    )

    assert post_step(client, revision, "hand_over").status_code == 302


def test_publisher_is_told_of_a_correction_under_way_and_offered_no_second() -> None:
    published = f.published_case("district-returns")
    client = signed_in(f.staff(Role.CITY_PUBLISHER))

    page = client.post(
        step_url(published, "restate"),
        {"version": published.version, "reason": "名称有误", "reason_code": "correction"},
        follow=True,
    )

    assert page.context["correction"].number == 2
    assert "revision 2" in said(page)
    assert "restate" not in {step.name for step in page.context["steps"]}
    told = signed_in(f.filler_of(published)).get("/desk/notifications/")
    assert "Open a correction" in said(told)
