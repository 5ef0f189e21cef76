"""Open data: packages that other programs read, the dictionary, the catalogue, the site's map."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import frictionless
import openpyxl
import pytest
from django.test import Client
from lxml import etree

from apps.cases.kinds import listed_record_kinds
from apps.publications.opendata import archive
from apps.publications.opendata.dictionary import columns_of
from tests import factories

pytestmark = pytest.mark.django_db

EN = {"accept-language": "en"}
ATOM = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


def unpacked(response: Any) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist()}


def faults_of(files: dict[str, bytes], folder: Path) -> list[Any]:
    """Return what the Frictionless framework finds wrong with a package."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    with frictionless.system.use_context(trusted=True):
        report = frictionless.Package(str(folder / "datapackage.json")).validate()
    assert report.stats["tasks"] > 0
    return list(report.flatten(["rowNumber", "fieldName", "type", "message"]))


ROWS = {
    "awards": [
        factories.award_values(1, title="=1+1", people=["张三", "Anna Lind"]),
        factories.award_values(2, title="-A"),
    ],
    "laureates": [factories.laureate_values()],
    "certifications": [factories.certification_values()],
    "roster-entries": [factories.roster_entry_values()],
    "policies": [factories.policy_values()],
    "events": [factories.event_values()],
}


@pytest.mark.parametrize("code", sorted(ROWS))
def test_package_of_every_listing_is_valid(client: Client, code: str, tmp_path: Path) -> None:
    factories.published_case(code, ROWS[code])
    path = next(kind.path for kind in listed_record_kinds() if kind.code == code)

    files = unpacked(client.get(f"/{path}", {"_export": "zip"}))

    assert list(files) == [
        f"{code}.csv",
        "dictionary.csv",
        "dcat.jsonld",
        "datapackage.json",
    ]
    assert faults_of(files, tmp_path) == []
    (resource,) = json.loads(files["datapackage.json"])["resources"]
    table = files[f"{code}.csv"]
    assert resource["hash"] == f"sha256:{hashlib.sha256(table).hexdigest()}"
    assert resource["bytes"] == len(table)
    assert table == b"".join(client.get(f"/{path}", {"_export": "csv"}).streaming_content)  # type: ignore[attr-defined]


def test_package_holds_what_the_listing_shows(client: Client) -> None:
    factories.published_case("awards", ROWS["awards"])

    files = unpacked(client.get("/awards/", {"_export": "zip", "q": "-A"}))

    rows = list(csv.DictReader(io.StringIO(files["awards.csv"].decode("utf-8-sig"))))
    assert [row["title"] for row in rows] == ["'-A"]


def figures() -> list[dict[str, Any]]:
    city = factories.city()
    return [
        factories.figure_values(1, city, qualifier="超", scope="own"),
        factories.figure_values(2, city, value=None, blank="withheld"),
        factories.figure_values(3, city, status="target", value=Decimal("0.50")),
    ]


def test_release_is_one_package_with_its_manifest(client: Client, tmp_path: Path) -> None:
    revision = factories.published_case("city-figures", figures())
    release = factories.release_of(revision)
    client.get("/releases/")

    files = unpacked(client.get(f"/releases/{release.number}/data.zip"))

    table = f"{revision.case_id}-indicator-values.csv"
    assert files["manifest.json"] == release.manifest.encode()
    assert faults_of(files, tmp_path) == []
    rows = list(csv.DictReader(io.StringIO(files[table].decode("utf-8-sig"))))
    # Status, unit, scope and qualifier stand in columns of their own.
    assert [
        (row["value"], row["unit"], row["scope"], row["qualifier"], row["status"], row["blank"])
        for row in rows
    ] == [
        ("13.50", "亿元", "本级", "超", "actual", ""),
        ("", "亿元", "", "", "actual", "withheld"),
        ("0.50", "亿元", "", "", "target", ""),
    ]
    described = json.loads(files["dcat.jsonld"])
    assert described["dct:identifier"] == f"release-{release.number}"


def test_release_of_a_return_holds_its_narrative_too(client: Client, tmp_path: Path) -> None:
    revision = factories.published_case("district-returns", 2)
    number = factories.release_of(revision).number

    files = unpacked(client.get(f"/releases/{number}/data.zip"))

    assert faults_of(files, tmp_path) == []
    sections = files[f"{revision.case_id}-narrative-sections.csv"].decode("utf-8-sig")
    (section,) = csv.DictReader(io.StringIO(sections))
    assert section["url"].endswith(f"/cases/{revision.case_id}/{revision.number}/")


