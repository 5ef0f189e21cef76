"""Completeness by indicator: every figure equals a recount in SQL that was written apart."""

import csv
import io
import random

import pytest
from django.db import connection
from django.db.models import Q

from apps.accounts.models import Role
from apps.cases.domain.findings import explain
from apps.cases.models import Revision, Severity
from apps.districts.completeness import completeness
from apps.registry.models import AskedOf
from tests import factories
from tests.cases.desk.pages import said, signed_in

pytestmark = pytest.mark.django_db
URL = "/desk/returns/completeness/"
SLUGS = ("haishu", "beilun", "cixi", "zhenhai")

# From the definition: the return as last reported, the bureau's own figure of the year, a value
# before a reason, a reason before a gap.
RECOUNT = """
WITH house AS (SELECT b.id, d.id AS unit FROM accounts_bureau b
    JOIN registry_district d ON d.bureau_id = b.id WHERE b.kind <> 'city'),
told AS (
    SELECT DISTINCT ON (c.bureau_id) c.bureau_id, r.id AS revision
    FROM cases_case c JOIN cases_revision r ON r.case_id = c.id
    WHERE c.kind = 'district-returns' AND c.year = 2023 AND r.submitted_at IS NOT NULL
    ORDER BY c.bureau_id, r.number DESC
)
SELECT i.code, h.id, CASE
    WHEN t.revision IS NULL THEN 'unreported'
    ELSE COALESCE((
        SELECT CASE WHEN v.value IS NOT NULL THEN 'filled' ELSE v.blank END
        FROM districts_indicatorvalue v
        WHERE v.revision_id = t.revision AND v.indicator_id = i.id AND v.reporting_unit_id = h.unit
          AND v.period = '2023' AND v.status = 'actual' AND v.subject = ''
        ORDER BY v.value IS NOT NULL DESC, v.blank = 'not_applicable' DESC,
                 v.blank = 'withheld' DESC LIMIT 1
    ), 'missing') END
FROM registry_indicator i CROSS JOIN house h LEFT JOIN told t ON t.bureau_id = h.id
WHERE i.asked_of <> 'city'
"""


def recount():
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT)
        return {(code, bureau): standing for code, bureau, standing in cursor.fetchall()}


def counted():
    found = completeness(2023, Q(), Revision.objects.all())
    return {
        (row.indicator.code, bureau): standing
        for row in found.rows
        for bureau, standing in row.cells.items()
    }


def _generate(seed):
    """Let districts report by the workflow's own steps: values, reasons, gaps, other years."""
    dice = random.Random(seed)
    indicators = [factories.indicator(f"i-{n}") for n in range(6)]
    factories.indicator("of-the-city", asked_of=AskedOf.CITY)
    factories.reporting_year()
    for slug in SLUGS:
        bureau = factories.district(slug)
        rows = []
        for indicator in indicators:
            for subject in ("", "某实验室"):
                chance = dice.random()
                common = {"bureau": bureau, "indicator": indicator, "subject": subject}
                if chance < 0.4:
                    rows.append(factories.figure_values(**common))
                elif chance < 0.7:
                    blank = dice.choice(["not_applicable", "withheld", "missing"])
                    rows.append(factories.figure_values(**common, value=None, blank=blank))
                elif chance < 0.8:
                    rows.append(factories.figure_values(**common, period="2022"))
        state = dice.choice(["none", "draft", "submitted", "submitted", "reviewing"])
        if rows and state != "none":
            revision = factories.open_return(bureau, rows)
            for finding in factories.run_rules(revision):
                if finding.severity == Severity.EXPLAIN:
                    explain(factories.filler_of(revision), finding.pk, "数据口径与往年一致。")
            factories.advance(revision, state)


@pytest.mark.parametrize("seed", range(4))
def test_cells_equal_the_recount(seed):
    _generate(seed)

    assert counted() == recount()


def test_page_shows_counts_and_leads_to_the_bureaus():
    factories.submitted_case(
        "district-returns",
        [
            factories.figure_values(1),
            factories.figure_values(2, value=None, blank="not_applicable"),
        ],
    )
    factories.indicator("never")
    factories.district("cixi")
    client = signed_in(factories.staff(Role.CITY_REVIEWER))

    page = client.get(f"{URL}?year=2023")

    rows = {row.indicator.code: row for row in page.context["page_obj"]}
    figures = {
        code: (row.filled, row.not_applicable, row.withheld, row.missing, row.unreported, row.share)
        for code, row in rows.items()
    }
    assert figures == {
        "indicator-1": (1, 0, 0, 0, 1, 50),
        "indicator-2": (0, 1, 0, 0, 1, 0),
        "never": (0, 0, 0, 1, 1, 0),
    }
    assert "<svg" in page.content.decode()
    one = client.get(f"{URL}?year=2023&indicator=indicator-1")
    assert [(str(i["word"]), bool(i["case"])) for i in one.context["bureaus"]] == [
        ("figure given", True),
        ("return not reported", False),
    ]
    assert client.get(f"{URL}?year=2023&indicator=none").status_code == 404
    assert client.get(f"{URL}?year=1999").status_code == 404


def test_district_sees_only_itself():
    cixi = factories.district("cixi")
    factories.submitted_case(
        "district-returns", [factories.figure_values(bureau=cixi)], bureau=cixi
    )
    factories.open_return()
    client = signed_in(factories.staff(Role.DISTRICT_FILLER))

    text = client.get(f"{URL}?year=2023&_export=csv").content.decode("utf-8-sig")

    lines = list(csv.DictReader(io.StringIO(text)))
    assert {line["bureau"] for line in lines} == {"北仑区科学技术局"}
    assert {line["standing"] for line in lines} == {"unreported"}
    assert "Cixi" not in said(client.get(URL))


def test_without_a_year_there_is_no_page():
    assert signed_in(factories.staff(Role.AUDITOR)).get(URL).status_code == 404
    factories.reporting_year()
    assert signed_in(factories.staff(Role.ADMINISTRATOR)).get(URL).status_code == 404


@pytest.mark.parametrize("count", [1, 4])
def test_page_costs_ten_queries_at_any_size(django_assert_max_num_queries, count):
    for slug in SLUGS[:count]:
        bureau = factories.district(slug)
        rows = [factories.figure_values(n, bureau=bureau) for n in range(1, 2 + 5 * count)]
        factories.submitted_case("district-returns", rows, bureau=bureau)
    client = signed_in(factories.staff(Role.CITY_REVIEWER))

    client.get("/desk/")  # the session is written once a minute
    for query in ("", "?indicator=indicator-1", "?_export=csv"):
        with django_assert_max_num_queries(10):
            client.get(f"{URL}{query}")
