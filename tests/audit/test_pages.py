"""The auditor's pages: the last verification, a run on demand, the search, the export."""

import csv
import io
from collections.abc import Callable

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from apps.accounts.models import Role
from apps.audit import anchors
from apps.audit.domain import carry_out, request_verification
from apps.audit.models import Entry, Outcome, Verification
from apps.audit.queries import Place
from apps.audit.tasks import verify_by_night
from apps.cases.errors import NotAllowed
from apps.cases.models import State
from apps.cases.workflow import EVENT_LABELS
from tests import factories
from tests.audit.test_chain import as_owner

pytestmark = pytest.mark.django_db

PAGE = "/desk/audit/"


@pytest.fixture(autouse=True)
def in_english() -> None:
    """Read every sentence in English."""
    translation.activate("en")


@pytest.fixture
def auditor(client: Client) -> Client:
    """Sign the auditor in."""
    client.force_login(factories.staff(Role.AUDITOR))
    client.cookies["django_language"] = "en"
    return client


def shown(client: Client, **questions: object) -> list[str]:
    """Return what the search shows: table, done and changes of each entry."""
    page = client.get(PAGE, questions)
    assert page.status_code == 200
    return [
        f"{line.table} {line.entry.get_operation_display()} {line.text}"
        for line in page.context["lines"]
    ]


def test_figure_is_found_with_what_it_was_and_is(auditor: Client) -> None:
    factories.district("cixi")
    revision = factories.open_return(rows=2)
    factories.change_first_row(revision)
    figure = factories.records_of(revision)[0]
    code = figure.indicator.code

    found = shown(auditor, indicator=code, district="beilun", year=2023)

    assert len(found) == 2
    assert found[0] == "figure changed value: 13.50 → 14.50"
    assert "added" in found[1]
    assert "indicator: " in found[1]
    assert str(figure.indicator) in found[1]
    assert shown(auditor, indicator=figure.indicator.name, year=2023) == found
    assert shown(auditor, indicator=code, district="cixi") == []
    assert shown(auditor, indicator=code, year=2019) == []


def test_what_an_entry_points_to_is_named_in_the_readers_language(auditor: Client) -> None:
    revision = factories.submitted_case("district-returns")
    case = f"district return · {revision.case.year} · {revision.case.bureau.name_en}"

    found = "\n".join(shown(auditor, case=revision.case_id))

    assert f"revision:  → {case} · #1" in found
    assert f"case:  → {case}" in found
    assert f"bureau:  → {revision.case.bureau.name_en}" in found
    assert f"transition:  → {EVENT_LABELS['submit']}" in found
    auditor.cookies["django_language"] = "zh-hans"
    with translation.override("zh-hans"):
        assert revision.case.bureau.name in "\n".join(shown(auditor, case=revision.case_id))


def test_removed_figure_is_found(auditor: Client) -> None:
    revision = factories.open_return(rows=1)
    figure = factories.records_of(revision)[0]
    figure.delete()

    assert [line.split()[1] for line in shown(auditor, indicator=figure.indicator.code)] == [
        "removed",
        "added",
    ]


def test_search_narrows_by_person_case_kind_and_time(auditor: Client) -> None:
    revision = factories.case_in(State.REVIEWING)
    other = factories.open_award_list(bureau=None)
    reviewer = factories.doer("approve", revision)
    today = timezone.localdate().isoformat()

    assert shown(auditor, person=reviewer.username, kind="step") == [
        line
        for line in shown(auditor, kind="step", case=revision.case_id)
        if str(EVENT_LABELS["accept"]) in line
    ]
    assert len(shown(auditor, kind="step", case=other.case.subject)) == 1
    assert shown(auditor, kind="step", until="2020-01-01") == []
    assert len(shown(auditor, kind="step", since=today, until=today)) == 4
    assert shown(auditor, person="nobody of that name") == []


def test_search_that_asks_for_nonsense_says_so(auditor: Client) -> None:
    page = auditor.get(PAGE, {"year": "last", "since": "soon"})

    assert page.status_code == 400
    assert len(page.context["form"].errors) == 2


