"""Counts and facets: from the tallies as from the rows; rows drawn as django-tables2 declares."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from apps.audit.verification.run import verify
from apps.cases.kinds import listed_record_kinds, record_kinds
from apps.cases.models import Case, Release
from apps.enterprises.models import RosterEntry
from apps.publications import listing as listings
from apps.publications import paging
from apps.publications.drawing import drawn_rows
from apps.publications.listing import Listing
from apps.publications.models import Tally
from apps.publications.queries import public_rows
from apps.publications.tallies import tally_missing
from apps.registry.credit_code import is_valid_credit_code
from tests import factories

pytestmark = pytest.mark.django_db

KINDS = [kind.code for kind in listed_record_kinds()]
CASE_KIND = {"indicator-values": "city-figures"}


def listing(code: str, query: str = "") -> Listing:
    request = RequestFactory().get(f"/?{query}")
    return Listing(record_kinds[code], request.GET, "/")


def publish(code: str, rows: Any, **options: Any) -> Any:
    return factories.published_case(CASE_KIND.get(code, code), rows, **options)


@pytest.mark.parametrize("code", KINDS)
def test_tallies_count_what_the_rows_do(code: str) -> None:
    publish(code, 5)
    publish(code, 3, year=2022) if code in {"awards", "policies"} else None

    shown = listing(code)

    assert shown.total == public_rows(shown.kind).count()
    assert shown.counts == shown.filterset.facet_counts()


@pytest.mark.parametrize(
    "query",
    [
        "grade=一等奖",
        "grade=一等奖&grade=三等奖&award_class=自然科学奖",
        "grade=特等奖",
        "report_year=2022",
        "report_year=2022&grade=二等奖",
        "q=应用&grade=一等奖",
        "q=应用&grade=一等奖&grade=三等奖&award_class=自然科学奖",
        "q=应用&programme=nowhere",
        "q=魑魅",
        "q=应用",
        "as_of=2020-01-01",
    ],
)
def test_every_choice_is_counted_as_the_rows_are(query: str) -> None:
    for year in (2022, 2023):
        publish(
            "awards",
            [
                factories.award_values(
                    number,
                    award_year=2020 + number % 2,
                    grade=["一等奖", "二等奖", "三等奖"][number % 3],
                    award_class=["技术发明奖", "自然科学奖"][number % 2],
                )
                for number in range(8)
            ],
            year=year,
        )

    shown = listing("awards", query)

    assert shown.total == shown.filterset.qs.count()
    assert shown.counts == shown.filterset.facet_counts()


def test_district_is_counted_by_its_code_and_chosen_by_its_name() -> None:
    beilun = factories.district("beilun").district
    publish("certifications", [factories.certification_values(n, district=beilun) for n in (1, 2)])
    publish("certifications", 1)

    for query in ("district=beilun", "district=北仑区"):
        shown = listing("certifications", query)
        assert shown.total == 2
        assert shown.counts["district"] == [("beilun", 2)]


def test_correction_is_counted_instead_of_what_it_corrects() -> None:
    first = publish("awards", [factories.award_values(1, grade="一等奖")])
    factories.advance(
        factories.change_first_row(factories.successor_of(first), grade="二等奖"), "published"
    )

    day = timezone.localdate()

    assert listing("awards").counts["grade"] == [("二等奖", 1)]
    assert listing("awards", f"as_of={day}").counts["grade"] == [("二等奖", 1)]
    assert Tally.objects.count() == 2


def test_what_was_published_before_is_tallied_once() -> None:
    publish("awards", 2)
    Tally.objects.all().delete()

    assert tally_missing() == 1
    assert tally_missing() == 0
    assert listing("awards").total == 2


def test_so_many_hits_are_not_counted_out(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listings, "MOST_COUNTED", 3)
    publish("events", 9)
    publish("policies", [factories.policy_values(n, category="办法") for n in range(6)])

    response = client.get("/policies/", {"q": "条例"}, headers={"accept-language": "en"})
    shown = response.context["listing"]

    assert shown.is_capped
    assert shown.total == 3
    assert "More than <b>3</b> entries" in response.content.decode()
    facet = next(facet for facet in shown.facets if facet.name == "category")
    assert [(option.value, option.count) for option in facet.options] == [("办法", None)]


def test_pages_are_numbered_as_far_as_they_are_quick(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "MOST_NUMBERED", 50)
    publish("events", 60)

    assert client.get("/events/").context["listing"].total == 60
    assert client.get("/events/?page=2").status_code == 404


@pytest.mark.parametrize("code", KINDS)
def test_rows_are_drawn_as_the_table_declares(client: Client, code: str) -> None:
    publish(code, 3)
    shown = listing(code)
    shown.paginate()

    drawn = drawn_rows(shown.table, shown.records)

    assert drawn.count("<tr") == 3
    for row in shown.table.page.object_list:
        for _column, cell in row.items():
            assert str(cell) in drawn


def test_cells_are_escaped() -> None:
    publish("awards", [factories.award_values(1, title="<b>&", people=["<i>"])])
    shown = listing("awards")
    shown.paginate()

    assert "&lt;b&gt;&amp;</a>" in shown.drawn
    assert "&lt;i&gt;" in shown.drawn
    assert "<b>" not in shown.drawn


def test_benchmark_rows_are_published_like_any(client: Client) -> None:
    call_command("make_benchmark_data", rows=30, seed=7, verbosity=0)

    assert RosterEntry.objects.public().count() == 30
    assert listing("roster-entries").total == 30
    assert list(verify()) == []
    assert Release.objects.count() == 1
    entry = RosterEntry.objects.first()
    assert is_valid_credit_code(entry.credit_code)
    assert (
        client.get(reverse("publications:record", args=["roster-entries", entry.uid])).status_code
        == 200
    )
    call_command("make_benchmark_data", rows=1, verbosity=0)
    assert Case.objects.count() == 2


def test_benchmark_rows_do_not_mix_with_real_ones() -> None:
    publish("awards", 1)

    with pytest.raises(CommandError, match="real cases"):
        call_command("make_benchmark_data", rows=5)
    call_command("make_benchmark_data", rows=5, beside_real_data=True)
    with pytest.raises(CommandError, match="from 1"):
        call_command("make_benchmark_data", rows=0)

    assert listing("roster-entries").total == 5


def test_listing_costs_the_same_queries_with_facets(
    client: Client, django_assert_num_queries: Callable[..., Any]
) -> None:
    publish("awards", 60)

    with django_assert_num_queries(6):
        client.get("/awards/?grade=一等奖&page=2")
