"""The reviewer's page: opens at what changed, shows what stands beside, keeps what was seen."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import Role
from apps.cases.beside import Peer, spread_of
from apps.cases.domain.findings import decide, explain
from apps.cases.domain.looking import mark_seen
from apps.cases.domain.records import save_record
from apps.cases.errors import NotAllowed
from apps.cases.kinds import record_kinds
from apps.cases.models import Finding, FindingStatus, Look, Severity, State
from apps.districts.kind import INDICATOR_VALUE
from tests import factories as f
from tests.cases.desk.pages import said, signed_in

pytestmark = pytest.mark.django_db
UNITS = ("haishu", "jiangbei", "zhenhai")


def url(revision: Any, query: str = "") -> str:
    """Return the review page of a case."""
    return f"/desk/cases/{revision.case_id}/review/{query}"


def figures(slug: str, value: str, **more: Any) -> Any:
    """Return a district's return with one figure, as handed in by its factories."""
    bureau = f.district(slug)
    return [f.figure_values(1, bureau, value=Decimal(value), scope="whole", **more)]


def reported(slug: str, value: str, state: State = State.SUBMITTED, **more: Any) -> Any:
    """Return a district's return in a state, with one figure."""
    return f.case_in(
        state, "district-returns", figures(slug, value, **more), bureau=f.district(slug)
    )


def test_figure_stands_beside_last_year_and_the_others_with_rank_and_spread() -> None:
    f.published_case(
        "district-returns",
        [f.figure_values(1, value=Decimal("10.00"), period="2022", scope="whole")],
        year=2022,
    )
    for slug, value in zip(UNITS, ("20", "30", "5"), strict=True):
        reported(slug, value)
    # What is still being written is nobody's measure; another scope is another figure.
    reported("cixi", "99", State.CHECKING)
    f.case_in(
        State.PUBLISHED,
        "district-returns",
        [f.figure_values(1, f.district("yinzhou"), value=Decimal(88), scope="own")],
        bureau=f.district("yinzhou"),
    )
    own = reported("beilun", "12.50", State.REVIEWING)

    page = signed_in(f.staff(Role.CITY_REVIEWER)).get(url(own))

    [item] = page.context["items"]
    assert (item.beside.value, item.beside.before, item.beside.change) == (
        "12.50亿元",
        "10.00亿元",
        "+25.0%",
    )
    spread = item.beside.spread
    assert [(peer.text, peer.is_own) for peer in spread.peers] == [
        ("30亿元", False),
        ("20亿元", False),
        ("12.50亿元", True),
        ("5亿元", False),
    ]
    assert (spread.rank, spread.median * 1) == (3, Decimal("16.25") * 10**8)
    assert "Rank 3 of 4" in said(page)


def test_too_few_units_have_no_spread_and_equal_values_share_a_rank() -> None:
    two = [Peer("甲", "1", Decimal(1), is_own=True), Peer("乙", "2", Decimal(2))]
    three = [*two, Peer("丙", "2", Decimal(2))]
    same = [Peer(name, "1", Decimal(1), is_own=name == "甲") for name in "甲乙丙"]

    assert spread_of(two) is None
    assert spread_of(three[1:]) is None
    spread = spread_of(three)
    assert spread is not None
    assert (spread.rank, spread.at(spread.low), spread.at(spread.high)) == (3, 6.0, 234.0)
    assert spread.points[-1]["peer"].is_own
    flat = spread_of(same)
    assert flat is not None
    assert (flat.rank, flat.at(Decimal(1)), flat.box["width"]) == (1, 120.0, 0.0)


