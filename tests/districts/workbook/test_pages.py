"""The workbook's page: download, upload, differences, accept, discard; who may do what."""

import datetime as dt
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from apps.accounts.models import Role, User
from apps.cases.domain.records import remove_record
from apps.cases.models import Finding, Revision, Severity, State
from apps.districts.kind import INDICATOR_VALUE
from apps.districts.models import Blank, IndicatorValue, UploadedWorkbook
from apps.districts.workbook import layout, reading
from tests import factories
from tests.districts.workbook.conftest import download, fill, opened, place, signed_in

pytestmark = pytest.mark.django_db


def address(draft: Revision, rest: str = "") -> str:
    """Return the address of the workbook's page, or of what belongs to it."""
    return f"/desk/returns/{draft.case_id}/workbook/{rest}"


def upload(client: Client, draft: Revision, data: bytes, name: str = "北仑.xlsx") -> HttpResponse:
    """Upload a workbook and return the answer."""
    return client.post(address(draft), {"file": SimpleUploadedFile(name, data)})


def accept(client: Client, draft: Revision, **choices: str) -> HttpResponse:
    """Accept what the page shows now."""
    shown = client.get(address(draft)).context
    return client.post(
        address(draft, "accept/"),
        {
            "sha256": shown["upload"].sha256,
            "digest": shown["result"].digest,
            **{f"choice-{key.replace('_', '-')}": value for key, value in choices.items()},
        },
    )


def value_of(draft: Revision, code: str) -> IndicatorValue:
    """Return the stored figure of a line."""
    return IndicatorValue.objects.get(revision=draft, indicator__code=code, subject="")


def test_download_is_an_attachment_named_after_district_and_year(
    draft: Revision, filler: User
) -> None:
    answer = signed_in(filler).get(address(draft, "file/"))

    assert answer["Content-Disposition"] == 'attachment; filename="beilun-2024-r1.xlsx"'
    assert "no-store" in answer["Cache-Control"]
    assert load_workbook(BytesIO(answer.content)).sheetnames[-1] == layout.HIDDEN_SHEET


def test_return_page_leads_to_the_workbook(draft: Revision, filler: User) -> None:
    answer = signed_in(filler).get(f"/desk/returns/{draft.case_id}/")

    assert f'href="{address(draft)}"' in answer.content.decode()


def test_download_takes_as_many_queries_for_many_figures(
    draft: Revision, filler: User, django_assert_max_num_queries: object
) -> None:
    assert callable(django_assert_max_num_queries)
    client = signed_in(filler)
    for number in range(30):
        factories.indicator(f"more-{number}")

    with django_assert_max_num_queries(19):
        client.get(address(draft, "file/"))


def test_upload_shows_old_and_new_and_stores_nothing(draft: Revision, filler: User) -> None:
    client = signed_in(filler)
    data = fill(download(draft), rd_spending=118.6, firms=12)

    answer = upload(client, draft, data)

    assert (answer.status_code, answer["Location"]) == (302, address(draft))
    page = client.get(address(draft))
    assert {c.row.key: (c.before, c.after) for c in page.context["result"].changes} == {
        "rd-spending": ("104.20亿元", "118.60亿元"),
        "firms": ("no value", "12家"),
    }
    assert page.context["result"].unchanged == 4
    assert "118.60亿元" in page.content.decode()
    assert value_of(draft, "rd-spending").value == Decimal("104.20")
    assert not IndicatorValue.objects.filter(indicator__code="firms", revision=draft).exists()


def test_accept_stores_what_was_shown_and_forgets_the_upload(draft: Revision, filler: User) -> None:
    client = signed_in(filler)
    upload(
        client,
        draft,
        fill(
            download(draft),
            rd_spending=118.6,
            rd_spending__qualifier="超",
            firms=12,
            people=None,
            people__blank="not applicable",
        ),
    )

    answer = accept(client, draft)

    assert (answer.status_code, answer["Location"]) == (302, f"/desk/returns/{draft.case_id}/")
    figures = {code: value_of(draft, code) for code in ("rd-spending", "firms", "people")}
    assert {code: figure.printed for code, figure in figures.items()} == {
        "rd-spending": "超118.60亿元",
        "firms": "12家",
        "people": "not applicable",
    }
    assert {figure.updated_by for figure in figures.values()} == {filler}
    assert figures["rd-spending"].version == 2
    assert UploadedWorkbook.objects.count() == 0


