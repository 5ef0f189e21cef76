"""Every file of what is not published stands in the security log: who took it out, when, of what."""

import pytest

from apps.accounts.models import EventKind, Role, SecurityEvent
from tests import factories as f
from tests.cases.desk.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_factor(settings):
    settings.REQUIRE_SECOND_FACTOR = False


def exported() -> list[dict[str, object]]:
    """Return what the log says of the files taken out, and nothing about the day in their names."""
    return list(
        SecurityEvent.objects.filter(kind=EventKind.DATA_EXPORTED).values_list(
            "actor_name", "detail"
        )
    )


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_list_of_a_draft(form):
    revision = f.open_list("awards", 1)
    person = f.filler_of(revision)
    path = f"/desk/cases/{revision.case_id}/intake/list/awards/{form}/"

    answer = signed_in(person).get(path, {"grade": "一等奖", "page": "2"})
    assert b"".join(answer.streaming_content)

    ((name, detail),) = exported()
    assert name == person.username
    assert (detail["case"], detail["asked"]) == (revision.case_id, "grade=一等奖")
    assert detail["file"].endswith(f".{form}")


def test_list_out_of_scope_is_not_handed_out_and_not_noted():
    revision = f.open_list("awards", 1)

    answer = signed_in(f.staff(Role.DISTRICT_FILLER)).get(
        f"/desk/cases/{revision.case_id}/intake/list/awards/csv/"
    )

    assert answer.status_code == 404
    assert exported() == []


def test_workbook_of_a_return():
    revision = f.open_return()

    signed_in(f.filler_of(revision)).get(f"/desk/returns/{revision.case_id}/workbook/file/")

    ((_name, detail),) = exported()
    assert detail["case"] == revision.case_id
    assert detail["file"].endswith(".xlsx")


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("/desk/timeliness/", "timeliness-2023.csv"),
        ("/desk/returns/completeness/", "completeness-2023.csv"),
    ],
)
def test_overviews_of_the_year(path, file):
    f.open_return()

    answer = signed_in(f.staff(Role.CITY_REVIEWER)).get(path, {"year": "2023", "_export": "csv"})

    assert answer.status_code == 200
    assert [detail for _name, detail in exported()] == [{"file": file, "year": 2023}]


def test_audit_itself():
    signed_in(f.staff(Role.AUDITOR)).get("/desk/audit/", {"_export": "csv", "kind": "row"})

    assert [detail["file"] for _name, detail in exported()] == ["audit.csv"]
