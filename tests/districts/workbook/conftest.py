"""A return with some figures, its workbook, and hands to fill that in as a clerk does."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from openpyxl import Workbook, load_workbook

from apps.accounts.models import User
from apps.cases.domain.records import save_record
from apps.cases.models import Revision
from apps.districts.kind import INDICATOR_VALUE
from apps.districts.models import Blank
from apps.districts.returns import read_return
from apps.districts.workbook.comparing import Differences, compare
from apps.districts.workbook.reading import read_sheet
from apps.districts.workbook.writing import write_workbook
from tests import factories

Fill = Callable[..., bytes]
COLUMN = {
    "code": "A",
    "unit": "E",
    "scope": "F",
    "value": "H",
    "qualifier": "I",
    "blank": "J",
    "quoted_from": "K",
    "quoted_on": "L",
}


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Read every sentence in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def draft() -> Revision:
    """Return 北仑's return of 2024 in draft: lines with and without a figure, one about a body."""
    spending = factories.indicator("rd-spending")
    factories.indicator("firms", units=["家"], precision=0, value_type="integer")
    factories.indicator("share", units=["%"], precision=1, value_type="percent")
    grants = factories.indicator("grants", units=["万元"], section="科技金融", section_en="Finance")
    factories.indicator("people", units=["人"], precision=0, section="科技金融")
    factories.published_case(
        "district-returns",
        [
            factories.figure_values(indicator=spending, value=Decimal("20.00")),
            factories.figure_values(indicator=grants, unit="万元", qualifier="超", value="500.00"),
        ],
    )
    revision = factories.open_return(rows=0, year=2024)
    factories.save_figure(revision, "rd-spending", "104.20")
    filler = factories.filler_of(revision)
    for code, values in {
        "grants": {"value": Decimal("1234567890123456.78"), "qualifier": "约"},
        "people": {"value": None, "blank": Blank.WITHHELD},
    }.items():
        factories.districts.save_figure(filler, revision.pk, factories.indicator(code), values)
    save_record(
        filler,
        revision.pk,
        INDICATOR_VALUE,
        factories.figure_values(
            indicator=spending,
            period="2024",
            subject="某实验室",
            value=Decimal("3.1"),
            status="forecast",
        ),
    )
    return factories.fresh(revision)


@pytest.fixture
def filler(draft: Revision) -> User:
    """Return the person who fills the return in."""
    return factories.filler_of(draft)


def page_of(draft: Revision, user: User | None = None) -> Any:
    """Return the return as its page reads it."""
    revision = factories.fresh(draft)
    return read_return(user or factories.filler_of(revision), revision)


def download(draft: Revision) -> bytes:
    """Return the return's workbook as it stands."""
    return write_workbook(page_of(draft), ("超", "约"))


def opened(data: bytes) -> Workbook:
    """Return a workbook as a spreadsheet program opens it."""
    return load_workbook(BytesIO(data))


def saved(book: Workbook) -> bytes:
    """Return a workbook as a spreadsheet program saves it."""
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def place(book: Workbook, key: str, column: str = "value") -> str:
    """Return the address of a cell of the row with that code."""
    sheet = book.worksheets[0]
    for row in range(1, sheet.max_row + 1):
        if sheet.cell(row, 1).value == key:
            return f"{COLUMN[column]}{row}"
    raise KeyError(key)


def fill(data: bytes, **values: Any) -> bytes:
    """Return the workbook with cells typed: ``fill(data, rd_spending__value=3)``."""
    book = opened(data)
    for name, value in values.items():
        key, _sep, column = name.partition("__")
        book.worksheets[0][place(book, key.replace("_", "-"), column or "value")].value = value
    return saved(book)


def differences(draft: Revision, data: bytes) -> Differences:
    """Return what an upload of ``data`` would show."""
    return compare(read_sheet(data), page_of(draft))


def signed_in(user: User) -> Client:
    """Return a browser in which ``user`` is signed in, reading English."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
