"""Downloaded, opened, saved and uploaded unchanged: no difference, whatever program saved it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from apps.cases.models import Revision
from apps.districts.workbook.layout import HIDDEN_SHEET
from tests import factories
from tests.districts.workbook.conftest import (
    differences,
    download,
    fill,
    opened,
    place,
    saved,
)

pytestmark = pytest.mark.django_db
SOFFICE = shutil.which("soffice")


def by_libreoffice(data: bytes, directory: Path) -> bytes:
    """Return the workbook as LibreOffice Calc opens and saves it."""
    source = directory / "return.xlsx"
    source.write_bytes(data)
    out = directory / "out"
    assert SOFFICE is not None
    subprocess.run(
        [
            SOFFICE,
            f"-env:UserInstallation=file://{directory}/profile",
            "--headless",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
            str(out),
            str(source),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return (out / "return.xlsx").read_bytes()


def assert_nothing_differs(draft: Revision, data: bytes) -> None:
    """Fail with every difference, fault and note that an unchanged workbook has."""
    result = differences(draft, data)
    assert (result.changes, result.conflicts, result.faults) == ([], [], [])
    assert result.notes == []
    assert result.unchanged == 6


def test_workbook_uploaded_as_it_was_downloaded_changes_nothing(draft: Revision) -> None:
    assert_nothing_differs(draft, download(draft))


def test_workbook_saved_by_openpyxl_changes_nothing(draft: Revision) -> None:
    assert_nothing_differs(draft, saved(opened(download(draft))))


@pytest.mark.skipif(
    SOFFICE is None,
    reason="LIBREOFFICE IS NOT INSTALLED: its round trip is NOT TESTED here. "
    "As root: apt-get install --no-install-recommends libreoffice-calc",
)
def test_workbook_saved_by_libreoffice_changes_nothing(draft: Revision, tmp_path: Path) -> None:
    data = by_libreoffice(download(draft), tmp_path)

    assert_nothing_differs(draft, data)
    book = opened(data)
    sheet = book.worksheets[0]
    assert book[HIDDEN_SHEET].sheet_state == "hidden"
    assert sheet.protection.sheet
    assert not sheet[place(book, "firms")].protection.locked
    assert sheet[place(book, "firms", "unit")].protection.locked
    assert len(sheet.data_validations.dataValidation) >= 3


@pytest.mark.skipif(
    SOFFICE is None,
    reason="LIBREOFFICE IS NOT INSTALLED: filling in is NOT TESTED with it here.",
)
def test_workbook_filled_and_saved_by_libreoffice_shows_what_was_typed(
    draft: Revision, tmp_path: Path
) -> None:
    data = by_libreoffice(fill(download(draft), firms=12, share="=10+2.5"), tmp_path)

    result = differences(draft, data)

    # LibreOffice calculates: the formula has a result now.
    assert {change.row.key: change.after for change in result.changes} == {
        "firms": "12家",
        "share": "12.5%",
    }
    assert result.faults == []


def test_workbook_of_a_locked_return_has_no_open_cell(draft: Revision) -> None:
    factories.advance(draft, "checking")
    book = opened(download(draft))
    sheet = book.worksheets[0]

    assert all(cell.protection.locked for row in sheet.iter_rows() for cell in row)
    assert sheet.data_validations.dataValidation == []
