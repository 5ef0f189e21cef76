"""Reminders: to those who have not reported, at six steps, each once, by real mail."""

import datetime as dt
from functools import partial

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.utils import Error
from procrastinate.contrib.django import app

from apps.accounts.models import Role
from apps.cases import tasks
from apps.cases.domain.extensions import ask_extension, decide_extension
from apps.cases.domain.reminding import STEPS, remind
from apps.cases.kinds import kinds
from apps.cases.models import Notification, Reminder
from apps.registry.models import CalendarDay, ReportingTerm, ReportingYear
from tests import factories
from tests.cases.support import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

# A Friday; the working days before it are plain weeks.
DUE = dt.date(2099, 6, 12)
ON = {
    -14: dt.date(2099, 5, 25),
    -7: dt.date(2099, 6, 3),
    -3: dt.date(2099, 6, 9),
    -1: dt.date(2099, 6, 11),
    0: DUE,
    1: dt.date(2099, 6, 15),
}


@pytest.fixture
def year():
    """Return a year with one district whose filler and signatory have not reported."""
    factories.staff(Role.DISTRICT_FILLER)
    factories.staff(Role.DISTRICT_SIGNATORY)
    return ReportingYear.objects.create(year=2023, opens_on=dt.date(2024, 1, 2), due_on=DUE)


def sent(day):
    """Return who is reminded on a day, of which kind and at which step."""
    return sorted(
        (r.person.roles[0], r.bureau.slug, r.kind, r.step)
        for r in remind(day)
        if r.kind == "district-returns"
    )


def both(step, bureau="beilun"):
    return [
        ("district_filler", bureau, "district-returns", step),
        ("district_signatory", bureau, "district-returns", step),
    ]


def test_six_days_and_no_other(year):
    days = [dt.date(2099, 5, 20) + dt.timedelta(days=n) for n in range(30)]

    by_day = {day: sent(day) for day in days}

    assert {day: found for day, found in by_day.items() if found} == {
        ON[step]: both(step) for step in STEPS
    }


def test_holiday_moves_the_step(year):
    CalendarDay.objects.create(date=ON[-1], is_working=False)

    assert sent(ON[-1]) == []
    assert sent(dt.date(2099, 6, 10)) == both(-1)


def test_only_who_has_not_reported(year):
    factories.submitted_case(
        "district-returns",
        [factories.figure_values(bureau=factories.district("cixi"))],
        bureau=factories.district("cixi"),
    )
    factories.case_in("returned", "district-returns")
    factories.open_return(factories.district("haishu"))
    factories.staff(Role.DISTRICT_SIGNATORY, factories.district("haishu"))

    assert sent(ON[-3]) == both(-3, "haishu")


def test_recalled_return_is_reminded_of_again(year):
    factories.take("recall", factories.submitted_case("district-returns"))

    assert sent(ON[-3]) == both(-3)


def test_closed_accounts_and_other_roles_hear_nothing(year):
    signatory = factories.staff(Role.DISTRICT_SIGNATORY)
    signatory.is_active = False
    signatory.save()
    factories.staff(Role.CITY_REVIEWER)

    assert sent(ON[0]) == both(0)[:1]


def test_year_that_is_not_open_is_not_reminded_of(year):
    ReportingTerm.objects.create(
        kind="district-returns", year=year, opens_on=dt.date(2099, 6, 10), due_on=DUE
    )

    assert sent(ON[-7]) == []
    assert sent(ON[-1]) == both(-1)


def test_kind_with_days_of_its_own_has_its_own_steps(year):
    ReportingTerm.objects.create(
        kind="district-returns", year=year, opens_on=dt.date(2024, 1, 2), due_on=ON[1]
    )

    assert sent(ON[1]) == both(0)