def test_figure_about_a_body_is_changed_in_its_own_row(draft: Revision, filler: User) -> None:
    client = signed_in(filler)
    book = opened(download(draft))
    book.worksheets[0][place(book, "rd-spending/2")].value = 3.4
    file = BytesIO()
    book.save(file)
    upload(client, draft, file.getvalue())

    accept(client, draft)

    assert IndicatorValue.objects.get(revision=draft, subject="某实验室").printed == "3.40亿元"
    assert value_of(draft, "rd-spending").version == 1


def test_accept_of_faulty_rows_leaves_them_as_they_are(draft: Revision, filler: User) -> None:
    client = signed_in(filler)
    upload(client, draft, fill(download(draft), rd_spending="#REF!", firms=12))

    accept(client, draft)

    assert value_of(draft, "rd-spending").value == Decimal("104.20")
    assert value_of(draft, "firms").value == 12


def test_marked_workbook_names_rule_and_cure_in_the_cell(draft: Revision, filler: User) -> None:
    client = signed_in(filler)
    upload(client, draft, fill(download(draft), rd_spending="viele", firms=12.5))

    answer = client.get(address(draft, "marked/"))

    book = opened(answer.content)
    sheet = book.worksheets[0]
    cell = sheet[place(book, "rd-spending")]
    assert cell.value == "viele"
    assert cell.comment.text.startswith("This is not a number.")
    assert cell.fill.fgColor.rgb == "00F8CBAD"
    assert "whole number" in sheet[place(book, "firms")].comment.text
    assert sheet[place(book, "share")].comment is None


def test_marked_workbook_corrected_and_uploaded_again_is_clean(
    draft: Revision, filler: User
) -> None:
    client = signed_in(filler)
    upload(client, draft, fill(download(draft), rd_spending="viele", firms="?"))
    marked = client.get(address(draft, "marked/")).content

    upload(client, draft, fill(marked, rd_spending=118.6))

    assert [f.label for f in client.get(address(draft)).context["result"].faults] == [
        "Indicator firms"
    ]
    book = opened(client.get(address(draft, "marked/")).content)
    cell = book.worksheets[0][place(book, "rd-spending")]
    assert (cell.comment, cell.fill.fgColor.rgb) == (None, "00FFFBE0")
    assert book.worksheets[0][place(book, "firms")].comment is not None


@pytest.mark.parametrize(("choice", "value"), [("yours", "118.60"), ("theirs", "110.00")])
def test_stale_row_shows_both_values_and_one_choice_settles_it(
    draft: Revision, filler: User, choice: str, value: str
) -> None:
    client = signed_in(filler)
    data = fill(download(draft), rd_spending=118.6, firms=12)
    colleague = factories.person(Role.DISTRICT_FILLER)
    factories.save_figure(draft, "rd-spending", "110.00", colleague)
    upload(client, draft, data)

    page = client.get(address(draft))
    unchosen = accept(client, draft)
    answer = accept(client, draft, rd_spending=choice)

    (conflict,) = page.context["result"].conflicts
    assert (conflict.downloaded, conflict.before, conflict.after) == (
        "104.20亿元",
        "110.00亿元",
        "118.60亿元",
    )
    assert colleague.full_name in page.content.decode()
    assert (unchosen.status_code, answer.status_code) == (409, 302)
    assert str(value_of(draft, "rd-spending").value) == value
    assert value_of(draft, "firms").value == 12


def test_first_entry_made_by_a_colleague_meanwhile_is_stale(draft: Revision, filler: User) -> None:
    client = signed_in(filler)
    data = fill(download(draft), firms=12)
    factories.save_figure(draft, "firms", "13", factories.person(Role.DISTRICT_FILLER))
    upload(client, draft, data)

    accept(client, draft, firms="yours")

    assert value_of(draft, "firms").value == 12
    assert value_of(draft, "firms").version == 2


def test_same_value_saved_by_a_colleague_is_no_difference(draft: Revision, filler: User) -> None:
    client = signed_in(filler)
    data = fill(download(draft), firms=12)
    factories.save_figure(draft, "firms", "12", factories.person(Role.DISTRICT_FILLER))
    upload(client, draft, data)

    result = client.get(address(draft)).context["result"]

    assert (result.total, result.unchanged) == (0, 6)


