"""Every page of the desk, by role and state: it opens, it says the state in words, it is scoped."""

from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from apps.accounts.models import Role
from apps.cases.domain.records import remove_record
from apps.cases.kinds import kinds
from apps.cases.models import Revision, State
from tests import factories as f
from tests.cases.desk.pages import row_url, said, signed_in, state_word, step_url
from tests.cases.support import database_digest

pytestmark = pytest.mark.django_db

WORKING = [role for role in Role if role != Role.ADMINISTRATOR]


@pytest.mark.parametrize("kind_code", sorted(kinds))
def test_case_page_of_every_kind_shows_its_rows(kind_code: str) -> None:
    revision = f.open_new(kind_code)
    kind = kinds[kind_code].records[0]
    [row] = f.records_of(revision)
    client = signed_in(f.filler_of(revision))

    response = client.get(f"/desk/cases/{revision.case_id}/")

    with override("en"):
        title = str(getattr(row, kind.title_field))
    assert response.status_code == 200
    assert title in said(response)


@pytest.mark.parametrize("kind_code", sorted(kinds))
@pytest.mark.parametrize("tail", ["", "history/", "remove/"])
def test_row_pages_of_every_kind_open_for_its_filler(kind_code: str, tail: str) -> None:
    revision = f.open_new(kind_code)
    [row] = f.records_of(revision)

    response = signed_in(f.filler_of(revision)).get(row_url(revision, row, tail))

    assert response.status_code == 200


@pytest.mark.parametrize("state", State.values)
def test_case_page_of_every_state_says_it_in_words(state: str) -> None:
    kind = "awards" if state != State.CHECKING else "district-returns"
    with f.kind_with_notice("awards", 5 if state == State.ON_NOTICE else None):
        revision = f.case_in(state, kind)

        page = signed_in(f.staff(Role.AUDITOR)).get(
            f"/desk/cases/{revision.case_id}/{revision.number}/"
        )

    with override("en"):
        word = state_word(state)
    assert page.status_code == 200
    assert word in said(page)


@pytest.mark.parametrize("role", WORKING)
@pytest.mark.parametrize(
    "path", ["/desk/", "/desk/cases/", "/desk/cases/new/", "/desk/notifications/"]
)
def test_shared_pages_open_for_every_working_role(role: Role, path: str) -> None:
    f.reporting_year()

    response = signed_in(f.staff(role)).get(path)

    assert response.status_code == 200


@pytest.mark.parametrize("path", ["/desk/", "/desk/cases/", "/desk/notifications/"])
def test_desk_asks_strangers_to_sign_in(path: str) -> None:
    response = Client().get(path)

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


def pages_of(revision: Revision, row: Any, finding: Any) -> list[str]:
    case = f"/desk/cases/{revision.case_id}/"
    return [
        case,
        f"{case}{revision.number}/",
        f"{case}{revision.number}/changes/",
        step_url(revision, "accept"),
        f"{case}findings/new/",
        f"{case}findings/{finding.pk}/",
        f"{case}rows/indicator-values/new/",
        row_url(revision, row),
        row_url(revision, row, "history/"),
        row_url(revision, row, "remove/"),
        f"/desk/cases/publish/?revision={revision.pk}",
    ]


@pytest.mark.parametrize(
    "stranger", ["another district", "administrator", "city reviewer before the report"]
)
def test_foreign_case_does_not_exist_on_any_page(stranger: str) -> None:
    if stranger == "city reviewer before the report":
        revision, user = f.open_return(), f.staff(Role.CITY_REVIEWER)
        finding = None
    else:
        revision = f.reviewing_case("district-returns")
        user = (
            f.person(Role.DISTRICT_FILLER, f.district("cixi"))
            if stranger == "another district"
            else f.staff(Role.ADMINISTRATOR)
        )
        finding = f.raise_item(revision)
    row = f.records_of(revision)[0]
    client = signed_in(user)

    sent = {"revision": revision.pk}
    statuses = {
        path: (client.get(path).status_code, client.post(path, sent).status_code)
        for path in pages_of(revision, row, finding or revision)
    }

    # A page that takes no POST says so before it looks for the case.
    assert {got for got, _ in statuses.values()} == {404}
    assert {posted for _, posted in statuses.values()} <= {404, 405}


def test_foreign_cases_are_not_in_the_list() -> None:
    own, foreign = f.open_return(), f.open_return(f.district("cixi"))

    response = signed_in(f.filler_of(own)).get("/desk/cases/")

    listed = [row.record.case_id for row in response.context["table"].rows]
    assert listed == [own.case_id]
    assert foreign.case_id not in listed


def test_administrator_sees_no_case_but_the_way_to_the_administration() -> None:
    f.published_case()
    client = signed_in(f.staff(Role.ADMINISTRATOR))

    home, cases = client.get("/desk/"), client.get("/desk/cases/")

    assert b'href="/admin/"' in home.content
    assert len(cases.context["table"].rows) == 0


def test_person_without_a_role_is_told_so() -> None:
    user = f.person(Role.CITY_EDITOR, roles=[])

    response = signed_in(user).get("/desk/")

    assert "No role yet" in said(response)


@pytest.mark.parametrize(
    "path",
    [
        "/desk/cases/999999/",
        "/desk/cases/999999/1/",
        "/desk/cases/999999/check/",
    ],
)
def test_case_that_is_not_there_is_404(path: str) -> None:
    client = signed_in(f.staff(Role.AUDITOR))

    response = client.post(path) if path.endswith("check/") else client.get(path)

    assert response.status_code == 404


def test_unknown_step_kind_row_and_finding_are_404() -> None:
    revision = f.reviewing_case()
    row = f.records_of(revision)[0]
    case = f"/desk/cases/{revision.case_id}/"
    client = signed_in(f.staff(Role.CITY_REVIEWER))
    nowhere = "00000000-0000-4000-8000-000000000000"

    paths = [
        step_url(revision, "fly"),
        f"{case}9/",
        f"{case}rows/laureates/new/",
        f"{case}rows/awards/{nowhere}/",
        f"{case}rows/awards/{nowhere}/history/",
        f"{case}rows/awards/{nowhere}/remove/",
        f"{case}rows/laureates/{row.uid}/",
        f"{case}findings/999999/",
        f"{case}findings/new/?kind=awards&row={nowhere}",
        f"{case}findings/new/?kind=awards&row=nonsense",
        f"{case}findings/new/?kind=laureates",
    ]

    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 404)


def test_pages_write_nothing_when_they_are_read() -> None:
    revision = f.case_in(State.RETURNED, rows=3)
    gone = f.records_of(revision)[2]
    remove_record(f.filler_of(revision), revision.pk, gone.record_kind, gone.uid)
    row = f.records_of(revision)[0]
    finding = revision.findings.get()
    client = signed_in(f.filler_of(revision))
    client.get("/desk/")
    paths = [
        "/desk/",
        "/desk/cases/",
        "/desk/cases/new/",
        "/desk/notifications/",
        *(path for path in pages_of(revision, row, finding) if "indicator-values" not in path),
        f"/desk/cases/{revision.case_id}/rows/awards/new/",
        step_url(revision, "submit"),
    ]
    before = database_digest(leave_out=("django_session",))

    for path in paths:
        client.get(path)

    assert database_digest(leave_out=("django_session",)) == before