def test_extension_is_respected_and_reminded_of_anew(year):
    signatory, reviewer = factories.staff(Role.DISTRICT_SIGNATORY), factories.staff("city_reviewer")
    assert sent(ON[-1]) == both(-1)
    extension = ask_extension(
        signatory, kinds["district-returns"], 2023, "数据延后。", dt.date(2099, 6, 19)
    )
    decide_extension(reviewer, extension.pk, until=dt.date(2099, 6, 19))

    assert sent(ON[0]) == []
    assert sent(ON[1]) == []
    assert sent(dt.date(2099, 6, 18)) == both(-1)


def test_each_goes_out_once(year):
    first = remind(ON[-7])

    assert remind(ON[-7]) == []
    assert Reminder.objects.count() == len(first) == Notification.objects.count() == 2


def test_lists_of_the_city_are_reminded_of_when_they_are_begun(year):
    factories.open_award_list(subject="2022年度奖励")

    reminders = [r for r in remind(ON[-3]) if r.kind == "awards"]

    assert [(r.person, r.subject, r.bureau.slug) for r in reminders] == [
        (factories.staff(Role.CITY_EDITOR), "2022年度奖励", "ningbo")
    ]


def test_words_say_how_long_is_left(year):
    for step in (-14, 0, 1):
        remind(ON[step])

    texts = list(dict.fromkeys(n.sentence for n in Notification.objects.order_by("pk")))
    bureau = "Beilun District Science and Technology Bureau"
    assert texts == [
        f"“district return 2023” of {bureau} is due on 2099-06-12, 14 working days from now, and has not been reported.",
        f"“district return 2023” of {bureau} is due today, 2099-06-12, and has not been reported.",
        f"“district return 2023” of {bureau} was due on 2099-06-12 and has not been reported.",
    ]


def test_message_leads_to_the_case_or_to_the_desk(year):
    (reminder, *_rest) = remind(ON[-14])
    assert reminder.notification.url == "/desk/"
    revision = factories.open_return()
    (reminder, *_rest) = remind(ON[-7])
    assert reminder.notification.url == f"/desk/cases/{revision.case_id}/"


def test_database_keeps_what_was_sent(year):
    remind(ON[0])

    for change in (
        lambda: Reminder.objects.update(step=3),
        lambda: Reminder.objects.all().delete(),
    ):
        with pytest.raises(Error), transaction.atomic():
            change()


def test_command_sends_for_a_day(year, capsys):
    call_command("remind", "--date", str(ON[-7]))
    call_command("remind", "--date", str(ON[-7]))
    call_command("remind")

    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [f"{ON[-7]}: 2 reminders", f"{ON[-7]}: 0 reminders"]
    with pytest.raises(CommandError, match="is no day"):
        call_command("remind", "--date", "tomorrow")


def test_task_waits_for_its_hour(year, monkeypatch, settings):
    settings.REMINDER_HOUR = 8
    clock = dt.datetime(2099, 6, 12, 7, 5, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    monkeypatch.setattr("apps.cases.tasks.timezone.localtime", lambda: clock)
    assert tasks.send_reminders(0) == 0

    clock = clock.replace(hour=14)
    assert tasks.send_reminders(0) == 2
    assert tasks.send_reminders(0) == 0


def test_worker_asks_every_hour():
    crons = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}

    assert crons["send_reminders"] == "5 * * * *"
    assert crons["forget_contacts"] == "40 3 * * *"


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_send_one(year, smtp_server, run_tasks):
    outcomes = at_once([partial(remind, ON[-3])] * 4)
    run_tasks()

    assert sorted(len(value) for _name, value in outcomes) == [0, 0, 0, 2]
    assert sorted(m["X-RcptTo"] for m in smtp_server.messages) == sorted(
        person.email
        for person in (
            factories.staff(Role.DISTRICT_FILLER),
            factories.staff(Role.DISTRICT_SIGNATORY),
        )
    )
    assert Notification.objects.filter(mailed_at__isnull=True).count() == 0


def test_mail_is_chinese_and_has_a_short_subject(year, smtp_server, run_tasks):
    remind(ON[-3])
    run_tasks()

    message = smtp_server.messages[0]
    assert "/desk/" in message.get_content()
    assert "北仑" in message["Subject"]
    assert len(message["Subject"]) <= 150
