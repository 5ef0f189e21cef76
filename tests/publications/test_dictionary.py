"""The public dictionary of indicators: page, downloads, and the versions on an indicator's page."""

import csv
import io
import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Role
from apps.registry.dictionary import define
from tests import factories

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def _two_versions() -> None:
    spending = factories.indicator("rd-spending", definition="旧定义", aliases=["研发经费"])
    factories.indicator("firms", units=["家"], value_type="integer", precision=0)
    keeper = factories.person(Role.ADMINISTRATOR)
    define(keeper, spending, 2024, {"units": ["万元"], "definition": "=新定义"}, "统计制度调整")


def test_page_shows_the_definition_of_the_asked_year(client: Client) -> None:
    now = client.get("/data/indicators/", headers=ENGLISH).content.decode()
    then = client.get("/data/indicators/?year=2023", headers=ENGLISH).content.decode()

    assert ("=新定义" in now, "旧定义" in now) == (True, False)
    assert ("=新定义" in then, "旧定义" in then) == (False, True)
    assert "2 indicators" in now
    assert "2 versions" in now
    assert '<a href="?year=2024">2024</a>' in now
    assert client.get("/data/indicators/?year=abc").status_code == 400


def test_page_takes_the_same_queries_however_long(client: Client) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/data/indicators/")
        return len(queries)

    few = count()
    for number in range(20):
        factories.indicator(f"more-{number}")
    assert count() == few <= 10


def test_downloads_hold_every_version(client: Client) -> None:
    text = client.get("/data/indicators.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))

    assert [(row["code"], row["from_year"], row["until_year"]) for row in rows] == [
        ("firms", "", ""),
        ("rd-spending", "", "2023"),
        ("rd-spending", "2024", ""),
    ]
    assert (rows[2]["units"], rows[2]["changed"], rows[2]["is_break"]) == (
        "万元",
        "units|definition",
        "true",
    )
    # Nothing that a spreadsheet takes for a formula.
    assert rows[2]["definition"] == "'=新定义"
    whole = json.loads(client.get("/data/indicators.json").content)
    assert [row["code"] for row in whole["results"]] == ["firms", "rd-spending", "rd-spending"]
    assert (
        whole["results"][2] | {"definition": "=新定义", "until_year": None} == whole["results"][2]
    )
    assert whole["results"][1]["aliases"] == ["研发经费"]


def test_indicator_tells_what_changed_and_why(client: Client) -> None:
    html = client.get("/indicators/rd-spending/", headers=ENGLISH).content.decode()

    assert "<del>亿元</del> <ins>万元</ins>" in html
    assert "统计制度调整" in html
    assert "from 2024" in html
    same = client.get("/indicators/firms/", headers=ENGLISH).content.decode()
    assert "has not changed" in same
