"""The source of a quoted figure in the workbook: prefilled, read back, its faults by cell."""

import datetime as dt
from pathlib import Path

import pytest

from apps.cases.models import Revision
from apps.districts.models import IndicatorValue
from apps.districts.workbook.storing import accept, find_upload, keep_upload, read_upload
from tests import factories
from tests.districts.workbook.conftest import (
    differences,
    download,
    fill,
    opened,
    place,
)
from tests.districts.workbook.test_round_trip import SOFFICE, by_libreoffice

pytestmark = pytest.mark.django_db


@pytest.fixture
def quoted(draft: Revision) -> Revision:
    """Return the draft with a quoted figure and its source."""
    indicator = factories.indicator("bulletin", source="quoted")
    factories.districts.save_figure(
        factories.filler_of(draft),
        draft.pk,
        indicator,
        {"value": 12, "quoted_from": "市统计局公报", "quoted_on": dt.date(2024, 3, 12)},
    )
    return factories.fresh(draft)


def test_source_stands_in_the_workbook_and_only_quoted_rows_are_open(quoted: Revision) -> None:
    book = opened(download(quoted))
    sheet = book.worksheets[0]

    assert sheet[place(book, "bulletin", "quoted_from")].value == "市统计局公报"
    assert sheet[place(book, "bulletin", "quoted_on")].value.date() == dt.date(2024, 3, 12)
    assert sheet[place(book, "bulletin", "quoted_on")].protection.locked is False
    assert sheet[place(book, "rd-spending", "quoted_on")].protection.locked is True


def test_unchanged_source_is_no_difference(quoted: Revision) -> None:
    result = differences(quoted, download(quoted))

    assert (result.changes, result.faults, result.notes) == ([], [], [])


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_source_comes_back_from_libreoffice_as_it_was(quoted: Revision, tmp_path: Path) -> None:
    result = differences(quoted, by_libreoffice(download(quoted), tmp_path))

    assert (result.changes, result.faults, result.notes) == ([], [], [])


@pytest.mark.parametrize(
    "typed", ["2024年2月5日", "2024-02-05", "２０２４/2/5", "20240205", dt.date(2024, 2, 5)]
)
def test_source_is_read_and_stored(quoted: Revision, typed: object) -> None:
    filler = factories.filler_of(quoted)
    data = fill(download(quoted), bulletin__quoted_on=typed, bulletin__quoted_from="科技厅通报")
    keep_upload(filler, quoted, "return.xlsx", data)
    sheet = read_upload(find_upload(filler, quoted))
    [change] = differences(quoted, data).changes
    accept(filler, quoted, sheet, differences(quoted, data).digest, {})

    stored = IndicatorValue.objects.get(revision=quoted, indicator__code="bulletin")
    assert change.before == "12亿元 · 市统计局公报, 2024-03-12"
    assert change.after == "12亿元 · 科技厅通报, 2024-02-05"
    assert (stored.quoted_from, stored.quoted_on) == ("科技厅通报", dt.date(2024, 2, 5))


@pytest.mark.parametrize(
    ("row", "column", "typed", "rule"),
    [
        ("bulletin", "quoted_on", "三月", "This is not a date."),
        ("bulletin", "quoted_on", "2024-02-31", "This is not a date."),
        ("bulletin", "quoted_on", "#REF!", "The cell shows a spreadsheet error, not a value."),
        ("bulletin", "quoted_on", "2099-01-01", "The date of the source lies in the future."),
        ("bulletin", "quoted_from", 5, "A word is expected here, not a number."),
        ("bulletin", "quoted_from", "公" * 121, "At most 120 characters fit here."),
        ("share", "quoted_from", "公报", "A source stands beside no value."),
        (
            "rd-spending",
            "quoted_on",
            "2024-02-05",
            "This figure is not quoted from another office; it has no source here.",
        ),
    ],
)
def test_wrong_source_is_a_fault_of_its_cell(
    quoted: Revision, row: str, column: str, typed: object, rule: str
) -> None:
    data = fill(download(quoted), **{f"{row.replace('-', '_')}__{column}": typed})
    [fault] = differences(quoted, data).faults

    assert (fault.cell, fault.rule) == (place(opened(data), row, column), rule)