def test_old_release_is_the_same_bytes_after_a_correction_and_not_after_a_withdrawal(
    client: Client,
) -> None:
    first = factories.published_case("awards", 2)
    path = f"/releases/{factories.release_of(first).number}"
    forms = (
        f"{path}/data.zip",
        f"{path}/{first.case_id}-awards.csv",
        f"{path}/{first.case_id}-awards.xlsx",
    )
    before = [b"".join(client.get(form).streaming_content) for form in forms]  # type: ignore[attr-defined]

    corrected = factories.advance(
        factories.change_first_row(factories.successor_of(first)), "published"
    )

    assert [b"".join(client.get(form).streaming_content) for form in forms] == before  # type: ignore[attr-defined]

    factories.advance(corrected, "withdrawn")

    assert "awards.csv" not in str(list(unpacked(client.get(forms[0]))))
    assert [client.get(form).status_code for form in forms[1:]] == [410, 410]


def test_sheet_of_a_released_case_has_typed_cells(client: Client) -> None:
    revision = factories.published_case("city-figures", figures())
    number = factories.release_of(revision).number

    response = client.get(f"/releases/{number}/{revision.case_id}-indicator-values.xlsx")

    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))  # type: ignore[attr-defined]
    head, first, *_rest = book.active.iter_rows(values_only=True)
    assert dict(zip(head, first, strict=True))["value"] == 13.5


@pytest.mark.parametrize("name", ["awards.pdf", "policies.csv", "nothing.csv"])
def test_file_that_a_case_does_not_have_is_not_found(client: Client, name: str) -> None:
    revision = factories.published_case("awards", 1)
    number = factories.release_of(revision).number

    assert client.get(f"/releases/{number}/{revision.case_id}-{name}").status_code == 404
    assert client.get("/releases/2099-001/data.zip").status_code == 404


def test_every_column_has_a_meaning_in_both_languages() -> None:
    for kind in listed_record_kinds():
        columns = columns_of(kind)
        assert [column.name for column in columns] == list(kind.serializer().fields)
        assert all(column.title and column.title_en for column in columns)
        assert not [column.name for column in columns if column.title == column.name]
    assert {column.type for kind in listed_record_kinds() for column in columns_of(kind)} == {
        "integer",
        "number",
        "date",
        "string",
    }


def test_data_page_names_every_list_and_form(
    client: Client, django_assert_num_queries: Callable[..., Any]
) -> None:
    factories.published_case("awards", 1)

    with django_assert_num_queries(2):
        body = client.get("/data/", headers=EN).content.decode()

    for kind in listed_record_kinds():
        for form in ("csv", "xlsx", "json", "zip"):
            assert f"/{kind.path}?_export={form}" in body
    assert "Names in printed order" in body
    assert client.get("/data/").status_code == 200


def test_catalogue_names_datasets_publisher_and_forms(client: Client) -> None:
    factories.city()
    empty = json.loads(client.get("/data/catalogue.jsonld").content)
    assert "dct:modified" not in empty["dcat:dataset"][0]
    factories.published_case("awards", 1)

    response = client.get("/data/catalogue.jsonld")

    described = json.loads(response.content)
    assert response["Content-Type"] == "application/ld+json"
    assert described["dct:publisher"]["foaf:name"] == "宁波市科学技术局"
    assert len(described["dcat:dataset"]) == len(list(listed_record_kinds()))
    links = [
        item["dcat:downloadURL"]["@id"]
        for item in described["dcat:dataset"][0]["dcat:distribution"]
        if "dcat:downloadURL" in item
    ]
    for link in links:
        answer = client.get(link.removeprefix("http://127.0.0.1:8000"))
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_dictionary_is_one_line_a_column(client: Client) -> None:
    response = client.get("/data/dictionary.csv")

    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    people = next(r for r in rows if (r["table"], r["column"]) == ("awards", "people"))
    assert (people["list"], people["type"]) == ("true", "string")
    assert people["title_en"] == "completing people"


def test_archive_of_an_early_moment_and_of_long_members() -> None:
    import datetime as dt

    long = archive.Member("long.csv", (b"0123456789" * 10_000 for _part in range(30)))
    parts = list(archive.zip_parts([long], dt.datetime(1970, 1, 1, tzinfo=dt.UTC)))

    assert long.length == 3_000_000
    assert len(parts) > 1
    with zipfile.ZipFile(io.BytesIO(b"".join(parts))) as file:
        assert file.getinfo("long.csv").date_time[0] == 1980
        assert len(file.read("long.csv")) == 3_000_000


def test_map_of_the_site_names_pages_that_stand(client: Client) -> None:
    factories.published_case("awards", 1)
    factories.published_case("district-returns", 1)
    index = etree.fromstring(client.get("/sitemap.xml").content)

    found = 0
    for part in index.iter(ATOM):
        text = str(part.text)
        answer = client.get(text[text.index("/sitemap") :])
        for page in etree.fromstring(answer.content).iter(ATOM):
            path = "/" + str(page.text).split("/", 3)[3]
            assert client.get(path).status_code == 200, path
            found += 1
    assert found > 15
    assert client.get("/sitemap-nothing.xml").status_code == 404


def test_robots_are_kept_out_of_the_desk_and_of_notices(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()

    assert "Disallow: /desk/" in text
    assert "Disallow: /notices/" in text
    assert "Disallow: /*_export=" in text
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in text
