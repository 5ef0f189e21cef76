"""More time: asked for by the signatory, decided by the city, never changed afterwards."""

import datetime as dt
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import Error
from django.utils import timezone

from apps.accounts.models import Role
from apps.cases.deadlines import due_of, due_on_of, read_deadlines
from apps.cases.domain.extensions import (
    ask_extension,
    decide_extension,
    take_back_extension,
)
from apps.cases.errors import NotAllowed, Refused, WrongState
from apps.cases.kinds import kinds
from apps.cases.models import Extension, Notification
from apps.registry.models import ReportingYear
from tests import factories
from tests.cases.support import at_once, names_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

RETURN = kinds["district-returns"]
REASON = "统计部门数据延后发布。"


def day(days):
    return timezone.localdate() + dt.timedelta(days=days)


@pytest.fixture
def year():
    factories.city()
    factories.staff(Role.CITY_REVIEWER)
    return ReportingYear.objects.create(year=2023, opens_on=day(-30), due_on=day(10))


@pytest.fixture
def signatory(year):
    return factories.staff(Role.DISTRICT_SIGNATORY)


def ask(signatory, days=20, reason=REASON):
    return ask_extension(signatory, RETURN, 2023, reason, day(days))


def due(signatory):
    """Return the day that counts, as the list of all and the look at one say alike."""
    place = (RETURN.code, signatory.bureau_id, 2023)
    day = read_deadlines().due(*place)
    assert due_of(*place) == day
    return day


def told():
    return [(n.recipient.username, n.sentence, n.url) for n in Notification.objects.order_by("pk")]


def test_granted_day_counts_and_both_sides_know(signatory):
    filler = factories.staff(Role.DISTRICT_FILLER)
    reviewer = factories.staff(Role.CITY_REVIEWER)

    extension = ask(signatory)
    assert due(signatory) == day(10)
    decide_extension(reviewer, extension.pk, until=day(15), answer="同意。")

    assert due(signatory) == day(15)
    assert read_deadlines(factories.district("cixi").pk).due(
        RETURN.code, factories.district("cixi").pk, 2023
    ) == day(10)
    extension.refresh_from_db()
    assert (extension.status, extension.decided_by, extension.until, extension.answer) == (
        "granted",
        reviewer,
        day(15),
        "同意。",
    )
    path = f"/desk/extensions/{extension.pk}/"
    assert told() == [
        (
            reviewer.username,
            "Beilun District Science and Technology Bureau asks for more time for"
            f" “district return 2023”, until {day(20)}.",
            path,
        ),
        *(
            (
                person.username,
                f"More time for “district return 2023” was granted, until {day(15)}.",
                path,
            )
            for person in sorted((signatory, filler), key=lambda p: p.pk)
        ),
    ]


def test_refusal_needs_a_reason_and_changes_no_day(signatory):
    extension = ask(signatory)
    publisher = factories.staff(Role.CITY_PUBLISHER)

    with pytest.raises(Refused, match="Say why"):
        decide_extension(publisher, extension.pk, until=None)
    decide_extension(publisher, extension.pk, until=None, answer="数据已经发布。")

    assert due(signatory) == day(10)
    assert told()[-1][1].endswith("was refused: 数据已经发布。")


def test_new_request_after_a_refusal_and_the_latest_day_counts(signatory):
    reviewer = factories.staff(Role.CITY_REVIEWER)
    decide_extension(reviewer, ask(signatory).pk, until=None, answer="不必。")
    decide_extension(reviewer, ask(signatory).pk, until=day(14))
    decide_extension(reviewer, ask(signatory, 30).pk, until=day(30))

    assert due(signatory) == day(30)


def test_calendar_that_moves_beyond_the_extension_counts(signatory, year):
    decide_extension(factories.staff(Role.CITY_REVIEWER), ask(signatory).pk, until=day(14))
    year.due_on = day(40)
    year.save()

    assert due(signatory) == day(40)


@pytest.mark.parametrize(
    ("days", "reason", "refusal"),
    [(10, REASON, "after"), (5, REASON, "after"), (20, "  ", "Say why")],
    ids=["the day itself", "an earlier day", "no reason"],
)
def test_request_says_why_and_names_a_later_day(signatory, days, reason, refusal):
    with pytest.raises(Refused, match=refusal):
        ask(signatory, days, reason)


def test_one_request_at_a_time_until_it_is_taken_back(signatory):
    extension = ask(signatory)
    with pytest.raises(Refused, match="asked already"):
        ask(signatory)

    take_back_extension(signatory, extension.pk)
    take_back_extension(signatory, extension.pk)
    ask(signatory)

    assert list(Extension.objects.order_by("pk").values_list("status", flat=True)) == [
        "taken_back",
        "asked",
    ]


