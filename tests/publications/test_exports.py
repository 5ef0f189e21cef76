"""Exports: exactly what is filtered, in the order shown, safe to open in a spreadsheet."""

import csv
import io
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.cases.kinds import listed_record_kinds
from apps.publications import exports
from apps.publications.exports import defused, plain
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
    assert [[plain(value) for value in line] for line in cells] == lines


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
    monkeypatch.setattr(exports, "EXCEL_ROWS", 2)

    response = client.get("/awards/", {"_export": "xlsx"})

    assert response.status_code == 400
    assert "CSV" in response.context["reason"]