def test_row_left_alone_keeps_what_a_colleague_saved(draft: Revision, filler: User) -> None:
    client = signed_in(filler)
    data = fill(download(draft), firms=12)
    factories.save_figure(draft, "rd-spending", "110.00", factories.person(Role.DISTRICT_FILLER))
    upload(client, draft, data)

    accept(client, draft)

    assert value_of(draft, "rd-spending").value == Decimal("110.00")


def test_figure_removed_meanwhile_is_entered_again_by_choice(draft: Revision, filler: User) -> None:
    client = signed_in(filler)
    data = fill(download(draft), people=30, people__blank=None)
    remove_record(filler, draft.pk, INDICATOR_VALUE, value_of(draft, "people").uid)
    upload(client, draft, data)

    accept(client, draft, people="yours")

    assert value_of(draft, "people").printed == "30人"


def test_figure_about_a_body_removed_meanwhile_is_a_fault(draft: Revision, filler: User) -> None:
    client = signed_in(filler)
    book = opened(download(draft))
    book.worksheets[0][place(book, "rd-spending/2")].value = 3.4
    file = BytesIO()
    book.save(file)
    body = IndicatorValue.objects.get(revision=draft, subject="某实验室")
    remove_record(filler, draft.pk, INDICATOR_VALUE, body.uid)
    upload(client, draft, file.getvalue())

    result = client.get(address(draft)).context["result"]

    assert "removed" in result.faults[0].rule
    assert result.total == 0


def test_save_between_look_and_acceptance_stores_nothing(draft: Revision, filler: User) -> None:
    client = signed_in(filler)
    upload(client, draft, fill(download(draft), rd_spending=118.6, firms=12))
    shown = client.get(address(draft)).context
    factories.save_figure(draft, "rd-spending", "110.00", factories.person(Role.DISTRICT_FILLER))

    answer = client.post(
        address(draft, "accept/"),
        {"sha256": shown["upload"].sha256, "digest": shown["result"].digest},
    )

    assert answer.status_code == 409
    assert "has changed since you looked" in answer.content.decode()
    assert value_of(draft, "rd-spending").value == Decimal("110.00")
    assert not IndicatorValue.objects.filter(revision=draft, indicator__code="firms").exists()


def test_hand_over_between_look_and_acceptance_stores_nothing(
    draft: Revision, filler: User
) -> None:
    client = signed_in(filler)
    upload(client, draft, fill(download(draft), rd_spending=118.6))
    shown = client.get(address(draft)).context
    factories.advance(draft, State.CHECKING)

    answer = client.post(
        address(draft, "accept/"),
        {"sha256": shown["upload"].sha256, "digest": shown["result"].digest},
    )

    assert answer.status_code == 409
    assert value_of(draft, "rd-spending").value == Decimal("104.20")


def test_second_upload_replaces_the_first_and_its_acceptance(draft: Revision, filler: User) -> None:
    client = signed_in(filler)
    upload(client, draft, fill(download(draft), firms=12))
    shown = client.get(address(draft)).context
    upload(client, draft, fill(download(draft), firms=13))

    answer = client.post(
        address(draft, "accept/"),
        {"sha256": shown["upload"].sha256, "digest": shown["result"].digest},
    )

    assert (answer.status_code, answer["Location"]) == (302, address(draft))
    assert not IndicatorValue.objects.filter(revision=draft, indicator__code="firms").exists()
    assert UploadedWorkbook.objects.count() == 1


def test_discard_forgets_the_upload(draft: Revision, filler: User) -> None:
    client = signed_in(filler)
    upload(client, draft, fill(download(draft), firms=12))

    answer = client.post(address(draft, "discard/"))

    assert answer["Location"] == address(draft)
    assert UploadedWorkbook.objects.count() == 0
    assert "upload" not in client.get(address(draft)).context


def test_upload_is_forgotten_after_a_day(draft: Revision, filler: User) -> None:
    client = signed_in(filler)
    upload(client, draft, fill(download(draft), firms=12))
    UploadedWorkbook.objects.update(uploaded_at=timezone.now() - dt.timedelta(hours=25))

    assert "upload" not in client.get(address(draft)).context
    assert client.get(address(draft, "marked/")).status_code == 404
    colleague = factories.person(Role.DISTRICT_FILLER)
    upload(signed_in(colleague), draft, fill(download(draft), firms=13))
    assert [str(row) for row in UploadedWorkbook.objects.all()] == ["北仑.xlsx"]
    assert UploadedWorkbook.objects.get().uploaded_by == colleague


