"""Exports: exactly what is filtered, in the order shown, safe to open in a spreadsheet."""

import csv
import io
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.cases.kinds import listed_record_kinds
from apps.cases.spreadsheets import defused
from apps.publications import columns, exports, sheets
from apps.publications.exports import plain
from apps.publications.listing import Listing
from tests import factories

pytestmark = pytest.mark.django_db

KINDS = [kind.code for kind in listed_record_kinds()]
CASE_KIND = {"indicator-values": "city-figures"}
HEADERS = {
    "awards": [
        "programme",
        "award_class",
        "grade",
        "award_year",
        "announced_on",
        "title",
        "organisations",
        "people",
        "flags",
        "report_year",
        "id",
        "url",
        "release",
        "revision",
    ],
    "laureates": [
        "programme",
        "award_year",
        "name",
        "employer",
        "nominator",
        "flags",
        "report_year",
        "id",
        "url",
        "release",
        "revision",
    ],
}


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def as_csv(client: Client, path: str, **query: Any) -> list[list[str]]:
    text = body(client.get(path, {**query, "_export": "csv"})).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def as_json(client: Client, path: str, **query: Any) -> list[dict[str, Any]]:
    return json.loads(body(client.get(path, {**query, "_export": "json"})))["results"]


def as_xlsx(client: Client, path: str, **query: Any) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(
        io.BytesIO(body(client.get(path, {**query, "_export": "xlsx"}))), read_only=True
    )
    rows = list(book.active.iter_rows(values_only=True))
    book.close()
    return rows


def in_csv(value: Any) -> str:
    """Return a cell of a sheet as CSV has it; a sheet knows no whole numbers."""
    return plain(int(value) if isinstance(value, float) and value.is_integer() else value)


def publish_graded() -> Any:
    return factories.published_case(
        "awards",
        [
            factories.award_values(number, grade=grade)
            for number, grade in enumerate(
                ["一等奖", "二等奖", "一等奖", "三等奖", "一等奖"], start=1
            )
        ],
    )


@pytest.mark.parametrize("code", KINDS)
@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_export_holds_every_row_in_printed_order(client: Client, code: str, form: str) -> None:
    published = factories.published_case(CASE_KIND.get(code, code), 3)
    path = reverse("publications:listing", args=[code])
    uids = [str(row.uid) for row in factories.records_of(published)]

    if form == "json":
        found = [row["id"] for row in as_json(client, path)]
    else:
        head, *rows = as_csv(client, path) if form == "csv" else as_xlsx(client, path)
        found = [row[list(head).index("id")] for row in rows]

    assert found == uids


def test_three_forms_say_the_same_of_a_filtered_sorted_list(client: Client) -> None:
    publish_graded()
    query = {"grade": "一等奖", "sort": "-title"}

    rows = as_json(client, "/awards/", **query)
    head, *lines = as_csv(client, "/awards/", **query)
    xlsx_head, *cells = as_xlsx(client, "/awards/", **query)

    assert [row["title"][-1] for row in rows] == ["5", "3", "1"]
    assert lines == [[plain(row[name]) for name in head] for row in rows]
    assert list(xlsx_head) == head
    assert [[in_csv(value) for value in line] for line in cells] == lines


@pytest.mark.parametrize("code", sorted(HEADERS))
def test_csv_begins_with_the_mark_and_the_fixed_names(client: Client, code: str) -> None:
    response = client.get(reverse("publications:listing", args=[code]), {"_export": "csv"})

    text = body(response)

    assert text == ("\ufeff" + ",".join(HEADERS[code]) + "\r\n").encode()
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == (
        f'attachment; filename="{code}-{timezone.localdate():%Y-%m-%d}.csv"'
    )


def test_export_of_a_day_bears_that_day(client: Client) -> None:
    publish_graded()

    response = client.get("/awards/", {"_export": "json", "as_of": "2020-01-01"})

    assert response["Content-Disposition"] == 'attachment; filename="awards-2020-01-01.json"'
    assert json.loads(body(response)) == {"results": []}


def test_export_ignores_the_page(client: Client) -> None:
    factories.published_case("awards", 51)

    assert len(as_json(client, "/awards/", page="2")) == 51


@pytest.mark.parametrize("rows", [1, 3, 100])
@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_export_costs_the_same_queries_at_any_number_of_rows(
    client: Client, django_assert_num_queries: Callable[..., Any], form: str, rows: int
) -> None:
    factories.published_case("certifications", rows)

    # What is public now, then the rows; a sheet is told their number first.
    with django_assert_num_queries(3 if form == "xlsx" else 2):
        body(client.get("/platforms/", {"_export": form}))


def test_figures_keep_their_digits_in_csv_and_are_numbers_in_excel(client: Client) -> None:
    factories.published_case(
        "city-figures",
        [
            factories.figure_values(1, factories.city(), value=Decimal("104.20")),
            factories.figure_values(2, factories.city(), value=None, blank="missing"),
        ],
    )

    head, first, second = as_csv(client, "/indicators/")
    xlsx_head, xlsx_first, xlsx_second = as_xlsx(client, "/indicators/")

    assert (first[head.index("value")], second[head.index("value")]) == ("104.20", "")
    assert xlsx_first[xlsx_head.index("value")] == 104.2
    assert xlsx_second[xlsx_head.index("value")] is None


