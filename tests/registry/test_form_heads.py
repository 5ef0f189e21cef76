"""Heads of forms: which one holds in a year, when it is locked, where it is shown."""

import datetime as dt
from io import BytesIO, StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone, translation
from openpyxl import load_workbook

from apps.accounts.models import Role
from apps.cases.models import Event, State
from apps.cases.receipts import receipt_of, receipt_pdf
from apps.districts.returns import read_return
from apps.districts.workbook.writing import write_workbook
from apps.registry.checks import form_heads_are_whole
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


def test_what_is_not_entered_leaves_no_empty_line() -> None:
    with translation.override("en"):
        whole = head(2025, approval="甬统函〔2023〕9号", valid_until=dt.date(2025, 12, 31))
        assert [line["label"] for line in head().lines] == ["form number", "issued by"]
        assert head(2024).missing == ["approval or record number", "valid until"]
    assert (len(whole.lines), whole.missing) == (4, [])


def test_administrator_is_told_what_is_not_entered() -> None:
    head(2023)
    out, err = StringIO(), StringIO()

    call_command("check", databases=["default"], stdout=out, stderr=err)

    assert "registry.W001" in err.getvalue()
    FormVersion.objects.update(approval="甬统函〔2023〕9号", valid_until=dt.date(2025, 12, 31))
    assert form_heads_are_whole(databases=["default"]) == []
    assert form_heads_are_whole() == []


def test_head_in_use_is_corrected_by_a_further_edition() -> None:
    wrong = head(2023, approval="甬统函〔2023〕9号")
    factories.open_return(year=2024)
    before = timezone.now()
    client = Client(headers={"accept-language": "en"})
    client.force_login(
        factories.staff(Role.ADMINISTRATOR), "django.contrib.auth.backends.ModelBackend"
    )
    values = {
        "kind": KIND,
        "from_year": "2023",
        "number": wrong.number,
        "authority": wrong.authority,
        "approval": "甬统函〔2023〕19号",
        "valid_until": "",
    }

    refused = client.post("/admin/registry/formversion/add/", values)
    assert "has a head already" in refused.content.decode()
    kept = client.post("/admin/registry/formversion/add/", {**values, "reason": "批准文号写错"})

    assert kept.status_code == 302
    now = form_of(KIND, 2024)
    assert now is not None
    assert (now.edition, now.approval) == (2, "甬统函〔2023〕19号")
    # What was made before the correction keeps the head that it was made with.
    assert form_of(KIND, 2024, before) == wrong
    for change in (
        lambda: FormVersion.objects.filter(pk=wrong.pk).update(approval="x"),
        lambda: head(2023, edition=4, reason="x"),
        lambda: head(2022, edition=2, reason="x"),
    ):
        with pytest.raises(IntegrityError, match="in use"), transaction.atomic():
            change()
    with pytest.raises(IntegrityError, match="says_why"), transaction.atomic():
        head(2023, edition=3)


def test_head_stands_on_public_page_preview_and_receipt() -> None:
    head(2023, approval="甬统函〔2023〕9号", valid_until=dt.date(2025, 12, 31))
    revision = factories.case_in(State.CHECKING, KIND)
    district = revision.case.bureau.district
    desk = Client()
    desk.force_login(
        factories.staff(Role.DISTRICT_SIGNATORY), "django.contrib.auth.backends.ModelBackend"
    )
    signing = desk.get(f"/desk/cases/{revision.case_id}/1/submit/")
    shown = signing.context["shown"].context["form_head"]
    revision = factories.advance(revision, State.PUBLISHED)

    page = Client().get(f"/districts/{district.slug}/{revision.case.year}/").content.decode()
    event = Event.objects.select_related("revision__case__bureau").get(
        revision=revision, transition="submit"
    )

    assert "甬统函〔2023〕9号" in page
    assert shown is not None
    assert shown.approval == "甬统函〔2023〕9号"
    assert "甬统函〔2023〕9号" in signing.content.decode()
    assert any("甬统函〔2023〕9号" in line for line in receipt_of(event).header)
    pdf = receipt_pdf(event)
    FormVersion.objects.create(
        kind=KIND, from_year=2023, edition=2, reason="写错", number="新表号", authority="x"
    )
    # The same report always gives the same receipt.
    assert receipt_pdf(event) == pdf
    assert receipt_of(event).header == receipt_of(event).header
