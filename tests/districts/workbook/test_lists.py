"""The city's lists as a sheet of the workbook: shown, confirmed, its faults by cell."""

from pathlib import Path
from typing import Any

import pytest

from apps.cases.models import Revision
from apps.districts.lists.models import ListStatement
from apps.districts.returns import read_return
from apps.districts.workbook.comparing import Differences, compare
from apps.districts.workbook.reading import read_sheet
from apps.districts.workbook.storing import Unsettled, accept, find_upload, keep_upload, read_upload
from apps.districts.workbook.writing import write_workbook
from tests import factories
from tests.districts.lists import support as lists
from tests.districts.workbook.conftest import opened, saved, signed_in
from tests.districts.workbook.test_round_trip import SOFFICE, by_libreoffice

pytestmark = pytest.mark.django_db


@pytest.fixture
def listed() -> Revision:
    """Return a draft whose district has three rows on a published roster, the first confirmed."""
    lists.roster()
    draft = factories.open_return()
    lists.domain.confirm(factories.filler_of(draft), draft.pk, lists.reads(draft)[:1])
    return factories.fresh(draft)


def page_of(draft: Revision) -> Any:
    revision = factories.fresh(draft)
    return read_return(factories.filler_of(revision), revision, with_lists=True)


def download(draft: Revision) -> bytes:
    return write_workbook(page_of(draft))


def said(data: bytes, **cells: Any) -> bytes:
    """Return the workbook with cells of its sheet of lists typed."""
    book = opened(data)
    for cell, value in cells.items():
        book["Lists"][cell].value = value
    return saved(book)


def differences(draft: Revision, data: bytes) -> Differences:
    return compare(read_sheet(data), page_of(draft))


def test_sheet_shows_the_rows_and_opens_what_is_to_be_settled(listed: Revision) -> None:
    sheet = opened(download(listed))["Lists"]

    assert [cell.value for cell in sheet[1]] == [
        "code",
        "list",
        "row of the list",
        "kind",
        "how it stands",
        "your statement",
    ]
    assert sheet.max_row == 4
    assert [(sheet.cell(n, 5).value, sheet.cell(n, 6).value) for n in (2, 3, 4)] == [
        ("confirmed", "confirmed"),
        ("open", None),
        ("open", None),
    ]
    assert [sheet.cell(n, 6).protection.locked for n in (2, 3, 4)] == [True, False, False]
    assert sheet.protection.sheet


def test_return_without_rows_has_no_such_sheet() -> None:
    assert "Lists" not in opened(download(factories.open_return())).sheetnames


def test_unchanged_sheet_changes_nothing(listed: Revision) -> None:
    result = differences(listed, download(listed))

    assert (result.total, result.faults, result.notes) == (0, [], [])


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_sheet_comes_back_from_libreoffice_as_it_was(listed: Revision, tmp_path: Path) -> None:
    data = by_libreoffice(download(listed), tmp_path)

    assert (differences(listed, data).total, differences(listed, data).faults) == (0, [])
    again = differences(listed, said(data, F3="confirmed"))
    assert [each.where for each in again.confirmations] == ["Lists!F3"]


def test_rows_are_confirmed_when_the_differences_are_accepted(listed: Revision) -> None:
    filler, data = (
        factories.filler_of(listed),
        said(download(listed), F3="Confirmed", F4="confirmed"),
    )
    keep_upload(filler, listed, "return.xlsx", data)
    page = signed_in(filler).get(f"/desk/returns/{listed.case_id}/workbook/")
    result = differences(listed, data)

    assert "Rows of the lists to confirm" in page.content.decode()
    assert lists.standings(listed) == ["confirmed", "open", "open"]
    sheet = read_upload(find_upload(filler, listed))
    with pytest.raises(Unsettled):
        accept(filler, listed, sheet, "another digest", {})
    assert accept(filler, listed, sheet, result.digest, {})[0] == 2
    assert lists.standings(listed) == ["confirmed"] * 3


def test_accepting_on_the_page_says_how_many_entries(listed: Revision) -> None:
    filler, data = factories.filler_of(listed), said(download(listed), F3="confirmed")
    upload = keep_upload(filler, listed, "return.xlsx", data)

    answer = signed_in(filler).post(
        f"/desk/returns/{listed.case_id}/workbook/accept/",
        {"sha256": upload.sha256, "digest": differences(listed, data).digest},
        follow=True,
    )

    assert "1 entry saved." in answer.content.decode()


@pytest.mark.parametrize(
    ("cell", "typed", "rule"),
    [
        ("F3", "disputed", "Only “confirmed” can be said here."),
        ("F3", "#REF!", "Only “confirmed” can be said here."),
        ("F3", "=1+1", "Only “confirmed” can be said here."),
        ("F3", 1, "Only “confirmed” can be said here."),
        ("F2", None, "Only “confirmed” can be said here."),
        ("F9", "confirmed", "This row is not on the city's lists."),
    ],
)
def test_what_cannot_be_said_is_a_fault_of_its_cell(
    listed: Revision, cell: str, typed: object, rule: str
) -> None:
    result = differences(listed, said(download(listed), **{cell: typed}))

    assert [(fault.where, fault.rule) for fault in result.faults] == [(f"Lists!{cell}", rule)]
    assert result.confirmations == []


def test_row_that_stands_twice_is_a_fault(listed: Revision) -> None:
    data = download(listed)
    key = opened(data)["Lists"]["A3"].value
    result = differences(listed, said(data, A4=key, F4="confirmed"))

    assert {fault.rule for fault in result.faults} == {"This row stands more than once."}


def test_row_of_a_list_published_anew_is_looked_at_first(listed: Revision) -> None:
    data = said(download(listed), F3="confirmed")
    [roster] = {line.key.revision_id for line in lists.lists_of(listed).lines if line.key}
    published = Revision.objects.get(pk=roster)
    factories.advance(factories.change_first_row(factories.successor_of(published)), "published")

    [fault] = differences(listed, data).faults
    assert fault.rule == "The city has published this list anew since the download."


def test_row_that_was_disputed_meanwhile_is_left_alone(listed: Revision) -> None:
    data = said(download(listed), F3="confirmed")
    lists.domain.dispute(
        factories.filler_of(listed),
        listed.pk,
        lists.reads(listed)[1],
        {},
        "不属本区。",
        lists.proof(),
    )

    [fault] = differences(listed, data).faults
    assert fault.rule == "This row is settled already, or not open for writing."


def test_row_confirmed_meanwhile_is_no_difference(listed: Revision) -> None:
    data = said(download(listed), F3="confirmed")
    lists.confirm_all(listed)

    assert (differences(listed, data).total, differences(listed, data).faults) == (0, [])


def test_missing_sheet_or_heading_is_said(listed: Revision) -> None:
    book = opened(download(listed))
    del book["Lists"]
    headless = said(download(listed), F1="")

    for data in (saved(book), headless):
        [note] = differences(listed, data).notes
        assert note.text.endswith("nothing of the lists was read.")
    assert ListStatement.objects.filter(revision=listed).count() == 1