# The history's clock stands still within a transaction.
@pytest.mark.django_db(transaction=True)
def test_page_opens_at_what_changed_since_this_reviewer_looked() -> None:
    reviewer, other = f.staff(Role.CITY_REVIEWER), f.person(Role.CITY_REVIEWER)
    revision = f.reviewing_case(rows=3)
    first, second, _third = f.records_of(revision)
    client = signed_in(reviewer)
    before = client.get(url(revision)).context
    assert (before["review"].show, len(before["items"])) == ("all", 3)

    # To return a case is to have seen it.
    revision = f.returned(revision)
    filler = f.filler_of(revision)
    save_record(filler, revision.pk, first.record_kind, {"title": "第一次改"}, uid=first.uid)
    revision = f.take("accept", f.take("submit", revision))
    after_return = client.get(url(revision)).context
    client.post(f"/desk/cases/{revision.case_id}/seen/", {"at": timezone.now().isoformat()})
    seen = client.get(url(revision)).context

    revision = f.returned(revision)
    save_record(filler, revision.pk, first.record_kind, {"title": "第二次改"}, uid=second.uid)
    revision = f.take("accept", f.take("submit", revision))
    again = client.get(url(revision)).context
    since_return = client.get(url(revision), {"since": "returned"}).context
    others = signed_in(other).get(url(revision)).context

    assert [item.title for item in after_return["items"]] == ["第一次改"]
    [change] = after_return["items"][0].fields
    assert (change.before, change.after) == (first.title, "第一次改")
    assert (seen["review"].baseline.code, seen["review"].count(seen["review"].kind, "changed")) == (
        "seen",
        0,
    )
    assert [item.title for item in again["items"]] == ["第二次改"]
    assert [item.title for item in since_return["items"]] == ["第二次改"]
    assert others["review"].baseline.code == "returned"
    everything = client.get(url(revision, "?show=all")).context["items"]
    assert [item.what for item in everything] == ["", "changed", ""]


def test_looking_at_the_page_keeps_nothing() -> None:
    revision = f.reviewing_case()

    signed_in(f.staff(Role.CITY_REVIEWER)).get(url(revision))

    assert Look.objects.count() == 0


def test_seen_moves_forward_only_and_never_into_the_future() -> None:
    reviewer = f.staff(Role.CITY_REVIEWER)
    revision = f.reviewing_case()
    now = timezone.now()

    earlier = mark_seen(reviewer, revision.pk, now - dt.timedelta(hours=1)).at
    later = mark_seen(reviewer, revision.pk, now - dt.timedelta(minutes=5)).at
    back = mark_seen(reviewer, revision.pk, now - dt.timedelta(hours=3)).at
    ahead = mark_seen(reviewer, revision.pk, now + dt.timedelta(days=1)).at

    assert earlier < later == back < ahead
    assert now <= ahead <= timezone.now()
    assert str(Look.objects.get()).startswith(str(reviewer))


def test_auditor_and_fillers_keep_nothing() -> None:
    revision = f.reviewing_case()

    with pytest.raises(NotAllowed):
        mark_seen(f.staff(Role.AUDITOR), revision.pk)
    refused = signed_in(f.staff(Role.AUDITOR)).post(f"/desk/cases/{revision.case_id}/seen/")
    assert refused.status_code == 302
    assert Look.objects.count() == 0


@pytest.mark.parametrize("at", ["", "yesterday", "2024-13-45T00:00", "2024-01-01T00:00"])
def test_time_that_is_none_counts_as_now(at: str) -> None:
    revision = f.reviewing_case()
    began = timezone.now()

    signed_in(f.staff(Role.CITY_REVIEWER)).post(
        f"/desk/cases/{revision.case_id}/seen/", {"at": at, "next": "https://example.org/"}
    )

    assert Look.objects.get().at >= began


def test_who_fills_in_has_no_review_page() -> None:
    revision = f.reviewing_case("district-returns")

    answers = {
        role: signed_in(f.staff(role)).get(url(revision)).status_code
        for role in (Role.DISTRICT_FILLER, Role.CITY_EDITOR, Role.AUDITOR, Role.CITY_PUBLISHER)
    }

    assert answers == {
        Role.DISTRICT_FILLER: 403,
        Role.CITY_EDITOR: 404,
        Role.AUDITOR: 200,
        Role.CITY_PUBLISHER: 200,
    }


