"""Permanent pages: a row with its trace, a revision, an organisation."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from apps.accounts.models import Role
from apps.cases.domain.findings import decide
from apps.cases.flags import meaning
from apps.cases.kinds import listed_record_kinds, record_kinds
from apps.cases.models import FindingStatus
from apps.publications import trace
from apps.publications.views import records
from apps.registry.models import Organisation, OrganisationName
from tests import factories

pytestmark = pytest.mark.django_db

KINDS = [kind.code for kind in listed_record_kinds()]
CASE_KIND = {"indicator-values": "city-figures"}
EN = {"accept-language": "en"}


def page_of(row: Any) -> str:
    return reverse("publications:record", args=[row.record_kind.code, row.uid])


def organisation_named(name: str) -> Organisation:
    return OrganisationName.objects.get(name=name).organisation


@pytest.mark.parametrize("code", KINDS)
def test_row_of_every_kind_has_a_page(
    client: Client, django_assert_max_num_queries: Callable[..., Any], code: str
) -> None:
    published = factories.published_case(CASE_KIND.get(code, code), 1)
    row = factories.records_of(published)[0]

    # One more where a row may stand in two lists.
    with django_assert_max_num_queries(7 if record_kinds[code].twins else 6):
        response = client.get(page_of(row), headers=EN)

    assert response.status_code == 200
    assert response.context["permalink"].endswith(page_of(row))
    assert str(factories.release_of(published)) in response.content.decode()


def test_row_shows_names_in_order_with_links_and_its_doubts_in_words(client: Client) -> None:
    published = factories.published_case(
        "awards",
        [
            factories.award_values(
                1,
                source_line=1030,
                flags=[
                    "people:possible-duplicate",
                    "organisations:never-heard-of",
                    "note:inferred",
                    "odd",
                ],
            )
        ],
    )
    row = factories.records_of(published)[0]

    response = client.get(page_of(row), headers=EN)

    fields = {field.label: field for field in response.context["fields"]}
    organisations = fields["completing organisations"]
    assert [phrase.text for phrase in organisations.phrases] == ["宁波大学1", "宁波材料所"]
    assert organisations.phrases[0].url == (f"/organisations/{organisation_named('宁波大学1').pk}/")
    assert organisations.doubts == ["never heard of"]
    assert fields["completing people"].doubts == [meaning("possible-duplicate")]
    assert fields["other doubts"].doubts == [meaning("inferred"), "odd"]
    assert "Line 1030 of the printed report" in response.content.decode()


def test_award_leads_to_its_programme_and_short_names_stay_whole(client: Client) -> None:
    published = factories.published_case(
        "awards",
        [
            factories.award_values(
                1, people=["李一"], organisations=["宁波江丰电子材料股份有限公司"]
            )
        ],
    )
    (row,) = factories.records_of(published)

    page = html.fromstring(client.get(f"/awards/{row.uid}/").content)

    (programme,) = page.xpath(f"//dd/a[. = '{row.programme}']")
    assert client.get(programme.get("href")).status_code == 200
    assert page.xpath("//dd/span[. = '李一']/@class") == ["name whole"]
    assert page.xpath("//dd/a[contains(., '江丰')]/@class") == ["name"]


def test_road_tells_roles_and_bureaus_and_no_person(client: Client) -> None:
    published = factories.published_case("awards", 1)
    row = factories.records_of(published)[0]

    response = client.get(page_of(row), headers=EN)

    assert [(entry.title, entry.actor) for entry in response.context["road"]] == [
        ("Opened", "city editor · 宁波市科学技术局"),
        ("Reported for review", "city editor · 宁波市科学技术局"),
        ("Reviewed and approved", "city reviewer · 宁波市科学技术局"),
        ("Published", "city publisher · 宁波市科学技术局"),
    ]
    text = response.content.decode()
    for event in published.events.all():
        assert event.actor_name not in text
        assert event.actor.username not in text


def test_road_of_a_return_is_signed_and_keeps_inner_reasons(client: Client) -> None:
    revision = factories.returned(factories.case_in("reviewing", "district-returns"))
    revision = factories.advance(factories.change_first_row(revision), "reviewing")
    item = revision.findings.get(is_objection=False, rule="")
    decide(factories.staff("city_reviewer"), item.pk, FindingStatus.ACCEPTED)
    published = factories.advance(factories.fresh(revision), "published")
    row = factories.records_of(published)[0]

    response = client.get(page_of(row), headers=EN)

    titles = [entry.title for entry in response.context["road"]]
    assert titles == [
        "Opened",
        "Filled in and handed over",
        "Signed and reported",
        "Reviewed and approved",
        "Published",
    ]
    texts = [entry.text for entry in response.context["road"]]
    assert texts[:-1] == ["", "", "", ""]


def test_figure_links_to_its_indicator_and_its_district(client: Client) -> None:
    published = factories.published_case("district-returns", 1)
    row = factories.records_of(published)[0]

    fields = {f.label: f for f in client.get(page_of(row), headers=EN).context["fields"]}

    assert fields["indicator"].phrases[0].url == "/indicators/indicator-1/"
    assert fields["reporting unit"].phrases[0].url == "/districts/beilun/2023/"


def test_corrected_row_shows_what_was_changed_and_why(client: Client) -> None:
    published = factories.published_case("awards", 2)
    successor = factories.successor_of(published)
    factories.advance(factories.change_first_row(successor, grade="二等奖"), "published")
    row, untouched = factories.records_of(successor)

    response = client.get(page_of(row), headers=EN)

    (correction,) = response.context["corrections"]
    assert [(c.label, c.before, c.after) for c in correction.changes] == [
        ("grade", "一等奖", "二等奖")
    ]
    assert not correction.is_new
    assert factories.REASON in response.content.decode()
    assert client.get(page_of(untouched)).context["corrections"] == []


def test_row_as_of_a_day_before_its_publication_is_not_there(client: Client) -> None:
    published = factories.published_case("awards", 1)
    row = factories.records_of(published)[0]
    day = f"{timezone.localtime(published.published_at):%Y-%m-%d}"

    assert client.get(page_of(row), {"as_of": day}).status_code == 200
    assert client.get(page_of(row), {"as_of": "2020-01-01"}).status_code == 404
    assert client.get(page_of(row), {"as_of": "x"}).status_code == 400


def test_withdrawn_row_is_gone_with_the_reason(client: Client) -> None:
    withdrawn = factories.case_in("withdrawn", "awards")
    row = factories.records_of(withdrawn)[0]

    response = client.get(page_of(row))

    assert response.status_code == 410
    assert factories.REASON in response.content.decode()
    assert row.title not in response.content.decode()


def test_row_that_a_correction_took_out_is_gone_with_the_reason(client: Client) -> None:
    from apps.cases.domain.records import remove_record

    published = factories.published_case("awards", 2)
    successor = factories.successor_of(published)
    row = factories.records_of(successor)[0]
    remove_record(
        factories.filler_of(successor), successor.pk, row.record_kind, row.uid, version=row.version
    )
    factories.advance(factories.fresh(successor), "published")

    response = client.get(page_of(row))

    assert response.status_code == 410
    assert factories.REASON in response.content.decode()
    revision_page = client.get(f"/cases/{published.case_id}/2/")
    assert [row.what for row in revision_page.context["rows"]] == ["removed"]


def test_unknown_row_is_not_found(client: Client) -> None:
    assert client.get(f"/awards/{uuid.uuid4()}/").status_code == 404
    assert client.get("/awards/not-a-uuid/").status_code == 404


def test_row_of_another_kind_is_not_found(client: Client) -> None:
    row = factories.records_of(factories.published_case("awards", 1))[0]

    assert client.get(f"/platforms/{row.uid}/").status_code == 404


def test_reverse_of_a_kind_without_a_listing_fails() -> None:
    from django.urls import NoReverseMatch

    for code in ("narrative-sections", "no-such-kind"):
        with pytest.raises(NoReverseMatch):
            reverse("publications:listing", args=[code])


# Revisions


def test_revision_page_shows_rows_and_hash(client: Client) -> None:
    published = factories.published_case("district-returns", 3)

    response = client.get(f"/cases/{published.case_id}/1/")

    assert response.status_code == 200
    assert [(kind.code, table.paginator.count) for kind, table in response.context["tables"]] == [
        ("indicator-values", 3),
        ("narrative-sections", 1),
    ]
    assert published.release_item.content_hash in response.content.decode()
    assert response.context["diff"] is None


def test_superseded_revision_stays_readable_and_points_to_the_one_in_force(client: Client) -> None:
    former = factories.case_in("superseded", "awards")

    old, new = (client.get(f"/cases/{former.case_id}/{number}/", headers=EN) for number in (1, 2))

    assert "This revision has been corrected" in old.content.decode()
    assert f'href="/cases/{former.case_id}/2/"' in old.content.decode()
    row = factories.records_of(former)[0]
    assert row.title in old.content.decode()
    # Only the row in force has a permanent page to link to.
    assert f'href="/awards/{row.uid}/"' not in old.content.decode()
    [changed] = new.context["rows"]
    assert (changed.what, [(c.before, c.after) for c in changed.fields]) == (
        "changed",
        [(row.title, f"{row.title}（更正）")],
    )
    assert changed.uid == row.uid


def test_added_row_is_told_as_added(client: Client) -> None:
    from apps.cases.domain.records import add_records

    published = factories.published_case("awards", 1)
    successor = factories.successor_of(published)
    kind = successor.case.kind_spec.records[0]
    (row,) = add_records(
        factories.filler_of(successor), successor.pk, kind, [factories.award_values(2)]
    )
    factories.advance(factories.fresh(successor), "published")

    shown = client.get(f"/cases/{published.case_id}/2/").context["rows"]
    assert [row.what for row in shown] == ["added"]
    (correction,) = client.get(page_of(row)).context["corrections"]
    assert correction.is_new


def test_changes_beyond_the_first_have_a_page_of_their_own(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "CHANGES_SHOWN", 0)
    former = factories.case_in("superseded", "awards")

    response = client.get(f"/cases/{former.case_id}/2/")

    assert (response.context["rows"], response.context["diff"].total) == ([], 1)
    assert f'href="/cases/{former.case_id}/2/changes/"' in response.content.decode()


def test_public_revisions_are_compared_on_pages_and_as_a_file(
    client: Client, django_assert_num_queries: Callable[..., Any]
) -> None:
    former = factories.case_in("superseded", "awards", 3)
    path = f"/cases/{former.case_id}/2/changes/"

    # The revisions (two), the keys, the rows before and after.
    with django_assert_num_queries(6):
        page = client.get(path, headers=EN)
    changed = client.get(path, {"what": "changed"})
    removed = client.get(path, {"what": "removed", "against": "1"})
    book = client.get(path, {"_export": "xlsx"})

    assert "0 new, 1 changed, 0 removed" in page.content.decode()
    assert [len(answer.context["rows"]) for answer in (page, changed, removed)] == [1, 1, 0]
    assert b"".join(book.streaming_content)[:2] == b"PK"
    assert client.get(path, {"against": "2"}).status_code == 404
    assert client.get(path, {"against": "7"}).status_code == 404
    assert client.get(f"/cases/{former.case_id}/1/changes/").status_code == 404


def test_doubt_of_a_public_row_is_told_in_words() -> None:
    assert records.meaning_of("title:differs-from-twin") != "title:differs-from-twin"


def test_revision_pages_are_cut_by_kind(client: Client) -> None:
    published = factories.published_case("awards", 51)
    path = f"/cases/{published.case_id}/1/"

    assert client.get(path, {"awards-page": "2"}).context["tables"][0][1].page.number == 2
    assert client.get(path, {"awards-page": "3"}).status_code == 404
    assert client.get(path, {"awards-page": "x"}).status_code == 400


@pytest.mark.parametrize("number", [1, 2, 99, 99999999999999999999])
def test_unknown_or_unpublished_revision_is_not_found(client: Client, number: int) -> None:
    draft = factories.case_in("approved", "awards")

    assert client.get(f"/cases/{draft.case_id}/{number}/").status_code == 404


def test_all_revisions_of_a_withdrawn_case_are_gone(client: Client) -> None:
    former = factories.case_in("superseded", "awards")
    present = former.case.revisions.get(number=2)
    factories.take("withdraw", factories.take("propose_withdrawal", present))

    answers = [client.get(f"/cases/{former.case_id}/{number}/") for number in (1, 2)]

    assert [answer.status_code for answer in answers] == [410, 410]
    assert factories.REASON in answers[0].content.decode()


# Organisations


def test_organisation_page_gathers_every_kind(
    client: Client, django_assert_num_queries: Callable[..., Any]
) -> None:
    name = "宁波材料所"
    factories.published_case("awards", [factories.award_values(1, organisations=["甲", name])])
    factories.published_case("laureates", [factories.laureate_values(1, employer=name)])
    factories.published_case("certifications", [factories.certification_values(1, hosts=[name])])
    factories.published_case(
        "roster-entries", [factories.roster_entry_values(1, organisation=name)]
    )

    path = f"/organisations/{organisation_named(name).pk}/"

    with django_assert_num_queries(7):
        response = client.get(path)

    assert [(g["kind"].code, g["count"]) for g in response.context["groups"]] == [
        ("awards", 1),
        ("laureates", 1),
        ("certifications", 1),
        ("roster-entries", 1),
    ]
    assert response.context["title"] == name


def test_organisation_page_shows_all_its_names_and_counts_a_row_once(client: Client) -> None:
    factories.published_case(
        "awards", [factories.award_values(1, organisations=["宁波材料所", "中科院宁波材料所"])]
    )
    organisation = organisation_named("宁波材料所")
    OrganisationName.objects.filter(name="中科院宁波材料所").update(organisation=organisation)

    response = client.get(f"/organisations/{organisation.pk}/")

    assert response.context["names"] == ["中科院宁波材料所"]
    assert response.context["total"] == 1


def test_name_that_only_a_draft_prints_is_not_the_heading(client: Client) -> None:
    factories.published_case("awards", [factories.award_values(1, organisations=["公开名称"])])
    organisation = organisation_named("公开名称")
    Organisation.objects.filter(pk=organisation.pk).update(name="草稿名称")

    response = client.get(f"/organisations/{organisation.pk}/")

    assert response.context["title"] == "公开名称"
    assert "草稿名称" not in response.content.decode()


@pytest.mark.parametrize("pk", [0, 99999999999999999999])
def test_unknown_organisation_is_not_found(client: Client, pk: int) -> None:
    assert client.get(f"/organisations/{pk}/").status_code == 404


def test_every_told_step_has_words() -> None:
    assert trace.TOLD.keys() >= trace.REASON_TOLD


def test_officials_alone_are_led_to_who_saved_what(client: Client) -> None:
    published = factories.published_case("district-returns", 1)
    row = factories.records_of(published)[0]
    history = reverse("desk:row_history", args=[published.case_id, row.record_kind.code, row.uid])
    assert history not in client.get(page_of(row)).content.decode()

    client.force_login(factories.staff(Role.DISTRICT_FILLER, factories.district("haishu")))
    assert history not in client.get(page_of(row)).content.decode()

    for official in (factories.staff(Role.CITY_REVIEWER), factories.filler_of(published)):
        client.force_login(official)
        assert history in client.get(page_of(row)).content.decode()
        assert client.get(history).status_code == 200
