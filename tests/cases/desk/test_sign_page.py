"""The page on which a case is read whole and signed."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Role
from apps.cases import reading
from apps.cases.canonical import revision_hash
from apps.cases.desk import signing
from apps.cases.domain.evidence import Place, attach
from apps.cases.domain.findings import explain, raise_finding
from apps.cases.domain.records import save_record
from apps.cases.kinds import record_kinds
from apps.cases.models import Event, State
from tests import factories as f
from tests.cases.desk.pages import post_step, said, signed_in, step_url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evidence_disk")]

RETURN = "district-returns"


def _signatory():
    return signed_in(f.staff(Role.DISTRICT_SIGNATORY))


def _attach(revision, row=None, name="台账.txt"):
    """Attach a file to a row, else to the case."""
    place = Place(row.record_kind.code, row.uid) if row else Place()
    file = SimpleUploadedFile(name, name.encode())
    return attach(f.filler_of(revision), revision.pk, file, place)


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


def _queries(client, revision):
    """Return what the page asks the database, once it is warm."""
    client.get(step_url(revision, "submit"))
    with CaptureQueriesContext(connection) as asked:
        page = client.get(step_url(revision, "submit"))
    assert page.status_code == 200
    return [query["sql"] for query in asked.captured_queries]


@pytest.mark.parametrize("rows", [1, 3, 60])
def test_no_row_costs_a_query(rows):
    revision = f.take("send_back", f.case_in(State.CHECKING, RETURN, rows=rows))
    for number in range(min(rows, 2)):
        _attach(revision, f.records_of(revision)[number])
    revision = f.take("hand_over", f.change_first_row(revision))

    assert len(_queries(_signatory(), revision)) == 12


@pytest.mark.parametrize("items", [1, 4])
def test_no_request_of_the_signatory_costs_a_query(items):
    revision = f.case_in(State.CHECKING, RETURN, rows=5)
    for row in f.records_of(revision)[:items]:
        raise_finding(
            f.staff(Role.DISTRICT_SIGNATORY),
            revision.pk,
            "请核对。",
            record_kind="indicator-values",
            record_uid=row.uid,
        )
    revision = f.take("send_back", revision)
    for number in range(items):
        row = f.records_of(revision)[number]
        save_record(
            f.filler_of(revision),
            revision.pk,
            record_kinds["indicator-values"],
            {"value": row.value + 1},
            uid=row.uid,
        )
    revision = f.take("hand_over", revision)

    assert len(_queries(_signatory(), revision)) == 13


def test_what_is_hashed_is_what_is_shown_and_what_is_stored():
    revision = f.open_return(rows=3)
    _attach(revision, f.records_of(revision)[0], "台账.txt")
    _attach(revision, None, "说明.txt")
    revision = f.take("hand_over", revision)
    client = _signatory()

    page = client.get(step_url(revision, "submit"))

    shown = page.context["content"]["hash"]
    assert (shown, page.context["content"]["rows"]) == revision_hash(f.fresh(revision))
    assert shown in said(page)
    # The files are part of the hash, so they are shown.
    assert "台账.txt" in said(page)
    assert "说明.txt" in said(page)
    post_step(client, revision, "submit", **page.context["form"].initial)
    event = Event.objects.get(revision=revision, transition="submit")
    assert event.content_hash == shown


def test_page_shows_the_rows_that_it_hashed_though_one_changes_while_it_is_made(monkeypatch):
    revision = f.case_in(State.CHECKING, RETURN, rows=2)
    client = _signatory()

    def read(of, *arguments):
        """Read, and let a colleague change a row before anything else is asked."""
        made = reading.read_content(of, *arguments)
        back = f.take("send_back", f.fresh(revision), f.person(Role.DISTRICT_SIGNATORY))
        f.take("hand_over", f.change_first_row(back, value="77.77"))
        return made

    monkeypatch.setattr(signing, "read_content", read)
    page = client.get(step_url(revision, "submit"))
    monkeypatch.undo()

    assert "13.50亿元" in said(page)
    assert "77.77亿元" not in said(page)
    assert page.context["content"]["hash"] != revision_hash(f.fresh(revision))[0]
    refused = post_step(client, revision, "submit", **page.context["form"].initial)
    assert refused.status_code == 409
    assert "77.77" in said(refused)
    assert f.fresh(revision).state == State.CHECKING