def test_upload_of_one_person_is_not_the_colleagues(draft: Revision, filler: User) -> None:
    upload(signed_in(filler), draft, fill(download(draft), firms=12))

    other = signed_in(factories.person(Role.DISTRICT_FILLER)).get(address(draft))

    assert "upload" not in other.context


@pytest.mark.parametrize("role", [Role.DISTRICT_SIGNATORY, Role.AUDITOR])
def test_others_in_scope_download_and_do_not_upload(draft: Revision, role: Role) -> None:
    client = signed_in(factories.staff(role))

    assert client.get(address(draft, "file/")).status_code == 200
    assert "id_file" not in client.get(address(draft)).content.decode()
    assert upload(client, draft, fill(download(draft), firms=12)).status_code == 403
    assert UploadedWorkbook.objects.count() == 0


def test_acceptance_by_one_who_may_not_fill_any_more_is_refused(
    draft: Revision, filler: User
) -> None:
    client = signed_in(filler)
    upload(client, draft, fill(download(draft), firms=12))
    shown = client.get(address(draft)).context
    filler.roles = [Role.DISTRICT_SIGNATORY]
    filler.save(update_fields=["roles"])

    answer = client.post(
        address(draft, "accept/"),
        {"sha256": shown["upload"].sha256, "digest": shown["result"].digest},
    )

    assert answer.status_code == 403
    assert not IndicatorValue.objects.filter(revision=draft, indicator__code="firms").exists()


def test_locked_return_takes_no_upload(draft: Revision, filler: User) -> None:
    data = fill(download(draft), firms=12)
    factories.advance(draft, State.CHECKING)

    assert upload(signed_in(filler), draft, data).status_code == 409


@pytest.mark.parametrize("rest", ["", "file/", "marked/"])
def test_another_districts_workbook_is_not_found(draft: Revision, rest: str) -> None:
    stranger = factories.person(Role.DISTRICT_FILLER, factories.district("cixi"))

    assert signed_in(stranger).get(address(draft, rest)).status_code == 404


def test_case_of_another_kind_has_no_workbook() -> None:
    awards = factories.open_award_list()

    assert signed_in(factories.filler_of(awards)).get(address(awards)).status_code == 404


def test_upload_without_a_file_says_so(draft: Revision, filler: User) -> None:
    answer = signed_in(filler).post(address(draft))

    assert answer.status_code == 422
    assert "Choose the workbook" in answer.content.decode()


def test_returned_case_opens_named_rows_only(draft: Revision, filler: User) -> None:
    named = value_of(draft, "rd-spending")
    factories.save_figure(draft, "firms", "12")
    data = fill(download(draft), rd_spending=118.6, firms=13)
    Revision.objects.filter(pk=draft.pk).update(returned_at=timezone.now())
    Finding.objects.create(
        revision=draft,
        severity=Severity.BLOCKING,
        message="请核对。",
        raised_by=factories.staff(Role.CITY_REVIEWER),
        deadline=timezone.localdate(),
        record_kind=INDICATOR_VALUE.code,
        record_uid=named.uid,
    )
    client = signed_in(filler)

    upload(client, draft, data)

    result = client.get(address(draft)).context["result"]
    assert [change.row.key for change in result.changes] == ["rd-spending"]
    assert [(fault.label, fault.found) for fault in result.faults] == [("Indicator firms", "13")]
    book = opened(download(draft))
    sheet = book.worksheets[0]
    assert not sheet[place(book, "rd-spending")].protection.locked
    assert sheet[place(book, "firms")].protection.locked
    assert sheet[place(book, "rd-spending/2")].protection.locked


def test_upload_outlived_by_its_template_says_so(
    draft: Revision, filler: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(filler)
    upload(client, draft, fill(download(draft), firms=12))
    monkeypatch.setattr(reading, "TEMPLATE", "4")

    page, marked = client.get(address(draft)), client.get(address(draft, "marked/"))

    assert page.status_code == 409
    assert "made from template 3" in page.content.decode()
    assert marked.status_code == 302


def test_emptied_figure_becomes_missing_and_the_page_says_so(draft: Revision, filler: User) -> None:
    client = signed_in(filler)
    upload(client, draft, fill(download(draft), rd_spending=None))

    page = client.get(address(draft))
    accept(client, draft)

    assert [c.after for c in page.context["result"].changes] == ["missing"]
    assert "emptied" in page.content.decode()
    assert value_of(draft, "rd-spending").blank == Blank.MISSING
