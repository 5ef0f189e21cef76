"""Findings at the desk: raised, explained, decided; and the thread that shows it."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import Role
from apps.cases.domain.findings import check_case, raise_finding
from apps.cases.errors import Locked, NotAllowed
from apps.cases.models import Finding, FindingStatus, Revision, Severity, State
from tests import factories as f
from tests.cases.desk.pages import said, signed_in

pytestmark = pytest.mark.django_db

DOUBLED: dict[str, Any] = {"people": ["张三", "张三"]}


def new_url(revision: Revision, row: Any = None) -> str:
    url = f"/desk/cases/{revision.case_id}/findings/new/"
    return f"{url}?kind=awards&row={row.uid}" if row else url


def url_of(finding: Finding) -> str:
    return f"/desk/cases/{finding.revision.case_id}/findings/{finding.pk}/"


def in_a_week() -> str:
    return (timezone.localdate() + dt.timedelta(days=7)).isoformat()


def test_check_button_shows_the_filler_what_is_wrong() -> None:
    revision = f.open_award_list([f.award_values(**DOUBLED)])
    client = signed_in(f.filler_of(revision))

    page = client.post(f"/desk/cases/{revision.case_id}/check/", follow=True)

    assert "Checked: 1 findings stand." in said(page)
    assert "A name stands twice among the people" in said(page)


def test_check_of_a_faultless_case_says_so() -> None:
    revision = f.open_award_list()

    page = signed_in(f.filler_of(revision)).post(
        f"/desk/cases/{revision.case_id}/check/", follow=True
    )

    assert "nothing stands in the way of the report" in said(page)


def test_check_by_another_role_is_refused_in_a_sentence() -> None:
    revision = f.submitted_case()

    page = signed_in(f.staff(Role.CITY_REVIEWER)).post(
        f"/desk/cases/{revision.case_id}/check/", follow=True
    )

    assert "may write in this case" in said(page)


def test_check_case_belongs_to_the_filler_of_an_open_case() -> None:
    revision = f.submitted_case()

    with pytest.raises(NotAllowed):
        check_case(f.staff(Role.CITY_REVIEWER), revision.pk)
    with pytest.raises(Locked):
        check_case(f.filler_of(revision), revision.pk)


def test_filler_explains_a_finding_and_the_thread_shows_it() -> None:
    revision = f.open_award_list([f.award_values(**DOUBLED)])
    [finding] = check_case(f.filler_of(revision), revision.pk)
    client = signed_in(f.filler_of(revision))

    for _ in range(2):
        done = client.post(
            url_of(finding),
            {"decision": "explain", "category": "as_is", "text": "确系两人，同名同姓。"},
        )

    finding.refresh_from_db()
    assert done["Location"] == f"/desk/cases/{revision.case_id}/1/#finding-{finding.pk}"
    assert finding.status == FindingStatus.EXPLAINED
    assert finding.remarks.count() == 1
    assert "确系两人，同名同姓。" in said(client.get(url_of(finding)))


def test_short_explanation_is_refused_and_kept() -> None:
    revision = f.open_award_list([f.award_values(**DOUBLED)])
    [finding] = check_case(f.filler_of(revision), revision.pk)

    refused = signed_in(f.filler_of(revision)).post(
        url_of(finding), {"decision": "explain", "text": "对的"}
    )

    assert refused.status_code == 422
    assert "Write a sentence that the reviewer can judge." in said(refused)
    assert "对的" in refused.content.decode()


def test_unknown_decision_changes_nothing() -> None:
    revision = f.reviewing_case()
    finding = f.raise_item(revision)

    refused = signed_in(f.staff(Role.CITY_REVIEWER)).post(
        url_of(finding), {"decision": "open", "text": ""}
    )

    finding.refresh_from_db()
    assert refused.status_code == 422
    assert finding.status == FindingStatus.OPEN


def test_reviewer_names_a_row_and_field_with_a_deadline() -> None:
    revision = f.reviewing_case()
    [row] = f.records_of(revision)
    client = signed_in(f.staff(Role.CITY_REVIEWER))
    asked = client.get(f"{new_url(revision, row)}&field=title")

    done = client.post(
        new_url(revision, row),
        {
            "place": "title",
            "severity": "explain",
            "message": "题目与公布文件不一致。",
            "deadline": in_a_week(),
        },
    )

    finding = Finding.objects.get()
    assert asked.context["place"] == row.title
    assert done.status_code == 302
    assert (finding.record_kind, finding.record_uid, finding.field) == ("awards", row.uid, "title")
    assert str(finding.deadline) == in_a_week()
    assert f"{row.title}: Project" in said(client.get(f"/desk/cases/{revision.case_id}/"))


@pytest.mark.parametrize(("place", "kind"), [("", ""), ("awards", "awards")])
def test_reviewer_names_the_case_or_a_list(place: str, kind: str) -> None:
    revision = f.reviewing_case()
    client = signed_in(f.staff(Role.CITY_REVIEWER))

    for _ in range(2):
        client.post(
            new_url(revision),
            {
                "place": place,
                "severity": "hint",
                "message": "请补全名单。",
                "deadline": "",
            },
        )

    finding = Finding.objects.get()
    assert (finding.record_kind, finding.severity) == (kind, Severity.HINT)
    words = said(client.get(url_of(finding)))
    assert ("Awards" if kind else "The whole case").lower() in words.lower()


def test_deadline_in_the_past_is_refused_and_the_words_are_kept() -> None:
    revision = f.reviewing_case()

    refused = signed_in(f.staff(Role.CITY_REVIEWER)).post(
        new_url(revision),
        {
            "place": "",
            "severity": "explain",
            "message": "请补全名单。",
            "deadline": "2020-01-01",
        },
    )

    assert refused.status_code == 422
    assert "The deadline lies in the past." in said(refused)
    assert "请补全名单。" in refused.content.decode()


def test_finding_that_holds_a_figure_is_warned_of_once() -> None:
    revision = f.reviewing_case()
    client = signed_in(f.staff(Role.CITY_REVIEWER))
    typed = {"place": "", "severity": "explain", "message": "应改为 42 项", "deadline": ""}

    warned = client.post(new_url(revision), typed)
    kept = warned.context["form"]["warned"].value()
    taken = client.post(new_url(revision), {**typed, "warned": kept})

    assert warned.status_code == 422
    assert "The note holds a number" in said(warned)
    assert taken.status_code == 302


def test_finding_by_another_role_is_refused_in_a_sentence() -> None:
    revision = f.reviewing_case()

    refused = signed_in(f.filler_of(revision)).post(
        new_url(revision),
        {
            "place": "",
            "severity": "explain",
            "message": "请补全名单。",
        },
    )

    assert refused.status_code == 403
    assert "Only the city's reviewers and publishers raise findings." in said(refused)
    assert Finding.objects.count() == 0


def test_finding_outside_the_review_is_refused_and_kept() -> None:
    revision = f.submitted_case()

    refused = signed_in(f.staff(Role.CITY_REVIEWER)).post(
        new_url(revision),
        {
            "place": "",
            "severity": "explain",
            "message": "请补全名单。",
            "deadline": "",
        },
    )

    assert refused.status_code == 409
    assert "请补全名单。" in refused.content.decode()


def test_objection_is_entered_during_the_notice() -> None:
    with f.kind_with_notice("awards", 5):
        revision = f.case_in(State.ON_NOTICE)
        client = signed_in(f.staff(Role.CITY_PUBLISHER))
        asked = client.get(new_url(revision))

        client.post(new_url(revision), {"place": "", "message": "某企业来函反映排名有误。"})

        finding = Finding.objects.get()
        case = client.get(f"/desk/cases/{revision.case_id}/")

    assert asked.context["is_objection"]
    assert (finding.is_objection, finding.severity) == (True, Severity.BLOCKING)
    assert "Objection" in said(case)  # the word that the finding begins with


@pytest.mark.parametrize("decision", ["accepted", "rejected", "closed"])
def test_reviewer_decides_and_asks_for_more_at_the_same_place(decision: str) -> None:
    revision = f.reviewing_case()
    [row] = f.records_of(revision)
    finding = f.raise_item(revision, record_kind="awards", record_uid=row.uid, field="title")
    client = signed_in(f.staff(Role.CITY_REVIEWER))
    page = client.get(url_of(finding))

    done = client.post(url_of(finding), {"decision": decision, "text": "已核对公布文件。"})

    finding.refresh_from_db()
    assert page.context["may_decide"]
    assert client.get(page.context["raise_url"]).context["place"] == row.title
    assert done.status_code == 302
    assert finding.status == decision


def test_rejection_without_a_reason_is_refused() -> None:
    revision = f.reviewing_case()
    finding = f.raise_item(revision)

    refused = signed_in(f.staff(Role.CITY_REVIEWER)).post(
        url_of(finding), {"decision": "rejected", "text": ""}
    )

    assert refused.status_code == 422
    assert "Say why the explanation is not accepted." in said(refused)


def test_finding_on_a_removed_row_says_so() -> None:
    revision = f.reviewing_case(rows=2)
    row = f.records_of(revision)[0]
    revision = f.returned(revision, record_kind="awards", record_uid=row.uid)
    client = signed_in(f.filler_of(revision))
    client.post(f"/desk/cases/{revision.case_id}/rows/awards/{row.uid}/remove/")

    page = client.get(f"/desk/cases/{revision.case_id}/")

    assert "a removed row" in said(page)


def test_same_finding_raised_twice_is_one() -> None:
    revision = f.reviewing_case()
    reviewer = f.staff(Role.CITY_REVIEWER)

    first, second = (raise_finding(reviewer, revision.pk, "请补全名单。") for _ in range(2))

    assert first == second


def _findings_of_a_negative_figure() -> Revision:
    """Return a return in draft whose figure is below nought, with what the rules say of it."""
    f.indicator("rd-spending")
    draft = f.open_return(rows=0)
    f.save_figure(draft, "rd-spending", "-3")
    f.run_rules(draft)
    return draft


def test_what_blocks_leads_to_the_value_instead_of_an_answer() -> None:
    draft = _findings_of_a_negative_figure()
    finding = draft.findings.get(rule="negative_count")
    client = signed_in(f.filler_of(draft))

    page = client.get(f"/desk/cases/{draft.case_id}/findings/{finding.pk}/")

    assert page.context["is_to_correct"]
    assert "<textarea" not in page.content.decode()
    assert f'<a href="/desk/cases/{draft.case_id}/rows/indicator-values/' in page.content.decode()


def test_an_answer_is_offered_where_one_can_be_given() -> None:
    revision = f.open_award_list([f.award_values(**DOUBLED)])
    check_case(f.filler_of(revision), revision.pk)

    page = signed_in(f.filler_of(revision)).get(f"/desk/cases/{revision.case_id}/")

    assert "Answer" in {view["reply_label"] for view in page.context["open_findings"]}


def test_no_answer_is_offered_where_none_can_be_given() -> None:
    draft = _findings_of_a_negative_figure()
    client = signed_in(f.filler_of(draft))
    here = f"/desk/cases/{draft.case_id}/"
    offered = {
        view["severity"]: view["reply_label"] for view in client.get(here).context["open_findings"]
    }
    assert offered["blocking"] == "Details"

    warned = client.get(f"{here}1/hand_over/")
    assert "1 finding blocks the report." in warned.context["warning"]
    f.take("hand_over", draft)

    labels = {view["reply_label"] for view in client.get(here).context["open_findings"]}
    assert labels == {"Details"}
    page = signed_in(f.staff(Role.DISTRICT_SIGNATORY)).get(f"{here}1/submit/")
    assert f'href="{here}1/send_back/"' in page.content.decode()