def test_decision_and_remark_lead_back_to_the_row() -> None:
    reviewer = f.staff(Role.CITY_REVIEWER)
    revision = f.returned(f.reviewing_case(rows=2))
    item = revision.findings.get()
    explain(f.filler_of(revision), item.pk, "已经核对，原值无误。")
    revision = f.take("accept", f.take("submit", revision))
    row = f.records_of(revision)[1]
    client = signed_in(reviewer)
    back = f"{url(revision)}?show=all#item-2"

    accepted = client.post(
        f"/desk/cases/{revision.case_id}/findings/{item.pk}/",
        {"decision": "accepted", "next": back},
    )
    noted = client.post(
        f"/desk/cases/{revision.case_id}/findings/new/?kind=awards&row={row.uid}",
        {"place": "title", "severity": "explain", "message": "请核对名称。", "next": back},
    )
    dictated = client.post(
        f"/desk/cases/{revision.case_id}/findings/new/?kind=awards&row={row.uid}",
        {"place": "", "severity": "explain", "message": "应为 15.3 亿元", "next": back},
    )
    elsewhere = client.post(
        f"/desk/cases/{revision.case_id}/findings/{item.pk}/",
        {"decision": "closed", "next": "https://example.org/"},
    )

    assert accepted.url == noted.url == back
    assert elsewhere.url.startswith("/desk/")
    assert f'name="next" value="{back}"' in dictated.content.decode()
    assert "The note holds a number." in said(dictated)
    page = client.get(url(revision, "?show=open"))
    assert [(i.title, i.open_findings) for i in page.context["items"]] == [(row.title, 1)]


def test_tabs_and_kinds_lead_to_every_row() -> None:
    revision = f.reviewing_case("district-returns", 2)
    client = signed_in(f.staff(Role.CITY_REVIEWER))

    page = client.get(url(revision))
    sections = client.get(url(revision, "?show=all&rows=narrative-sections"))

    assert [(tab["count"], tab["current"]) for tab in page.context["review"].tabs] == [
        (0, False),
        (3, True),
    ]
    assert [tab["count"] for tab in page.context["review"].kind_tabs] == [2, 1, 0]
    [section] = sections.context["items"]
    assert (section.title, section.beside) == ("第1节", None)


def test_removed_row_is_shown_among_the_changes() -> None:
    from apps.cases.domain.records import remove_record

    revision = f.successor_of(f.published_case(rows=3))
    row = f.records_of(revision)[0]
    remove_record(f.filler_of(revision), revision.pk, row.record_kind, row.uid)
    revision = f.take("accept", f.take("submit", f.fresh(revision)))

    page = signed_in(f.staff(Role.CITY_REVIEWER)).get(url(revision))

    [item] = page.context["items"]
    assert (item.what, item.title) == ("removed", row.title)
    assert page.context["review"].baseline.code == "published"


@pytest.mark.parametrize("rows", [1, 100])
def test_review_page_takes_at_most_ten_queries_at_any_size(rows: int) -> None:
    line = f.indicator("line")
    values = [
        f.figure_values(n, indicator=line, subject=f"平台{n}" if n > 1 else "")
        for n in range(1, rows + 1)
    ]
    published = f.published_case("district-returns", values)
    revision = f.successor_of(published)
    for row in f.records_of(revision)[:60]:
        save_record(
            f.filler_of(revision), revision.pk, INDICATOR_VALUE, {"value": Decimal(7)}, uid=row.uid
        )
    revision = f.advance(f.fresh(revision), State.REVIEWING)
    Finding.objects.bulk_create(
        Finding(
            revision=revision,
            record_kind="indicator-values",
            record_uid=row.uid,
            severity=Severity.HINT,
            message="请看。",
            raised_by=f.staff(Role.CITY_REVIEWER),
        )
        for row in f.records_of(revision)
    )
    client = signed_in(f.staff(Role.CITY_REVIEWER))

    counts = {}
    for show in ("changed", "open", "all"):
        client.get(url(revision, f"?show={show}"))
        with CaptureQueriesContext(connection) as queries:
            page = client.get(url(revision, f"?show={show}"))
        counts[show] = len(queries)
        assert len(page.context["items"]) == min(rows, 50)
    client.get(f"/desk/cases/{revision.case_id}/")
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/desk/cases/{revision.case_id}/")
    counts["case"] = len(queries)

    assert counts == {"changed": 10, "open": 10, "all": 10, "case": 9}


def test_finding_that_is_decided_is_no_longer_open() -> None:
    revision = f.reviewing_case()
    row = f.records_of(revision)[0]
    finding = f.raise_item(revision, record_kind="awards", record_uid=row.uid)
    client = signed_in(f.staff(Role.CITY_REVIEWER))
    opened = client.get(url(revision)).context["review"].show
    decide(f.staff(Role.CITY_REVIEWER), finding.pk, FindingStatus.CLOSED)

    assert opened == "open"
    assert client.get(url(revision)).context["review"].show == "all"
    assert record_kinds["awards"].beside is None