def test_formula_in_a_cell_is_text_in_a_spreadsheet(client: Client) -> None:
    factories.published_case(
        "awards",
        [factories.award_values(1, title='=HYPERLINK("http://example.org")', people=["@甲", "乙"])],
    )

    head, row = as_csv(client, "/awards/")
    xlsx = as_xlsx(client, "/awards/")

    assert row[head.index("title")] == '\'=HYPERLINK("http://example.org")'
    assert row[head.index("people")] == "'@甲|乙"
    assert xlsx[1][head.index("title")] == '=HYPERLINK("http://example.org")'
    assert as_json(client, "/awards/")[0]["title"].startswith("=")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+86", "+86"),
        ("+cmd", "'+cmd"),
        ("-5.20", "-5.20"),
        ("-x", "'-x"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("\nx", "'\nx"),
        ("x=1", "x=1"),
        ("", ""),
    ],
)
def test_defused(text: str, expected: str) -> None:
    assert defused(text) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        (["甲", "乙"], "甲|乙"),
        (True, "true"),
        (False, "false"),
        (7, "7"),
    ],
)
def test_plain(value: Any, expected: str) -> None:
    assert plain(value) == expected


def test_list_too_long_for_a_sheet_is_refused_in_a_sentence(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.published_case("awards", 3)
    monkeypatch.setattr(sheets, "EXCEL_ROWS", 2)

    response = client.get("/awards/", {"_export": "xlsx"})

    assert response.status_code == 400
    assert "CSV" in response.context["reason"]


NASTY = [
    '=HYPERLINK("http://example.org")',
    "+86",
    "-5.20",
    "-",
    "+1\n2",
    "@x",
    "\tx",
    "\rx",
    "\n",
    "-1\n",
    "-１",
    "a,b",
    'say "x"',
    " led by a space",
    "ends in one ",
    "\\.",
    "\\N",
    "two\r\nlines",
    "100 %s %",
    "甬\U0002000b",
    "_x0041_",
]


def nasty_rows(code: str) -> list[dict[str, Any]]:
    """Return a row for each text, in every field of text that a row of the kind has."""
    make = factories.ROW_VALUES[code]
    rows = []
    for number, text in enumerate(NASTY, start=1):
        values = make(number)
        for name, value in values.items():
            if isinstance(value, list):
                values[name] = [text, "乙"]
        title = {"laureates": "name", "certifications": "platform"}.get(code, "title")
        rows.append({**values, title: text})
    return rows


@pytest.mark.parametrize("code", KINDS)
def test_database_writes_the_lines_that_python_would(code: str) -> None:
    """Byte for byte: rows, cells, quotation marks, line ends, what is defused."""
    rows: Any = nasty_rows(code) if code != "indicator-values" else figures()
    factories.published_case(CASE_KIND.get(code, code), rows)
    kind = next(kind for kind in listed_record_kinds() if kind.code == code)
    listing = Listing(kind, QueryDict(), "/")

    found = columns.columns(kind)

    assert found is not None
    by_python = list(columns._represented(listing))
    assert list(columns.copied(listing, found)) == list(exports.written(iter(by_python)))
    assert len(by_python) > 3
    as_api = [exports.JSONRenderer().render(row) for row in by_python]
    in_file = b"".join(exports.json_parts(listing)).split(b"\n")[1:-2]
    assert [line.removesuffix(b",") for line in in_file] == as_api


def figures() -> list[dict[str, Any]]:
    city = factories.city()
    return [
        factories.figure_values(1, city, value=Decimal("104.20"), qualifier="=约", scope="own"),
        factories.figure_values(2, city, value=None, blank="missing"),
        factories.figure_values(3, city, value=Decimal("0.50"), subject="-x", scope="zone"),
        factories.figure_values(4, city, value=Decimal("0.000010"), rank="-第1"),
        factories.figure_values(5, city, value=Decimal("100000000000"), scope="whole"),
    ]


def test_list_that_no_row_can_fit_is_a_head(client: Client) -> None:
    publish_graded()

    assert len(as_csv(client, "/awards/", award_year="0", report_year="0")) == 1
    assert len(as_csv(client, "/awards/", award_year="999999999")) == 1
    (head, *rows) = as_xlsx(client, "/awards/", award_year="999999999")
    assert head[:3] == ("programme", "award_class", "grade")
    assert not any(any(row) for row in rows)


def test_cells_of_a_sheet_have_their_type_and_each_head_its_note(client: Client) -> None:
    factories.published_case("events", [factories.event_values(1, title="=1+1")])

    file = io.BytesIO(body(client.get("/events/", {"_export": "xlsx"})))

    sheet = openpyxl.load_workbook(file).active
    heads = {cell.value: cell for cell in sheet[1]}
    cells = {name: sheet.cell(2, head.column) for name, head in heads.items()}
    assert cells["date_from"].is_date
    assert cells["date_from"].number_format == "yyyy-mm-dd"
    assert (cells["report_year"].value, cells["report_year"].data_type) == (2023, "n")
    assert (cells["title"].value, cells["title"].data_type) == ("=1+1", "s")
    assert "Permanent id of the row" in heads["id"].comment.text
    assert all(head.comment for head in heads.values())
    assert sheet.freeze_panes == "A2"


def test_text_too_long_for_a_cell_is_refused_not_cut(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "EXCEL_CELL", 199)
    revision = factories.published_case("policies", [factories.policy_values(1, note="长" * 200)])
    release = factories.release_of(revision).number

    for path in (
        "/policies/?_export=xlsx",
        f"/releases/{release}/{revision.case_id}-policies.xlsx",
    ):
        response = client.get(path, headers={"accept-language": "en"})
        assert response.status_code == 400
        assert "column “note” has more" in response.context["reason"]
    assert as_csv(client, "/policies/")[1][3] == "长" * 200
