"""Nothing that is not published leaves by any public door."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.cases.kinds import listed_record_kinds
from apps.cases.models import State
from apps.registry.models import OrganisationName
from tests import factories

pytestmark = pytest.mark.django_db

SECRET = "未公开项目甲乙丙"
SECRET_NAME = "未公开单位丁戊己"
HIDDEN = sorted(
    {
        State.DRAFT,
        State.CHECKING,
        State.SUBMITTED,
        State.REVIEWING,
        State.RETURNED,
        State.APPROVED,
        State.WITHDRAWN,
    }
)
AWARD = {"title": SECRET, "organisations": [SECRET_NAME], "people": ["未公开人"]}


def body(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return str(content.decode())


def doors(uid: object, case_id: int) -> list[str]:
    """Return every public address that might show a row of an award list."""
    organisation = OrganisationName.objects.get(name=SECRET_NAME).organisation_id
    today = timezone.localdate()
    listings = [reverse("publications:listing", args=[k.code]) for k in listed_record_kinds()]
    return [
        "/",
        "/districts/",
        "/districts/beilun/2023/",
        "/releases/",
        "/notices/",
        f"/notices/{case_id}/",
        f"/search/?q={SECRET}",
        f"/search/?q={SECRET_NAME}",
        f"/organisations/{organisation}/",
        f"/awards/{uid}/",
        f"/awards/{uid}/?as_of={today}",
        f"/cases/{case_id}/1/",
        *listings,
        f"/awards/?q={SECRET}",
        f"/awards/?as_of={today}",
        "/awards/?_export=csv",
        "/awards/?_export=json",
        f"/awards/?_export=csv&as_of={today}",
        "/api/v1/awards/",
        f"/api/v1/awards/{uid}/",
        f"/api/v1/awards/?as_of={today}",
        f"/api/v1/awards/?q={SECRET}",
        f"/releases/2026-001/{case_id}.json",
        f"/releases/2026-001/{case_id}.txt",
    ]


@pytest.mark.parametrize("state", [state for state in HIDDEN if state != State.CHECKING])
def test_unpublished_award_is_behind_every_door(client: Client, state: State) -> None:
    factories.published_case("awards", 1)
    hidden = factories.case_in(state, "awards", [factories.award_values(9, **AWARD)])
    row = factories.records_of(hidden)[0]

    for door in doors(row.uid, hidden.case_id):
        text = body(client.get(door))
        # What was asked for stands in the search box and on the chip.
        if "q=" not in door:
            assert SECRET not in text, door
            assert SECRET_NAME not in text, door
        assert "未公开人" not in text, door
        assert f"/awards/{row.uid}/" not in text.replace(door, ""), door

    assert client.get(f"/search/?q={SECRET}").context["total"] == 0
    assert client.get(f"/search/?q={SECRET_NAME}").context["total"] == 0
    assert client.get(f"/awards/?q={SECRET}").context["listing"].rows.count() == 0


@pytest.mark.parametrize("state", [state for state in HIDDEN if state != State.WITHDRAWN])
def test_unpublished_return_is_not_on_the_districts_page(client: Client, state: State) -> None:
    factories.published_case("awards", 1)
    hidden = factories.case_in(
        state, "district-returns", [factories.figure_values(1, comparison="未公开的比较")]
    )

    page = client.get("/districts/beilun/2023/")

    assert page.context["is_empty"]
    for door in (
        "/districts/",
        "/districts/beilun/2023/",
        "/indicators/indicator-1/",
        "/indicators/",
        f"/cases/{hidden.case_id}/1/",
        "/api/v1/indicator-values/",
    ):
        text = body(client.get(door))
        assert "未公开的比较" not in text, door
        assert "13.5" not in text, door
        assert "推进" not in text, door


def test_unpublished_values_are_in_no_facet_and_no_count(client: Client) -> None:
    factories.published_case("awards", 2)
    factories.case_in("approved", "awards", [factories.award_values(9, grade="特等奖")])

    listing = client.get("/awards/").context["listing"]

    assert listing.table.paginator.count == 2
    assert listing.counts["grade"] == [("一等奖", 2)]
    home = client.get("/").context["stats"]
    assert [(stat["value"]) for stat in home] == ["2"]


def test_open_correction_is_told_nowhere(client: Client) -> None:
    published = factories.published_case("awards", [factories.award_values(1)])
    successor = factories.successor_of(published)
    factories.change_first_row(successor, title=SECRET, organisations=[SECRET_NAME])
    row = factories.records_of(published)[0]

    for door in [*doors(row.uid, published.case_id), f"/cases/{published.case_id}/2/"]:
        if "q=" in door:
            continue
        text = body(client.get(door))
        assert SECRET not in text, door
        assert SECRET_NAME not in text, door
    page = client.get(f"/awards/{row.uid}/", headers={"accept-language": "en"})
    assert [entry.title for entry in page.context["road"]][-1] == "Published"
    assert page.context["corrections"] == []
    assert client.get(f"/cases/{published.case_id}/2/").status_code == 404


def test_proposed_withdrawal_is_told_nowhere(client: Client) -> None:
    published = factories.published_case("awards", 1)
    factories.take("propose_withdrawal", published, reason="拟撤销的理由")
    row = factories.records_of(published)[0]

    for door in (f"/awards/{row.uid}/", f"/cases/{published.case_id}/1/", "/releases/"):
        assert "拟撤销的理由" not in body(client.get(door)), door


def test_organisation_of_a_draft_is_not_found(client: Client) -> None:
    factories.case_in("draft", "awards", [factories.award_values(9, **AWARD)])
    organisation = OrganisationName.objects.get(name=SECRET_NAME).organisation_id

    assert client.get(f"/organisations/{organisation}/").status_code == 404


def test_official_sees_no_more_on_public_pages_than_anyone(client: Client) -> None:
    hidden = factories.case_in("draft", "awards", [factories.award_values(9, **AWARD)])
    row = factories.records_of(hidden)[0]
    client.force_login(
        factories.staff("auditor"), backend="django.contrib.auth.backends.ModelBackend"
    )

    assert client.get(f"/awards/{row.uid}/").status_code == 404
    assert client.get("/awards/").context["listing"].table.paginator.count == 0


def test_withdrawn_list_is_in_no_moment_of_the_past(client: Client) -> None:
    withdrawn = factories.case_in("withdrawn", "awards", [factories.award_values(9, **AWARD)])
    day = f"{timezone.localtime(withdrawn.published_at):%Y-%m-%d}"

    for door in (f"/awards/?as_of={day}", f"/api/v1/awards/?as_of={day}"):
        assert SECRET not in body(client.get(door)), door
    # The release keeps its item and its hash, and not the content.
    number = withdrawn.release_item.release.number
    assert client.get(f"/releases/{number}/{withdrawn.case_id}.json").status_code == 410
    assert client.get(f"/releases/{number}/{withdrawn.case_id}.txt").status_code == 410
    assert withdrawn.release_item.content_hash in body(client.get(f"/releases/{number}/"))
