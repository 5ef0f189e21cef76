"""Heads of forms: which one holds in a year, when it is locked, where it is shown."""

import datetime as dt
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import translation
from openpyxl import load_workbook

from apps.accounts.models import Role
from apps.districts.returns import read_return
from apps.districts.workbook.writing import write_workbook
from apps.registry.domain import form_of
from apps.registry.models import FormVersion
from tests import factories

pytestmark = pytest.mark.django_db
KIND = "district-returns"


def head(from_year: int = 2023, **fields: object) -> FormVersion:
    values = {"number": f"甬科年报{from_year}表", "authority": "宁波市科学技术局", **fields}
    return FormVersion.objects.create(kind=KIND, from_year=from_year, **values)


def test_head_of_the_latest_year_holds() -> None:
    first, later = head(2021), head(2024)

    assert [form_of(KIND, year) for year in (2020, 2021, 2023, 2024, 2030)] == [
        None,
        first,
        first,
        later,
        later,
    ]
    assert form_of("awards", 2023) is None


def test_head_in_use_is_locked_and_a_later_one_may_be_added() -> None:
    used, unused = head(2023), head(2025)
    factories.open_return(year=2024)

    for change in (
        lambda: FormVersion.objects.filter(pk=used.pk).update(approval="甬统函〔2024〕1号"),
        lambda: used.delete(),
        # It would take the place of the one that the case was opened under.
        lambda: head(2024),
    ):
        with pytest.raises(IntegrityError, match="in use"), transaction.atomic():
            change()
    FormVersion.objects.filter(pk=unused.pk).update(valid_until=dt.date(2027, 12, 31))
    assert head(2026).pk


def test_first_head_may_be_entered_when_cases_are_there() -> None:
    factories.open_return(year=2024)

    assert head(2023).pk


def test_administrator_is_told_why_a_head_stays() -> None:
    used = head(2023)
    factories.open_return(year=2024)
    client = Client(headers={"accept-language": "en"})
    client.force_login(
        factories.staff(Role.ADMINISTRATOR), "django.contrib.auth.backends.ModelBackend"
    )

    answer = client.post(
        f"/admin/registry/formversion/{used.pk}/change/",
        {"number": "另一表号", "authority": used.authority, "approval": "", "valid_until": ""},
        follow=True,
    )

    assert "Cases were opened under this head" in answer.content.decode()
    used.refresh_from_db()
    assert used.number == "甬科年报2023表"


def test_head_stands_on_page_workbook_and_public_return() -> None:
    head(2023, approval="甬统函〔2023〕9号", valid_until=dt.date(2025, 12, 31))
    revision = factories.published_case(KIND)
    filler = factories.filler_of(revision)
    desk, public = Client(), Client()
    desk.force_login(filler, "django.contrib.auth.backends.ModelBackend")

    page = desk.get(f"/desk/returns/{revision.case_id}/").content.decode()
    section = desk.get(f"/desk/returns/{revision.case_id}/1/").content.decode()
    whole = public.get(f"/cases/{revision.case_id}/1/")
    sheet = load_workbook(BytesIO(write_workbook(read_return(filler, revision)))).worksheets[0]

    line = str(sheet["A2"].value)
    for text in ("甬科年报2023表", "宁波市科学技术局", "甬统函〔2023〕9号", "2025-12"):
        assert text in page
        assert text in section
        assert text in line
        assert text in whole.content.decode()


def test_what_is_not_entered_is_said() -> None:
    with translation.override("en"):
        lines = [line["value"] for line in head().lines]

    assert lines == ["甬科年报2023表", "宁波市科学技术局", "not yet entered", "not yet entered"]
