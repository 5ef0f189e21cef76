"""Public notice: it runs for working days and ends by itself."""

import datetime as dt

import pytest
from django.utils import timezone

from apps.accounts.models import Role
from apps.cases.domain.findings import decide, raise_finding
from apps.cases.models import FindingStatus, Severity, State
from apps.registry.models import CalendarDay
from tests import factories

pytestmark = pytest.mark.django_db


def _midnight_after(day):
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))


def _plain_days(start, count):
    """Return the next ``count`` days from Monday to Friday after ``start``."""
    days, day = [], start
    while len(days) < count:
        day += dt.timedelta(days=1)
        if day.weekday() < 5:
            days.append(day)
    return days


def test_notice_ends_after_the_last_of_its_working_days():
    with factories.kind_with_notice(days=5):
        revision = factories.case_in(State.ON_NOTICE)

    start = timezone.localdate(revision.notice_from)
    assert revision.notice_until == _midnight_after(_plain_days(start, 5)[-1])
    assert not revision.notice_is_over


def test_notice_passes_over_holidays_and_counts_make_up_days():
    today = timezone.localdate()
    plain = _plain_days(today, 10)
    saturday = next(
        day for day in (today + dt.timedelta(days=n) for n in range(1, 8)) if day.weekday() == 5
    )
    CalendarDay.objects.create(date=plain[0], is_working=False, name="节日")
    CalendarDay.objects.create(date=saturday, is_working=True, name="调休")
    working = sorted([*plain[1:], saturday])

    with factories.kind_with_notice(days=5):
        revision = factories.case_in(State.ON_NOTICE)

    assert revision.notice_until == _midnight_after(working[4])


def test_notice_is_over_by_itself_and_the_list_may_be_published():
    with factories.kind_with_notice():
        revision = factories.end_notice(factories.case_in(State.ON_NOTICE))

        assert revision.notice_is_over
        assert factories.take("publish", revision).state == State.PUBLISHED


def test_revision_without_a_notice_has_none_that_is_over():
    assert factories.approved_case().notice_is_over is False


def test_objection_blocks_until_it_is_settled():
    publisher = factories.staff(Role.CITY_PUBLISHER)
    with factories.kind_with_notice():
        revision = factories.case_in(State.ON_NOTICE)

        objection = raise_finding(publisher, revision.pk, "第三完成人有异议。", is_objection=True)

        assert (objection.is_objection, objection.severity) == (True, Severity.BLOCKING)
        decide(publisher, objection.pk, FindingStatus.ACCEPTED, "经核实不成立。")
        published = factories.take("publish", factories.end_notice(revision))
        assert published.state == State.PUBLISHED


def test_upheld_objection_takes_the_list_back_into_review_and_to_the_editor():
    reviewer = factories.staff(Role.CITY_REVIEWER)
    with factories.kind_with_notice():
        revision = factories.case_in(State.ON_NOTICE)
        raise_finding(reviewer, revision.pk, "第三完成人有异议。", is_objection=True)

        revision = factories.returned(factories.take("reopen", revision))
        revision = factories.change_first_row(revision)
        revision = factories.take("accept", factories.take("submit", revision))

    assert revision.state == State.REVIEWING
    assert revision.notice_until is None
