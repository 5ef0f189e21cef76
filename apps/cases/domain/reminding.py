"""Reminders of what is due: to those who have not reported, at six steps, each sent once."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from apps.accounts.models import Role, User
from apps.cases.deadlines import read_deadlines
from apps.cases.duties import Duty, duties_of
from apps.cases.kinds import Kind
from apps.cases.models import Notification, Reminder
from apps.cases.tasks import mail_sentences
from apps.registry.working_days import working_days_around

# Working days from the day a case is due.
STEPS = (-14, -7, -3, -1, 0, 1)
# Any constant: reminders are sent by one process at a time.
_REMINDER_LOCK = 7_301_002

BEFORE = gettext_noop(
    "“%(kind)s %(year)s” of %(bureau)s is due on %(day)s, %(left)s working days from now, and has not been reported."
)
TODAY = gettext_noop(
    "“%(kind)s %(year)s” of %(bureau)s is due today, %(day)s, and has not been reported."
)
AFTER = gettext_noop(
    "“%(kind)s %(year)s” of %(bureau)s was due on %(day)s and has not been reported."
)


@dataclass(frozen=True)
class _Letter:
    """A reminder that is to be sent."""

    duty: Duty
    step: int
    person: User

    @property
    def key(self) -> tuple[object, ...]:
        """Return what is sent once only."""
        duty = self.duty
        return (
            duty.kind.code,
            duty.bureau.pk,
            duty.year,
            duty.subject,
            duty.due_on,
            self.step,
            self.person.pk,
        )


@transaction.atomic
def remind(day: dt.date) -> list[Reminder]:
    """Send the reminders of ``day`` that were not sent yet; return them.

    Who is reminded: the people who fill and sign the case, while it is with their bureau and was
    never returned. Effects: for each a reminder, a message, and its mail after commit. Two runs
    at once send one: the second waits for the first and finds nothing left.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_REMINDER_LOCK])
    letters = _letters(_due(day))
    sent = set(
        Reminder.objects.filter(due_on__in={letter.duty.due_on for letter in letters}).values_list(
            "kind", "bureau_id", "year", "subject", "due_on", "step", "person_id"
        )
    )
    letters = [letter for letter in letters if letter.key not in sent]
    notifications = Notification.objects.bulk_create(
        Notification(
            recipient=letter.person,
            text=_message(letter.step),
            params=_params(letter),
            url=_path(letter.duty),
        )
        for letter in letters
    )
    reminders = Reminder.objects.bulk_create(
        Reminder(
            kind=letter.duty.kind.code,
            bureau=letter.duty.bureau,
            year=letter.duty.year,
            subject=letter.duty.subject,
            due_on=letter.duty.due_on,
            step=letter.step,
            person=letter.person,
            notification=notification,
        )
        for letter, notification in zip(letters, notifications, strict=True)
    )
    if notifications:
        mail_sentences.defer(notification_ids=[n.pk for n in notifications])
    return reminders


def _due(day: dt.date) -> list[tuple[Duty, int]]:
    """Return what is to be reminded of on ``day``, each with its step."""
    deadlines = read_deadlines()
    steps: dict[dt.date, dict[dt.date, int]] = {}
    found = []
    for year in deadlines.calendar.years:
        for duty in duties_of(year, deadlines):
            term = deadlines.term(duty.kind.code, year)
            if not duty.is_with_bureau or term is None or term.opens_on > day:
                continue
            if duty.due_on not in steps:
                around = working_days_around(duty.due_on, list(STEPS))
                steps[duty.due_on] = {date: step for step, date in around.items()}
            step = steps[duty.due_on].get(day)
            if step is not None:
                found.append((duty, step))
    return found


def _roles(kind: Kind) -> set[str]:
    """Return the roles that work on a case before it is reported."""
    return {kind.filled_by} | ({Role.DISTRICT_SIGNATORY} if kind.checked_in_bureau else set())


def _letters(due: list[tuple[Duty, int]]) -> list[_Letter]:
    """Return a letter for each person concerned. One query."""
    people: dict[int, list[User]] = defaultdict(list)
    for person in User.objects.filter(
        bureau__in={duty.bureau.pk for duty, _step in due}, is_active=True
    ).order_by("pk"):
        assert person.bureau_id is not None
        people[person.bureau_id].append(person)
    return [
        _Letter(duty, step, person)
        for duty, step in due
        for person in people[duty.bureau.pk]
        if person.has_role(*_roles(duty.kind))
    ]


def _message(step: int) -> str:
    if step == 0:
        return TODAY
    return BEFORE if step < 0 else AFTER


def _params(letter: _Letter) -> dict[str, object]:
    duty = letter.duty
    return {
        "kind": duty.kind.code,
        "year": duty.year,
        "bureau": [duty.bureau.name, duty.bureau.name_en],
        "day": str(duty.due_on),
        "left": -letter.step,
    }


def _path(duty: Duty) -> str:
    return reverse("desk:case", args=[duty.case_id]) if duty.case_id else reverse("desk:home")
