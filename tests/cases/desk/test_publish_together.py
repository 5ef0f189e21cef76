"""Publishing several cases as one release."""

import re
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import Role
from apps.cases.models import Release, Revision, State
from tests import factories as f
from tests.cases.desk.pages import said, signed_in

pytestmark = pytest.mark.django_db

URL = "/desk/cases/publish/"


def sent(*revisions: Revision, **more: str) -> dict[str, object]:
    """Return what the preview's form sends."""
    return {
        "revision": [revision.pk for revision in revisions],
        **{f"version-{revision.pk}": revision.version for revision in revisions},
        **more,
    }


def test_list_offers_boxes_for_what_this_person_may_publish() -> None:
    publisher = f.staff(Role.CITY_PUBLISHER)
    ready = f.approved_case()
    f.open_award_list()
    with f.kind_with_notice("laureates", 5):
        f.case_in(State.ON_NOTICE, "laureates")
        ended = f.end_notice(f.case_in(State.ON_NOTICE, "laureates"))
        f.approved_case("laureates")
        page = signed_in(publisher).get("/desk/cases/").content.decode()

    boxes = {
        pk
        for pk in Revision.objects.values_list("pk", flat=True)
        if f'name="revision" value="{pk}"' in page
    }
    assert boxes == {ready.pk, ended.pk}


def test_approver_is_offered_no_box_for_his_own() -> None:
    both = f.person(Role.CITY_REVIEWER, roles=[Role.CITY_REVIEWER, Role.CITY_PUBLISHER])
    reviewing = f.reviewing_case()
    f.take("approve", reviewing, both)

    page = signed_in(both).get("/desk/cases/").content.decode()

    assert f'name="revision" value="{reviewing.pk}"' not in page


def test_preview_shows_exactly_what_becomes_public() -> None:
    first = f.approved_case(rows=3)
    published = f.published_case()
    second = f.advance(f.change_first_row(f.successor_of(published)), State.APPROVED)

    page = signed_in(f.staff(Role.CITY_PUBLISHER)).get(URL, {"revision": [first.pk, second.pk]})

    assert [(c.revision.pk, c.rows, c.hash) for c in page.context["candidates"]] == [
        (first.pk, 3, first.approved_hash),
        (second.pk, 1, second.approved_hash),
    ]
    assert "Publish 2 cases as one release" in said(page)
    assert "4 rows become public" in said(page)
    assert "（更正）" in said(page)
    assert page.context["number"] == f"{timezone.localdate().year}-002"
    tables = [
        [(kind.code, [row.record.uid for row in table.paginated_rows]) for kind, table in c.tables]
        for c in page.context["candidates"]
    ]
    assert tables == [
        [("awards", [row.uid for row in f.records_of(revision)])] for revision in (first, second)
    ]


def test_preview_shows_what_the_public_page_then_shows() -> None:
    revision = f.approved_case(rows=25)
    client = signed_in(f.staff(Role.CITY_PUBLISHER))
    name = f"{revision.pk}-awards-page"

    pages = [client.get(URL, {"revision": revision.pk, name: number}) for number in (1, 2)]
    client.post(URL, sent(revision))
    public = client.get(f"/cases/{revision.case_id}/1/")

    def rows(table: Any) -> list[list[str]]:
        return [[re.sub("<[^>]*>", "", str(cell)) for cell in row] for row in table.paginated_rows]

    previewed = [row for page in pages for row in rows(page.context["candidates"][0].tables[0][1])]
    [(_kind, table)] = public.context["tables"]
    assert previewed == rows(table)
    assert f"{name}=2" in pages[0].content.decode()
    assert "preview" in said(pages[0])


def test_cases_become_public_under_one_number_however_often_they_are_sent() -> None:
    first, second = f.approved_case(), f.approved_case()
    client = signed_in(f.staff(Role.CITY_PUBLISHER))

    responses = [
        client.post(URL, sent(first, second, reason="年度名单"), follow=True) for _ in range(2)
    ]

    release = Release.objects.get()
    assert {item.revision_id for item in release.items.all()} == {first.pk, second.pk}
    assert release.reason == "年度名单"
    for response in responses:
        assert f"Published as release {release.number}." in said(response)


def test_one_case_that_cannot_be_published_holds_all_back() -> None:
    ready, not_ready = f.approved_case(), f.reviewing_case()
    client = signed_in(f.staff(Role.CITY_PUBLISHER))
    preview = client.get(URL, {"revision": [ready.pk, not_ready.pk]})

    refused = client.post(URL, sent(ready, not_ready, reason="年度名单"))

    assert not preview.context["is_possible"]
    assert refused.status_code == 409
    assert "is not possible while the case is under review" in said(refused)
    assert "年度名单" in said(refused)
    assert f.fresh(ready).state == State.APPROVED
    assert Release.objects.count() == 0


def test_case_that_moved_on_since_the_preview_holds_all_back() -> None:
    first, second = f.approved_case(), f.approved_case()
    moved = f.take("approve", f.take("reopen", second), f.staff(Role.CITY_REVIEWER))

    refused = signed_in(f.staff(Role.CITY_PUBLISHER)).post(
        URL, sent(first, second, reason="年度名单")
    )

    assert moved.version > second.version
    assert refused.status_code == 409
    assert "年度名单" in refused.content.decode()
    assert f.fresh(first).state == State.APPROVED


def test_other_roles_publish_nothing() -> None:
    ready = f.approved_case()

    refused = signed_in(f.staff(Role.CITY_REVIEWER)).post(URL, sent(ready))

    assert refused.status_code == 403
    assert "Only the city's publishers publish." in said(refused)


def test_nothing_chosen_leads_back_with_a_word() -> None:
    page = signed_in(f.staff(Role.CITY_PUBLISHER)).get(URL, follow=True)

    assert page.redirect_chain[0][0] == "/desk/cases/"
    assert "Choose at least one approved case." in said(page)


@pytest.mark.parametrize("choice", ["999999", "99999999999999999999"])
def test_case_that_is_not_there_is_404(choice: str) -> None:
    ready = f.approved_case()

    response = signed_in(f.staff(Role.CITY_PUBLISHER)).get(
        URL, {"revision": [str(ready.pk), choice]}
    )

    assert response.status_code == (404 if choice == "999999" else 200)
