"""Cells copied from a spreadsheet, read for a column of the form."""

import json

import pytest
from django.test import Client

from apps.accounts.models import Role
from apps.districts.models import IndicatorValue
from apps.districts.pasting import pasted_cells, read_paste, read_rows
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def lines():
    return [
        factories.indicator("spending"),
        factories.indicator("firms", units=["家"], precision=0),
        factories.indicator("share", units=["%"], precision=1),
    ]


def _read(text, lines, column="value", locked=()):
    return read_paste(text, column, lines, set(locked))


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("1\n2\n", [["1"], ["2"]]),
        ("1\r\n2\r\n", [["1"], ["2"]]),
        ("1\r2", [["1"], ["2"]]),
        ("超\t1\n\t2\n", [["超", "1"], ["", "2"]]),
        ('"two\nlines"\t1\n', [["two\nlines", "1"]]),
        ("1\n\n3\n\n", [["1"], [], ["3"]]),
    ],
)
def test_rows_are_those_of_the_spreadsheet(text, rows):
    assert read_rows(text) == rows


@pytest.mark.parametrize(
    ("cell", "value", "qualifier", "blank", "printed"),
    [
        ("118.6", "118.60", "", "", "118.60亿元"),
        ("１，２３４．５", "1234.50", "", "", "1234.50亿元"),
        ("1,234,567", "1234567.00", "", "", "1234567.00亿元"),
        ("118.6亿元", "118.60", "", "", "118.60亿元"),
        ("超118.6", "118.60", "超", "", "超118.60亿元"),
        ("超过 118.6 亿元", "118.60", "超过", "", "超过118.60亿元"),
        ("300余亿元", "300.00", "余", "", "300.00余亿元"),
        ("300亿元以上", "300.00", "以上", "", "300.00亿元以上"),
        ("0", "0.00", "", "", "0.00亿元"),
        ("不适用", "", "", "not_applicable", "not applicable"),
        ("Withheld", "", "", "withheld", "withheld"),
        ("缺", "", "", "missing", "missing"),
    ],
)
def test_cell_is_read_as_offices_write_it(lines, cell, value, qualifier, blank, printed):
    [one], beyond = _read(cell, lines[:1])

    assert one.values == {"value": value, "qualifier": qualifier, "blank": blank}
    assert (one.printed, one.is_fault, beyond) == (printed, False, 0)
    assert bool(one.note) is (bool(value) and value != cell)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("—", "not why"),
        ("#REF!", "spreadsheet error"),
        ("9.13E+17", "shortened a long number"),
        ("118.6万元", "in 万元"),
        ("118.666", "decimal places"),
        ("viel", "not a number"),
        ("2024-05-01", "date"),
    ],
)
def test_cell_that_cannot_be_read_says_why(lines, cell, words):
    [one], _beyond = _read(cell, lines[:1])

    assert (one.values, one.is_fault, one.printed) == (None, True, "")
    assert words in one.note


def test_each_row_goes_to_its_line(lines):
    pasted, beyond = _read("118.6\n\n33.3\n4\n5\n", lines)

    assert [one.values and one.values["value"] for one in pasted] == ["118.60", None, "33.3"]
    assert pasted[1].note == "Empty; the line stays as it is."
    assert beyond == 2
    assert pasted_cells(pasted) == [
        {"code": "spending", "value": "118.60", "qualifier": "", "blank": ""},
        {"code": "share", "value": "33.3", "qualifier": "", "blank": ""},
    ]


def test_locked_line_keeps_its_place_and_is_left_out(lines):
    pasted, _beyond = _read("1\n2\n3", lines, locked=["firms"])

    assert [cell["code"] for cell in pasted_cells(pasted)] == ["spending", "share"]
    assert "locked" in pasted[1].note


def test_columns_go_to_the_columns_on_the_right(lines):
    pasted, _beyond = _read("超\t1\t\n近\t2\n\t\t保密", lines, column="qualifier")

    assert [(c["qualifier"], c["value"], c["blank"]) for c in pasted_cells(pasted)] == [
        ("超", "1.00", ""),
        ("近", "2", ""),
        ("", "", "withheld"),
    ]


def test_value_with_a_reason_for_none_is_a_fault(lines):
    [one], _beyond = _read("1\t保密", lines[:1])

    assert (one.is_fault, one.note) == (
        True,
        "Give a value, or say why there is none, not both.",
    )


def test_reason_that_is_none_is_a_fault(lines):
    [one], _beyond = _read("vielleicht", lines[:1], column="blank")

    assert one.is_fault


# The address that scripts ask


@pytest.fixture
def draft():
    factories.indicator("spending")
    return factories.open_return(rows=0, year=2024)


def _ask(draft, person=None, **data):
    person = person or factories.filler_of(draft)
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client.post(
        f"/desk/returns/{draft.case_id}/paste/",
        {"text": "1\n2", "column": "value", "codes": '["spending"]', "locked": "[]", **data},
        headers={"X-Person": str(person.pk)},
    )


def test_preview_stores_nothing(draft):
    answer = _ask(draft)

    content = json.loads(answer.content)
    assert content["cells"] == [{"code": "spending", "value": "1.00", "qualifier": "", "blank": ""}]
    assert "1.00亿元" in content["html"]
    assert "1 row finds no line" in content["html"]
    assert not IndicatorValue.objects.filter(revision=draft).exists()


@pytest.mark.parametrize(
    "data",
    [
        {"codes": "{}"},
        {"codes": "[1]"},
        {"codes": "["},
        {"locked": "7"},
        {"column": "unit"},
        {"text": "1\n" * 200_000},
    ],
)
def test_what_is_no_column_of_cells_is_refused(draft, data):
    assert _ask(draft, **data).status_code == 422


def test_preview_is_of_a_return_in_scope(draft):
    stranger = factories.person(Role.DISTRICT_FILLER, factories.district("cixi"))

    assert _ask(draft, stranger).status_code == 404
