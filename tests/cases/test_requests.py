"""Correction requests: taken in, limited, answered, made a remark of, forgotten."""

import datetime as dt
import re
import uuid
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import Error
from django.utils import timezone

from apps.accounts.models import Role
from apps.audit.coverage import NOT_AUDITED
from apps.cases import tasks
from apps.cases.domain.requests import answer_request, make_finding_of, send_request
from apps.cases.errors import NotAllowed, Refused, TooMany, WrongState
from apps.cases.kinds import record_kinds
from apps.cases.models import CorrectionRequest, Notification
from tests import factories
from tests.cases.desk.pages import said, signed_in
from tests.cases.support import at_once, names_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

AWARDS = record_kinds["awards"]
REASON, CONTACT, ADDRESS = "完成单位名称有误，见公告。", "reader@example.org", "203.0.113.7"


@pytest.fixture
def row():
    factories.staff(Role.CITY_REVIEWER)
    return factories.records_of(factories.published_case())[0]


def send(row, address=ADDRESS, **values):
    return send_request(
        AWARDS, row.uid, values.get("reason", REASON), values.get("contact", CONTACT), address
    )


def test_request_gets_a_number_and_the_reviewers_know(row):
    told = Notification.objects.count()

    request = send(row)

    assert re.fullmatch(r"([2-9A-HJKMNP-Z]{4}-){2}[2-9A-HJKMNP-Z]{4}", request.number)
    assert (request.revision_id, request.record_uid, request.status) == (
        row.revision_id,
        row.uid,
        "received",
    )
    assert ADDRESS not in request.sender
    (message,) = Notification.objects.order_by("pk")[told:]
    assert message.recipient == factories.staff(Role.CITY_REVIEWER)
    assert message.sentence == f"A correction request came in: {request.number}"
    assert message.url == f"/desk/requests/{request.pk}/"
    assert CONTACT not in str(message.params)


def test_only_what_is_public_can_be_corrected(row):
    draft = factories.records_of(factories.open_award_list())[0]

    for uid in (draft.uid, uuid.uuid4()):
        with pytest.raises(AWARDS.model.DoesNotExist):
            send_request(AWARDS, uid, REASON)
    with pytest.raises(Refused):
        send(row, reason="错 ")


def test_limit_is_by_address_and_by_the_hour(row, settings):
    settings.REQUESTS_PER_HOUR = 2
    first, _second = send(row), send(row)

    with pytest.raises(TooMany):
        send(row)
    send(row, address="203.0.113.8")
    # Without an address there is nothing to count by.
    for _number in range(3):
        send(row, address=None)
    CorrectionRequest.objects.filter(pk=first.pk).update(sender="")
    send(row)


@pytest.mark.django_db(transaction=True)
def test_limit_is_exact_for_twenty_at_once(row, settings):
    settings.REQUESTS_PER_HOUR = 5

    outcomes = at_once([partial(send, row)] * 20)

    assert names_of(outcomes) == {"": 5, "TooMany": 15}
    assert CorrectionRequest.objects.count() == 5


def test_answer_closes_it_once(row):
    reviewer, request = factories.staff(Role.CITY_REVIEWER), send(row)

    with pytest.raises(Refused):
        answer_request(reviewer, request.pk, "  ")
    answer_request(reviewer, request.pk, " 已核实，将更正。 ")
    answer_request(reviewer, request.pk, "已核实，将更正。")

    request.refresh_from_db()
    assert (request.status, request.answer, request.closed_by) == (
        "closed",
        "已核实，将更正。",
        reviewer,
    )
    with pytest.raises(WrongState):
        answer_request(reviewer, request.pk, "另外的答复")
    with pytest.raises(WrongState):
        make_finding_of(reviewer, request.pk, "请改。")


@pytest.mark.parametrize("role", [Role.CITY_PUBLISHER, Role.AUDITOR])
def test_others_who_read_do_not_answer(row, role):
    request = send(row)

    with pytest.raises(NotAllowed):
        answer_request(factories.staff(role), request.pk, "好。")


@pytest.mark.parametrize("role", [Role.CITY_EDITOR, Role.DISTRICT_SIGNATORY, Role.ADMINISTRATOR])
def test_nobody_else_sees_it(row, role):
    request = send(row)

    with pytest.raises(CorrectionRequest.DoesNotExist):
        answer_request(factories.staff(role), request.pk, "好。")


def _correction_under_review(row):
    revision = factories.successor_of(factories.fresh(row.revision))
    return factories.advance(factories.change_first_row(revision), "reviewing")