def test_pages_follow_one_another_without_a_gap(
    auditor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.audit.views.PAGE", 7)
    factories.case_in(State.PUBLISHED, rows=5)
    wanted = list(
        Entry.objects.exclude(kind="").order_by("-at", "-id").values_list("pk", flat=True)
    )

    page, found = auditor.get(PAGE), []
    while True:
        found += [line.entry.pk for line in page.context["lines"]]
        if not page.context["older"]:
            break
        page = auditor.get(PAGE + page.context["older"].removesuffix("#results"))

    assert found == wanted
    assert page.context["newest"]


@pytest.mark.parametrize("text", ["", "x", "2026-01-01T00:00:00_1", "2026-01-01T00:00:00+00:00_x"])
def test_place_that_is_none_is_the_beginning(text: str) -> None:
    assert Place.read(text) is None


def test_page_costs_ten_queries_at_any_size(auditor: Client) -> None:
    counts = []
    for rows in (1, 60):
        revision = factories.open_return(rows=rows, year=2020 + rows)
        auditor.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            auditor.get(
                PAGE,
                {
                    "district": "beilun",
                    "case": "科学技术局",
                    "person": factories.filler_of(revision).username,
                },
            )
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 10


def test_export_holds_every_entry_found(auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.audit.views.EXPORT_PAGE", 3)
    factories.open_award_list([factories.award_values(title="=1+1")], subject="=2+2")

    answer = auditor.get(PAGE, {"_export": "csv", "kind": "row"})

    text = b"".join(answer).decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text))
    assert head[0] == "time"
    assert len(rows) == Entry.objects.filter(kind="row").count()
    assert "=1+1" in rows[0][7]
    assert not any(cell.startswith("=") for row in rows for cell in row)


def test_nobody_but_the_auditor_may_look_or_start(client: Client) -> None:
    for role in set(Role) - {Role.AUDITOR}:
        person = factories.staff(role)
        client.force_login(person)
        assert client.get(PAGE).status_code == 404
        assert client.post(reverse("audit:verify")).status_code == 404
        with pytest.raises(NotAllowed):
            request_verification(person)
    assert not Verification.objects.exists()


def test_auditor_sees_the_anchor(auditor: Client) -> None:
    assert "No anchor was written yet" in auditor.get(PAGE).content.decode()

    said = anchors.write()

    assert said is not None
    assert said["hash"] in auditor.get(PAGE).content.decode()


@pytest.mark.django_db(transaction=True)
def test_verification_on_demand_runs_once_and_shows_its_result(
    auditor: Client, run_tasks: Callable[[], None]
) -> None:
    factories.published_case()
    assert "Nothing was verified yet" in auditor.get(PAGE).content.decode()

    for _ in range(2):
        assert auditor.post(reverse("audit:verify")).status_code == 302
    assert "A verification is under way" in auditor.get(PAGE).content.decode()
    run_tasks()

    (run,) = Verification.objects.all()
    assert (run.outcome, run.fault_count, run.progress) == (Outcome.CLEAN, 0, 100)
    assert run.counts["revisions"] == 1
    assert "Nothing was altered" in auditor.get(PAGE).content.decode()


def test_faults_found_by_night_reach_the_auditor(auditor: Client) -> None:
    revision = factories.published_case()
    as_owner("UPDATE awards_award SET title = title || '!' WHERE revision_id = %s", revision.pk)

    assert verify_by_night(0) == 3

    page = auditor.get(PAGE).content.decode()
    assert "3 faults were found" in page
    assert "awards_award" in page
    (message,) = mail.outbox
    assert message.to == [factories.staff(Role.AUDITOR).email]
    assert "awards_award" in message.body


def test_verification_that_breaks_says_so(auditor: Client) -> None:
    run = request_verification(None, defer=False)
    anchors.path().mkdir(parents=True)

    with pytest.raises(IsADirectoryError):
        carry_out(run.pk)

    anchors.path().rmdir()
    assert Verification.objects.get().outcome == Outcome.BROKEN
    assert "The last verification could not be finished" in auditor.get(PAGE).content.decode()
