"""Opening a case: who, for which year, about what."""

import datetime as dt

import pytest
from django.utils import timezone

from apps.accounts.models import Role
from apps.cases.domain.opening import open_case
from apps.cases.errors import NotAllowed, Refused
from apps.cases.kinds import kinds
from apps.cases.models import Case, Event, State
from apps.registry.models import ReportingYear
from tests import factories
from tests.cases.support import database_digest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

AWARDS, RETURNS = kinds["awards"], kinds["district-returns"]


@pytest.fixture
def editor():
    factories.reporting_year()
    return factories.staff(Role.CITY_EDITOR)


@pytest.fixture
def filler():
    factories.reporting_year()
    return factories.staff(Role.DISTRICT_FILLER)


def test_case_opens_in_draft_with_its_event(editor):
    revision = open_case(editor, AWARDS, editor.bureau, 2023, " 2022年度奖励 ")

    assert (revision.number, revision.state, revision.version, revision.created_by) == (
        1,
        State.DRAFT,
        1,
        editor,
    )
    case = revision.case
    assert (case.kind, case.bureau, case.year, case.subject, case.created_by) == (
        "awards",
        editor.bureau,
        2023,
        "2022年度奖励",
        editor,
    )
    (event,) = Event.objects.all()
    assert (
        event.transition,
        event.from_state,
        event.to_state,
        event.from_version,
        event.actor,
        event.actor_role,
        event.bureau_name,
    ) == ("open", "", "draft", 0, editor, Role.CITY_EDITOR, editor.bureau.name)
    assert event.notifications.count() == 0


def test_case_and_revision_say_what_they_are(editor, filler):
    award_list = open_case(editor, AWARDS, editor.bureau, 2023, "2022年度奖励")
    own_return = open_case(filler, RETURNS, filler.bureau, 2023)

    assert str(award_list) == "award list 2023: 2022年度奖励, revision 1"
    assert str(own_return.case) == (
        "district return 2023: Beilun District Science and Technology Bureau"
    )


@pytest.mark.parametrize("kind_code", sorted(kinds))
@pytest.mark.parametrize("role", list(Role))
def test_case_is_opened_by_its_filler_only(kind_code, role):
    factories.reporting_year()
    kind, person = kinds[kind_code], factories.staff(role)
    subject = "名单" if kind.has_subject else ""

    if role == kind.filled_by:
        assert open_case(person, kind, person.bureau, 2023, subject).state == State.DRAFT
        return
    with pytest.raises(NotAllowed, match="opens such a case"):
        open_case(person, kind, person.bureau, 2023, subject)
    assert not Case.objects.exists()


def _refusal(actor, kind, bureau, year, subject=""):
    before = database_digest()
    with pytest.raises((NotAllowed, Refused)) as refusal:
        open_case(actor, kind, bureau, year, subject)
    assert database_digest() == before
    return str(refusal.value)


def test_case_of_another_bureau_is_not_opened(filler):
    assert _refusal(filler, RETURNS, factories.district("cixi"), 2023) == (
        "Only district filler of Cixi City Science and Technology Bureau opens such a case."
    )


@pytest.mark.parametrize("subject", ["", "  "])
def test_list_without_a_subject_is_refused(editor, subject):
    assert _refusal(editor, AWARDS, editor.bureau, 2023, subject) == (
        "Say what the list is: a case of this kind has a subject."
    )


def test_return_with_a_subject_is_refused(filler):
    assert _refusal(filler, RETURNS, filler.bureau, 2023, "第二份") == (
        "A case of this kind has no subject: there is one per bureau and year."
    )


def test_year_that_is_not_reported_is_refused(filler):
    assert _refusal(filler, RETURNS, filler.bureau, 1999) == (
        "The year 1999 is not open for reporting. Choose another year, or ask the city bureau to"
        " open it."
    )


def test_year_that_opens_later_is_refused(filler):
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    ReportingYear.objects.create(year=2050, opens_on=tomorrow, due_on=tomorrow)

    assert _refusal(filler, RETURNS, filler.bureau, 2050) == (
        f"Reporting for 2050 opens on {tomorrow}."
    )


def test_year_that_opens_today_is_open(filler):
    today = timezone.localdate()
    ReportingYear.objects.create(year=2050, opens_on=today, due_on=today)

    assert open_case(filler, RETURNS, filler.bureau, 2050).state == State.DRAFT


def test_case_that_exists_is_refused(filler):
    open_case(filler, RETURNS, filler.bureau, 2023)

    assert _refusal(filler, RETURNS, filler.bureau, 2023) == (
        "This case exists already. Open it instead of starting it again."
    )


def test_same_subject_in_another_year_or_kind_is_another_case(editor):
    factories.reporting_year(2030)
    open_case(editor, AWARDS, editor.bureau, 2023, "名单")

    open_case(editor, AWARDS, editor.bureau, 2030, "名单")
    open_case(editor, kinds["policies"], editor.bureau, 2023, "名单")

    assert Case.objects.count() == 3
