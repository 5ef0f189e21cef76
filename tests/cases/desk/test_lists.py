"""Lists of the desk: filters, order, and the number of queries, which rows must not raise."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import Role, User
from apps.cases.models import Event, Notification, State
from apps.registry.models import ReportingYear
from tests import factories as f
from tests.cases.desk.pages import said, signed_in

pytestmark = pytest.mark.django_db


def queries_of(client: Client, path: str) -> int:
    """Return the queries of a page once the session is settled."""
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def table_of(client: Client, query: str = "") -> Any:
    """Return the table of the list of cases."""
    return client.get(f"/desk/cases/{query}").context["table"]


def listed(client: Client, query: str = "") -> list[str]:
    """Return the subjects of the list in its order."""
    return [row.record.case.subject for row in table_of(client, query).rows]


@pytest.mark.parametrize("query", ["year=zwanzig", "state=gone", "bureau=nowhere", "kind=x"])
@pytest.mark.parametrize("page", ["cases", "queue"])
def test_filter_that_names_what_there_is_not_shows_nothing_and_says_so(
    page: str, query: str
) -> None:
    f.submitted_case()

    response = signed_in(f.staff(Role.CITY_REVIEWER)).get(f"/desk/{page}/?tab=unassigned&{query}")

    assert response.status_code == 200
    assert not list(response.context["table"].rows)
    assert "needs your attention" in said(response)
    assert "not one of the available choices" in said(response)


@pytest.mark.parametrize("rows", [1, 3, 100])
def test_list_of_cases_costs_the_same_for_any_number(rows: int) -> None:
    for _ in range(rows):
        f.open_award_list(rows=0)

    assert queries_of(signed_in(f.staff(Role.CITY_PUBLISHER)), "/desk/cases/") == 8


@pytest.mark.parametrize("rows", [1, 3, 100])
def test_desk_costs_the_same_for_any_number(rows: int) -> None:
    for _ in range(rows):
        f.take("submit", f.open_award_list(rows=1))

    assert queries_of(signed_in(f.staff(Role.CITY_REVIEWER)), "/desk/") == 7


@pytest.mark.parametrize("rows", [1, 3, 100])
def test_auditors_desk_costs_the_same_for_any_number(rows: int) -> None:
    for _ in range(rows):
        f.open_award_list(rows=0)

    assert queries_of(signed_in(f.staff(Role.AUDITOR)), "/desk/") == 7


@pytest.mark.parametrize("rows", [1, 3, 100])
def test_notifications_cost_the_same_for_any_number(rows: int) -> None:
    reviewer = f.staff(Role.CITY_REVIEWER)
    for _ in range(rows):
        f.take("submit", f.open_award_list(rows=1))

    assert queries_of(signed_in(reviewer), "/desk/notifications/") == 5


@pytest.mark.parametrize("rows", [1, 3, 100])
def test_case_page_costs_the_same_for_any_number_of_rows(rows: int) -> None:
    revision = f.open_award_list(rows=rows)
    client = signed_in(f.filler_of(revision))

    assert queries_of(client, f"/desk/cases/{revision.case_id}/") == 9


@pytest.mark.parametrize("rows", [1, 3, 100])
def test_page_of_a_correction_costs_the_same_for_any_number_of_rows(rows: int) -> None:
    revision = f.change_first_row(f.successor_of(f.published_case(rows=rows)))
    client = signed_in(f.filler_of(revision))

    assert queries_of(client, f"/desk/cases/{revision.case_id}/") == 10


def test_list_filters_by_kind_year_bureau_state_and_words() -> None:
    f.open_award_list(subject="省科学技术奖")
    f.take("submit", f.open_award_list(subject="市科学技术奖"))
    f.open_list("laureates", subject="青年奖", year=2022)
    f.submitted_case("district-returns")
    client = signed_in(f.staff(Role.CITY_REVIEWER))

    assert listed(client, "?kind=laureates") == ["青年奖"]
    assert listed(client, "?year=2022") == ["青年奖"]
    assert listed(client, "?bureau=beilun") == [""]
    assert listed(client, "?state=submitted&kind=awards") == ["市科学技术奖"]
    assert listed(client, "?q=省科") == ["省科学技术奖"]
    assert listed(client, "?q=北仑") == [""]
    assert len(listed(client)) == 4
    assert "No case fits" in said(client.get("/desk/cases/?q=没有"))


def test_list_says_which_filters_are_on_and_how_to_take_them_off() -> None:
    f.submitted_case("district-returns")
    client = signed_in(f.staff(Role.CITY_REVIEWER))

    chips = client.get("/desk/cases/?state=submitted&bureau=beilun&q=&page=1").context["chips"]

    assert [(chip["label"], chip["value"], chip["url"]) for chip in chips] == [
        (
            "Bureau",
            "Beilun District Science and Technology Bureau",
            "/desk/cases/?state=submitted&q=",
        ),
        ("State", "reported", "/desk/cases/?bureau=beilun&q="),
    ]


def test_wrong_filter_is_said_and_breaks_nothing() -> None:
    f.submitted_case()
    client = signed_in(f.staff(Role.CITY_REVIEWER))

    response = client.get("/desk/cases/?year=zwanzig&page=99&sort=nonsense")

    assert response.status_code == 200
    assert response.context["chips"] == []


@pytest.mark.parametrize(
    "sort",
    [
        "subject",
        "bureau",
        "-year",
        "number",
        "state",
        "-submitted_at",
    ],
)
def test_list_sorts_by_every_column(sort: str) -> None:
    f.open_award_list()
    f.submitted_case()

    response = signed_in(f.staff(Role.CITY_EDITOR)).get(f"/desk/cases/?sort={sort}")

    assert len(response.context["table"].rows) == 2


def test_list_shows_each_case_once_by_its_latest_revision() -> None:
    published = f.published_case()
    f.successor_of(published)
    editor, publisher = f.filler_of(published), f.staff(Role.CITY_PUBLISHER)

    numbers = {
        user: [row.record.number for row in table_of(signed_in(user)).rows]
        for user in (editor, publisher)
    }

    # The correction belongs to the city's own bureau, and so both see it.
    assert numbers == {editor: [2], publisher: [2]}


def test_district_correction_shows_the_city_the_published_revision_until_reported() -> None:
    published = f.published_case("district-returns")
    f.successor_of(published)
    client = signed_in(f.staff(Role.CITY_PUBLISHER))

    page = client.get(f"/desk/cases/{published.case_id}/")

    assert page.context["revision"] == published
    assert client.get(f"/desk/cases/{published.case_id}/2/").status_code == 404


def waiting(user: User) -> list[tuple[str, list[int]]]:
    """Return what the desk says waits for a person."""
    groups = signed_in(user).get("/desk/").context["groups"]
    return [(heading, [task.revision.pk for task in tasks]) for heading, tasks in groups]


def test_desk_says_to_each_role_what_waits_for_it() -> None:
    cixi = f.district("cixi")
    returned = f.case_in(State.RETURNED, "district-returns")
    draft = f.open_return(year=2024)
    checking = f.case_in(State.CHECKING, "district-returns", year=2025)
    submitted = f.case_in(State.SUBMITTED, "district-returns", bureau=cixi)
    reviewing = f.case_in(State.REVIEWING, "district-returns", bureau=cixi, year=2024)
    approved = f.approved_case("district-returns", bureau=cixi, year=2025)
    proposed = f.take("propose_withdrawal", f.published_case())

    assert waiting(f.staff(Role.DISTRICT_FILLER)) == [
        ("Returned: to be corrected", [returned.pk]),
        ("Being filled in", [draft.pk]),
    ]
    assert waiting(f.staff(Role.DISTRICT_SIGNATORY)) == [
        ("To be checked and signed", [checking.pk])
    ]
    assert waiting(f.staff(Role.CITY_REVIEWER)) == [
        ("Reported: to be accepted for review", [submitted.pk]),
        ("In my review", [reviewing.pk]),
        ("Withdrawal proposed: to be decided", [proposed.pk]),
    ]
    assert waiting(f.staff(Role.CITY_PUBLISHER)) == [
        ("Approved: to be published or put on notice", [approved.pk])
    ]


def test_ended_notice_waits_for_the_publisher() -> None:
    with f.kind_with_notice("awards", 5):
        running, ended = f.case_in(State.ON_NOTICE), f.case_in(State.ON_NOTICE)
        f.end_notice(ended)

        groups = waiting(f.staff(Role.CITY_PUBLISHER))

    assert groups == [("Public notice has ended: to be published", [ended.pk])]
    assert running.pk not in groups[0][1]


def test_desk_shows_deadline_and_says_when_it_has_passed() -> None:
    returned = f.case_in(State.RETURNED, "district-returns")
    ReportingYear.objects.create(
        year=2021, opens_on=dt.date(2022, 1, 1), due_on=dt.date(2022, 3, 1)
    )
    f.open_return(year=2021)
    client = signed_in(f.staff(Role.DISTRICT_FILLER))

    page = client.get("/desk/")

    tasks = [task for _heading, group in page.context["groups"] for task in group]
    assert [(task.due, task.is_late) for task in tasks] == [
        (returned.findings.get().deadline, False),
        (dt.date(2022, 3, 1), True),
    ]
    assert "overdue" in said(page)


def test_correction_has_no_due_day_of_the_year() -> None:
    revision = f.successor_of(f.published_case("district-returns"))
    client = signed_in(f.filler_of(revision))

    page = client.get("/desk/")

    [[_heading, [task]]] = page.context["groups"]
    assert task.due is None
    assert client.get(f"/desk/cases/{revision.case_id}/").context["due"] is None


def test_missing_return_is_offered_for_open_years_only() -> None:
    today = timezone.localdate()
    for year, opens in ((2023, today), (2024, today + dt.timedelta(days=1))):
        ReportingYear.objects.create(
            year=year, opens_on=opens, due_on=opens + dt.timedelta(days=30)
        )
    ReportingYear.objects.create(
        year=2020, opens_on=dt.date(2021, 1, 1), due_on=dt.date(2021, 3, 1)
    )
    client = signed_in(f.staff(Role.DISTRICT_FILLER))

    page = client.get("/desk/")

    assert [(m.year, m.is_late) for m in page.context["missing"]] == [
        (2023, False),
        (2020, True),
    ]


def test_desk_with_something_to_begin_says_only_that_no_case_waits() -> None:
    words = said(signed_in(f.staff(Role.CITY_EDITOR)).get("/desk/"))

    assert "No case waits for you at present." in words
    assert "Nothing waits for you" not in words


def test_empty_desk_says_that_nothing_waits() -> None:
    assert "Nothing waits for you" in said(signed_in(f.staff(Role.CITY_PUBLISHER)).get("/desk/"))


def test_auditors_desk_shows_the_last_steps() -> None:
    revision = f.published_case()

    page = signed_in(f.staff(Role.AUDITOR)).get("/desk/")

    assert [event.transition for event in page.context["events"]] == [
        "publish",
        "approve",
        "accept",
        "submit",
        "open",
    ]
    assert str(Event.objects.filter(revision=revision).count()) == "5"


# Opening a case


def test_case_is_opened_once_and_then_shown() -> None:
    f.reporting_year()
    client = signed_in(f.staff(Role.CITY_EDITOR))
    typed = {"kind": "awards", "year": f.YEAR, "subject": "市科学技术奖"}

    first = client.post("/desk/cases/new/", typed)
    second = client.post("/desk/cases/new/", typed, follow=True)

    assert first["Location"] == second.redirect_chain[0][0]
    assert "This case exists already. Here it is." in said(second)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"year": "1999"}, "The year 1999 is not open for reporting."),
        ({"kind": "district-returns"}, "You do not fill cases of this kind."),
        ({"subject": ""}, "Say what the list is"),
    ],
)
def test_case_that_cannot_be_opened_says_why_and_keeps_the_rest(
    changed: dict[str, str], sentence: str
) -> None:
    f.reporting_year()
    typed = {"kind": "awards", "year": str(f.YEAR), "subject": "市科学技术奖", **changed}

    refused = signed_in(f.staff(Role.CITY_EDITOR)).post("/desk/cases/new/", typed)

    assert refused.status_code == 422
    assert sentence in said(refused)
    assert typed["subject"] in refused.content.decode()


def test_subject_typed_for_a_yearly_case_is_left_out() -> None:
    f.reporting_year()

    done = signed_in(f.staff(Role.CITY_EDITOR)).post(
        "/desk/cases/new/", {"kind": "city-figures", "year": f.YEAR, "subject": "多余"}
    )

    assert done.status_code == 302


def test_role_that_fills_nothing_opens_nothing() -> None:
    f.reporting_year()
    client = signed_in(f.staff(Role.CITY_REVIEWER))

    asked = client.get("/desk/cases/new/")
    sent = client.post("/desk/cases/new/", {"kind": "awards", "year": f.YEAR, "subject": "奖"})

    assert "Your role begins no cases" in said(asked)
    assert sent.status_code == 403


# Notifications


def test_opening_a_message_marks_it_and_leads_to_the_case() -> None:
    reviewer = f.staff(Role.CITY_REVIEWER)
    revision = f.submitted_case()
    message = Notification.objects.get(recipient=reviewer)
    client = signed_in(reviewer)
    unread = client.get("/desk/notifications/")

    opened = client.post(f"/desk/notifications/{message.pk}/")

    message.refresh_from_db()
    assert b'class="unread"' in unread.content
    assert opened["Location"] == f"/desk/cases/{revision.case_id}/1/"
    assert message.read_at is not None


def test_message_is_marked_as_read_without_leaving_the_list() -> None:
    reviewer = f.staff(Role.CITY_REVIEWER)
    f.submitted_case()
    message = Notification.objects.get(recipient=reviewer)

    done = signed_in(reviewer).post(f"/desk/notifications/{message.pk}/", {"stay": "1"})

    message.refresh_from_db()
    assert done["Location"] == "/desk/notifications/"
    assert message.read_at is not None


def test_all_messages_are_marked_at_once_and_only_ones_own() -> None:
    mine, other = f.staff(Role.CITY_REVIEWER), f.person(Role.CITY_REVIEWER)
    f.submitted_case()
    f.submitted_case()

    signed_in(mine).post("/desk/notifications/read/")

    unread = Notification.objects.filter(read_at__isnull=True)
    assert (unread.filter(recipient=mine).count(), unread.filter(recipient=other).count()) == (0, 2)


def test_message_of_another_person_is_404() -> None:
    reviewer = f.staff(Role.CITY_REVIEWER)
    f.submitted_case()
    message = Notification.objects.get(recipient=reviewer)

    response = signed_in(f.staff(Role.CITY_PUBLISHER)).post(f"/desk/notifications/{message.pk}/")

    assert response.status_code == 404


def test_message_about_a_case_that_left_the_scope_says_so() -> None:
    reviewer = f.staff(Role.CITY_REVIEWER)
    f.submitted_case("district-returns")
    message = Notification.objects.get(recipient=reviewer)
    reviewer.roles = [Role.CITY_EDITOR]
    reviewer.save()

    page = signed_in(reviewer).post(f"/desk/notifications/{message.pk}/", follow=True)

    assert "no longer with you" in said(page)