def test_what_was_reported_needs_no_more_time(signatory):
    factories.submitted_case("district-returns")

    with pytest.raises(Refused, match="reported already"):
        ask(signatory)


def test_year_that_is_not_open_has_no_extension(signatory, year):
    with pytest.raises(Refused, match="not reported"):
        ask_extension(signatory, RETURN, 2019, REASON, day(20))
    year.opens_on, year.due_on = day(1), day(10)
    year.save()
    with pytest.raises(Refused, match="opens on"):
        ask(signatory)


def test_only_the_signatory_asks_for_what_he_signs(signatory):
    for person in (factories.staff(Role.DISTRICT_FILLER), factories.staff(Role.CITY_REVIEWER)):
        with pytest.raises(NotAllowed):
            ask(person)
    with pytest.raises(NotAllowed):
        ask_extension(signatory, kinds["awards"], 2023, REASON, day(20))


def test_only_reviewer_and_publisher_of_the_city_decide(signatory):
    extension = ask(signatory)

    for person in (signatory, factories.staff(Role.CITY_EDITOR), factories.staff(Role.AUDITOR)):
        with pytest.raises(NotAllowed):
            decide_extension(person, extension.pk, until=day(20))
    with pytest.raises(Extension.DoesNotExist):
        decide_extension(factories.staff(Role.ADMINISTRATOR), extension.pk, until=day(20))
    stranger = factories.staff(Role.DISTRICT_SIGNATORY, factories.district("cixi"))
    with pytest.raises(Extension.DoesNotExist):
        take_back_extension(stranger, extension.pk)
    with pytest.raises(NotAllowed):
        take_back_extension(factories.staff(Role.CITY_REVIEWER), extension.pk)


def test_decision_is_made_once(signatory):
    reviewer, other = factories.staff(Role.CITY_REVIEWER), factories.person(Role.CITY_REVIEWER)
    extension = ask(signatory)
    decide_extension(reviewer, extension.pk, until=day(20))
    count = Notification.objects.count()

    decide_extension(reviewer, extension.pk, until=day(20))

    assert Notification.objects.count() == count
    with pytest.raises(WrongState):
        decide_extension(other, extension.pk, until=day(20))
    with pytest.raises(WrongState):
        take_back_extension(signatory, extension.pk)


def test_granted_day_lies_after_the_present_one(signatory, year):
    extension = ask(signatory)
    reviewer = factories.staff(Role.CITY_REVIEWER)
    with pytest.raises(Refused, match="anyway"):
        decide_extension(reviewer, extension.pk, until=day(10))
    year.due_on = day(-20)
    year.save()
    with pytest.raises(Refused, match="passed"):
        decide_extension(reviewer, extension.pk, until=day(-5))


def test_database_keeps_a_decided_request_as_it_is(signatory):
    extension = ask(signatory)

    def refused(change):
        with pytest.raises((Error, IntegrityError)), transaction.atomic():
            change()

    rows = Extension.objects.filter(pk=extension.pk)
    refused(lambda: rows.delete())
    refused(lambda: rows.update(reason="别的"))
    refused(lambda: rows.update(status="granted"))
    refused(
        lambda: rows.update(
            status="granted", until=day(20), decided_by=signatory, decided_at=timezone.now()
        )
    )
    decide_extension(factories.staff(Role.CITY_REVIEWER), extension.pk, until=day(20))
    refused(lambda: rows.update(until=day(90)))


def test_case_knows_its_day_until_it_is_reported(signatory):
    revision = factories.open_return()
    assert due_on_of(revision) == day(10)
    decide_extension(factories.staff(Role.CITY_REVIEWER), ask(signatory).pk, until=day(20))
    assert due_on_of(revision) == day(20)
    assert due_on_of(factories.advance(revision, "submitted")) is None


def test_mail_goes_to_the_bureau(signatory, smtp_server, run_tasks):
    extension = ask(signatory)
    run_tasks()
    smtp_server.messages.clear()

    decide_extension(factories.staff(Role.CITY_REVIEWER), extension.pk, until=day(20))
    run_tasks()

    (message,) = smtp_server.messages
    assert message["X-RcptTo"] == signatory.email
    assert f"/desk/extensions/{extension.pk}/" in message.get_content()


@pytest.mark.django_db(transaction=True)
def test_twenty_requests_at_once_are_one(signatory):
    outcomes = at_once([partial(ask, signatory)] * 20)

    assert names_of(outcomes) == {"": 1, "Refused": 19}
    assert Extension.objects.count() == 1