def test_request_becomes_a_remark_on_its_row(row):
    reviewer, request = factories.staff(Role.CITY_REVIEWER), send(row)
    with pytest.raises(Refused, match="under review"):
        make_finding_of(reviewer, request.pk, "请核对完成单位。")
    revision = _correction_under_review(row)

    make_finding_of(reviewer, request.pk, "请核对完成单位。")
    make_finding_of(reviewer, request.pk, "再来一次。")

    request.refresh_from_db()
    (finding,) = revision.findings.filter(raised_by=reviewer)
    assert request.finding == finding
    assert (finding.record_kind, finding.record_uid, finding.message) == (
        "awards",
        row.uid,
        "请核对完成单位。",
    )
    assert request.status == "in_hand"


def test_contact_is_forgotten_some_days_after_the_answer(row, settings):
    settings.CONTACT_DAYS = 30
    kept, gone, waiting = send(row), send(row), send(row)
    reviewer = factories.staff(Role.CITY_REVIEWER)
    for request, days in ((kept, 29), (gone, 31)):
        answer_request(reviewer, request.pk, "已核。")
        CorrectionRequest.objects.filter(pk=request.pk).update(
            closed_at=timezone.now() - dt.timedelta(days=days)
        )

    assert tasks.forget_contacts(0) == 1

    contacts = dict(CorrectionRequest.objects.values_list("pk", "contact"))
    assert contacts == {kept.pk: CONTACT, gone.pk: "", waiting.pk: CONTACT}


def test_audit_keeps_neither_contact_nor_sender(row):
    request = send(row)

    assert set(NOT_AUDITED["cases_correctionrequest"]) == {"contact", "sender"}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT string_agg(e::text, ' ') FROM audit_entry e"
            " WHERE e.table_name = 'cases_correctionrequest'"
        )
        (kept,) = cursor.fetchone()
    assert request.number in kept
    assert CONTACT not in kept
    assert request.sender not in kept


def test_sender_is_kept_for_a_day_only(row, monkeypatch):
    request = send(row)
    tasks.forget_contacts(0)
    request.refresh_from_db()
    assert request.sender

    later = timezone.now() + dt.timedelta(hours=25)
    monkeypatch.setattr("apps.cases.domain.requests.timezone.now", lambda: later)
    tasks.forget_contacts(0)
    request.refresh_from_db()
    assert request.sender == ""


def test_database_keeps_what_was_sent(row):
    request = send(row)
    rows = CorrectionRequest.objects.filter(pk=request.pk)

    for change in (
        rows.delete,
        lambda: rows.update(reason="别的"),
        lambda: rows.update(record_uid=uuid.uuid4()),
        lambda: rows.update(status="closed"),
    ):
        with pytest.raises((Error, IntegrityError)), transaction.atomic():
            change()


# At the desk


def test_reviewer_works_it_off(row):
    request = send(row)
    client = signed_in(factories.staff(Role.CITY_REVIEWER))
    url = f"/desk/requests/{request.pk}/"
    assert request.number in said(client.get("/desk/requests/"))
    page = client.get(url)
    assert CONTACT in said(page)
    assert REASON in said(page)
    assert client.post(url, {"remark": "1", "message": "请核对。"}).status_code == 422
    _correction_under_review(row)
    assert 'name="remark"' in client.get(url).content.decode()
    assert client.post(url, {"remark": "1", "message": "请核对。"}).status_code == 302
    assert "Open the remark" in said(client.get(url))
    assert client.post(url, {"answer": ""}).status_code == 422
    assert client.post(url, {"answer": "已在更正。"}).status_code == 302
    assert "已在更正。" in said(client.get(url))
    assert request.number not in said(client.get("/desk/requests/"))
    assert request.number in said(client.get("/desk/requests/?tab=closed"))


@pytest.mark.parametrize("role", [Role.CITY_PUBLISHER, Role.AUDITOR])
def test_contact_is_the_reviewers_alone(row, role):
    request = send(row)
    client = signed_in(factories.staff(role))

    page = client.get(f"/desk/requests/{request.pk}/")

    assert page.status_code == 200
    assert CONTACT not in page.content.decode()
    assert "Open a correction" not in said(page)
    assert client.post(f"/desk/requests/{request.pk}/", {"answer": "好。"}).status_code == 403


@pytest.mark.parametrize("count", [1, 8])
def test_pages_cost_ten_queries(row, django_assert_max_num_queries, count):
    requests = [send(row, address=None) for _n in range(count)]
    client = signed_in(factories.staff(Role.CITY_REVIEWER))

    client.get("/desk/")  # the session is written once a minute
    for url in ("/desk/requests/", f"/desk/requests/{requests[0].pk}/"):
        with django_assert_max_num_queries(10):
            client.get(url)
