"""The page on which a case is read whole and signed."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Role
from apps.cases.domain.findings import explain
from apps.cases.models import Event, State
from tests import factories as f
from tests.cases.desk.pages import post_step, said, signed_in, step_url

pytestmark = pytest.mark.django_db

RETURN = "district-returns"


def _signatory():
    return signed_in(f.staff(Role.DISTRICT_SIGNATORY))


def test_whole_return_is_shown_as_it_will_be_published_and_marked_as_not_published():
    before = f.open_return(rows=[f.figure_values(value="10.00", period="2022")], year=2022)
    f.advance(before, State.PUBLISHED)
    rows = [
        f.figure_values(value="11.00"),
        f.figure_values(2, value=None, blank="withheld"),
        f.figure_values(3, value="0"),
    ]
    revision = f.open_return(rows=rows)
    for finding in f.run_rules(revision):
        if finding.severity == "explain":
            explain(f.filler_of(revision), finding.pk, "已经与统计部门核对一致。")
    revision = f.take("hand_over", revision)

    page = _signatory().get(step_url(revision, "submit"))

    words = said(page)
    assert "Not yet published" in words
    assert "11.00亿元 10.00亿元 (+10.0 %)" in words
    assert "全年科技工作第1项稳步推进。" in words
    assert "Withheld 1 Indicator indicator-2" in words
    assert "Nought, which is a value 1 Indicator indicator-3" in words
    # The very words of the public page.
    revision = f.advance(revision, State.PUBLISHED)
    public = said(signed_in(f.staff(Role.AUDITOR)).get("/districts/beilun/2023/"))
    table = re.search(r"11\.00亿元 10\.00亿元 \(\+10\.0 %\)", public)
    assert table is not None


def test_explained_findings_stand_with_their_explanations():
    f.published_case(RETURN, [f.figure_values(period="2022")], year=2022)
    revision = f.open_return(rows=[f.figure_values(value=None, blank="missing")])
    [asked] = [found for found in f.run_rules(revision) if found.severity == "explain"]
    explain(f.filler_of(revision), asked.pk, "统计部门尚未公布该项数据。")
    revision = f.take("hand_over", revision)

    page = _signatory().get(step_url(revision, "submit"))

    assert [view["id"] for view in page.context["explained"]] == [asked.pk]
    assert page.context["findings"] == []
    assert "统计部门尚未公布该项数据。" in said(page)


def test_what_changed_since_the_last_round_stands_with_its_old_and_new_values():
    revision = f.take("send_back", f.case_in(State.CHECKING, RETURN, rows=2))
    f.change_first_row(revision, value="20.75")
    revision = f.take("hand_over", revision)

    page = _signatory().get(step_url(revision, "submit"))

    [comparison] = page.context["comparisons"]
    assert comparison.title == "Changed since you sent it back"
    [row] = comparison.rows
    assert [(field.name, field.before, field.after) for field in row.fields] == [
        ("value", "13.50", "20.75")
    ]


def test_first_round_has_nothing_to_compare_with_and_a_correction_has_what_is_published():
    first = f.case_in(State.CHECKING, RETURN)
    assert _signatory().get(step_url(first, "submit")).context["comparisons"] == []
    correction = f.change_first_row(f.successor_of(f.advance(first, State.PUBLISHED)))
    correction = f.take("hand_over", correction)

    [comparison] = _signatory().get(step_url(correction, "submit")).context["comparisons"]

    assert comparison.title == "Changed against revision 1"
    assert comparison.before_label == "As published"


def test_after_a_report_the_next_round_is_compared_with_it():
    revision = f.take("recall", f.submitted_case(RETURN))
    f.change_first_row(revision)
    revision = f.take("hand_over", revision)

    [comparison] = _signatory().get(step_url(revision, "submit")).context["comparisons"]

    assert comparison.title == "Changed since it was last reported"


def test_post_is_refused_with_what_changed_while_the_signatory_was_reading():
    revision = f.case_in(State.CHECKING, RETURN)
    client = _signatory()
    shown = client.get(step_url(revision, "submit")).context["form"].initial
    other = f.person(Role.DISTRICT_SIGNATORY)
    moved = f.take("send_back", revision, other)
    f.change_first_row(moved, value="99.25")
    moved = f.take("hand_over", moved)

    refused = post_step(client, revision, "submit", **shown)

    assert refused.status_code == 409
    [row] = refused.context["meanwhile"].rows
    assert [(c.before, c.after) for c in row.fields] == [("13.50", "99.25")]
    assert "Changed while you were reading 1" in said(refused)
    # The tick has to be set again, on what is shown now.
    form = refused.context["form"]
    assert not form["agree"].value()
    names = ("version", "seen_hash", "seen_at", "seen_statement")
    again = {name: form[name].value() for name in names}
    assert again["seen_hash"] != shown["seen_hash"]
    assert post_step(client, moved, "submit", **again).status_code == 302
    event = Event.objects.get(revision=revision, transition="submit")
    assert event.content_hash == again["seen_hash"]


def test_unreadable_time_of_showing_refuses_without_a_word_too_many():
    revision = f.case_in(State.CHECKING, RETURN)

    refused = post_step(_signatory(), revision, "submit", seen_hash="0" * 64)

    assert refused.status_code == 422
    assert refused.context["meanwhile"] is None


def test_signatory_asks_for_a_change_and_sends_the_case_back_with_it():
    revision = f.case_in(State.CHECKING, RETURN, rows=2)
    client = _signatory()
    page = client.get(step_url(revision, "submit"))
    row = f.records_of(revision)[0]
    ask = f"/desk/cases/{revision.case_id}/findings/new/?kind=indicator-values&row={row.uid}"
    assert ask.replace("&", "&amp;") in page.content.decode()
    form = client.get(ask)
    assert "Ask for a change" in said(form)
    assert "deadline" not in form.context["form"].fields

    asked = client.post(ask, {"place": "value", "message": "与统计部门口径不一致。"})

    assert asked["Location"] == step_url(revision, "submit")
    assert "与统计部门口径不一致。" in said(client.get(asked["Location"]))
    send_back = client.get(step_url(revision, "send_back"))
    reason = send_back.context["form"].initial["reason"]
    assert reason == "1. Indicator indicator-1: Value：与统计部门口径不一致。"
    assert post_step(client, revision, "send_back", reason=reason).status_code == 302
    assert Event.objects.get(revision=revision, transition="send_back").reason == reason


def test_signatory_takes_a_request_back():
    revision = f.case_in(State.CHECKING, RETURN)
    client = _signatory()
    client.post(
        f"/desk/cases/{revision.case_id}/findings/new/", {"place": "", "message": "请补充说明。"}
    )
    finding = revision.findings.get(raised_by__isnull=False)
    address = f"/desk/cases/{revision.case_id}/findings/{finding.pk}/"
    assert "Take it back" in said(client.get(address))

    client.post(address, {"decision": "closed", "text": ""})

    finding.refresh_from_db()
    assert finding.status == "closed"


@pytest.mark.parametrize("rows", [1, 3, 60])
def test_no_row_costs_a_query(rows):
    revision = f.take("send_back", f.case_in(State.CHECKING, RETURN, rows=rows))
    revision = f.take("hand_over", f.change_first_row(revision))
    client = _signatory()
    client.get(step_url(revision, "submit"))

    with CaptureQueriesContext(connection) as queries:
        client.get(step_url(revision, "submit"))

    assert len(queries) == 26
