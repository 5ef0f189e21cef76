"""Public pages are kept for readers without an account, and are old with the next release."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import Settings

from apps.accounts.models import Role
from apps.publications import edition, kept
from apps.publications.models import Edition
from apps.registry.models import District, Indicator, Organisation
from tests import factories

pytestmark = pytest.mark.django_db
EN = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def keeping(settings: Settings) -> Iterator[None]:
    """Keep pages in this test, and nothing of another one."""
    settings.KEPT_PAGES_MEGABYTES = 1
    edition.counts.clear()
    yield
    edition.counts.clear()


def test_kept_page_costs_nothing_but_asking_whether_it_is_valid(
    client: Client, django_assert_num_queries: Callable[..., Any]
) -> None:
    factories.published_case("awards", 3)
    first = client.get("/awards/")

    with django_assert_num_queries(0):
        again = client.get("/awards/")

    assert again.content == first.content
    assert again["Content-Type"] == first["Content-Type"] == "text/html; charset=utf-8"
    assert again["Content-Security-Policy"] == first["Content-Security-Policy"]
    assert again["Cache-Control"] == "public, no-cache"
    assert {"Cookie", "Accept-Language", "Accept-Encoding"} <= {
        word.strip() for word in again["Vary"].split(",")
    }


def test_reader_who_has_the_page_is_sent_none(client: Client) -> None:
    factories.published_case("awards", 1)
    page = client.get("/awards/")

    same = client.get("/awards/", headers={"if-none-match": page["ETag"]})
    factories.published_case("awards", 1)
    other = client.get("/awards/", headers={"if-none-match": page["ETag"]})

    assert (same.status_code, same.content, same["ETag"]) == (304, b"", page["ETag"])
    assert other.status_code == 200
    assert other["ETag"] != page["ETag"]


def test_page_is_old_the_moment_a_list_is_published(client: Client) -> None:
    factories.published_case("awards", [factories.award_values(1)])
    before = client.get("/awards/").content.decode()

    factories.published_case("awards", [factories.award_values(2)])

    after = client.get("/awards/").content.decode()
    assert "应用2" not in before
    assert "应用2" in after


def test_page_is_old_the_moment_a_list_is_corrected_or_withdrawn(client: Client) -> None:
    first = factories.published_case("awards", [factories.award_values(1)])
    client.get("/awards/")
    corrected = factories.change_first_row(factories.successor_of(first))
    assert "（更正）" not in client.get("/awards/").content.decode()
    factories.advance(corrected, "published")
    assert "（更正）" in client.get("/awards/").content.decode()

    factories.advance(factories.fresh(corrected), "withdrawn")

    page = client.get("/awards/", headers=EN)
    assert "Nothing has been published here yet" in page.content.decode()


def test_page_is_old_the_moment_a_name_changes(client: Client) -> None:
    district = factories.district("beilun").district
    factories.published_case(
        "certifications", [factories.certification_values(1, district=district)]
    )
    client.get("/platforms/")

    District.objects.filter(pk=district.pk).update(name="北仑新区")

    assert "北仑新区" in client.get("/platforms/").content.decode()


def test_drafts_and_new_names_leave_the_pages_as_they_are(
    client: Client, django_assert_num_queries: Callable[..., Any]
) -> None:
    factories.published_case("awards", 1)
    client.get("/awards/")
    factories.open_award_list(2)
    Organisation.objects.create(name="某公司")

    with django_assert_num_queries(0):
        client.get("/awards/")


def test_notice_that_begins_and_one_that_runs_out_make_pages_old() -> None:
    number = edition.edition()
    with factories.kind_with_notice():
        revision = factories.fresh(factories.case_in("on_notice", "awards", 1))

        running = edition.edition()
        factories.end_notice(revision)

        assert running != number
        assert running[2] == revision.notice_until
        assert edition.edition()[2] is None


def test_languages_are_kept_apart(client: Client) -> None:
    factories.published_case("awards", 1)
    chinese = client.get("/awards/", headers={"accept-language": "zh-hans"}).content.decode()
    english = client.get("/awards/", headers=EN).content.decode()

    assert 'lang="zh-hans"' in chinese
    assert 'lang="en"' in english
    assert client.get("/awards/", headers=EN).content.decode() == english


def test_compressed_and_plain_are_kept_apart(client: Client) -> None:
    factories.published_case("awards", 3)
    for _time in range(2):
        packed = client.get("/awards/", headers={"accept-encoding": "gzip"})
        plain = client.get("/awards/")

        assert packed["Content-Encoding"] == "gzip"
        assert not plain.has_header("Content-Encoding")
        assert packed["ETag"] != plain["ETag"]


def test_nothing_of_a_signed_in_person_is_kept_or_given_to_him(client: Client) -> None:
    factories.published_case("awards", 1)
    person = factories.person(Role.AUDITOR)
    own = Client()
    own.force_login(person)
    public = client.get("/awards/").content.decode()

    mine = own.get("/awards/").content.decode()

    assert 'href="/desk/"' in mine
    assert 'href="/desk/"' not in public
    assert 'href="/desk/"' not in client.get("/awards/").content.decode()
    assert own.get("/awards/").content.decode().count('href="/desk/"') == 1


def test_page_for_one_reader_is_not_kept(client: Client) -> None:
    assert client.get("/verify/")["Cache-Control"] != "public, no-cache"
    assert client.get("/corrections/")["Cache-Control"] != "public, no-cache"
    assert client.get("/awards/?page=x").status_code == 400
    assert client.get("/awards/?page=x")["Cache-Control"] == "no-cache"


def test_store_gives_away_what_was_not_used() -> None:
    store = kept.Store(5_500)
    for name in "abc":
        store.put(name, kept.Page((), b"", name))
        store.get("a")

    assert store.get("b") is None
    assert store.get("a") is not None
    store.put("a", kept.Page((), b"x" * 9_000, "a"))
    assert (store.pages, store.size) == ({}, 0)


def test_shortened_editions_are_a_new_one() -> None:
    Edition.objects.bulk_create(Edition() for _number in range(edition.MOST_EDITIONS))
    assert edition.shorten(most=Edition.objects.count()) == 0
    factories.published_case("awards", 1)
    before = edition.edition()

    gone = edition.shorten()

    assert gone > edition.MOST_EDITIONS
    assert Edition.objects.count() == 1
    assert edition.edition() != before
    assert edition.edition()[1] > before[1]
    assert edition.shorten() == 0


def test_transaction_is_one_edition_however_much_it_changes() -> None:
    before = edition.edition()
    numbers = set()
    for number in range(5):
        factories.indicator(f"one-{number}")
        numbers.add(edition.edition())

    # This test is a transaction: it sees each change, and leaves one row.
    assert len(numbers - {before}) == 5
    count = Edition.objects.count()
    with suppress(ZeroDivisionError), transaction.atomic():
        factories.indicator("taken-back")
        assert Edition.objects.count() == count
        raise ZeroDivisionError
    assert edition.edition() in numbers
    factories.indicator("after-it")
    assert Edition.objects.count() == count


@pytest.mark.django_db(transaction=True)
def test_each_transaction_is_an_edition_of_its_own() -> None:
    counts = []
    for number in range(3):
        with transaction.atomic():
            factories.indicator(f"one-{number}")
            factories.indicator(f"other-{number}")
        counts.append(Edition.objects.count())

    assert [count - counts[0] for count in counts] == [0, 1, 2]


def test_indicator_that_changes_its_section_is_counted_there(client: Client) -> None:
    factories.published_case("city-figures", 1)
    client.get("/indicators/")
    indicator = Indicator.objects.get()
    indicator.section = "另一节"
    indicator.save()

    facet = next(
        f for f in client.get("/indicators/").context["listing"].facets if f.name == "section"
    )

    assert [(option.value, option.count) for option in facet.options if option.count] == [
        ("另一节", 1)
    ]
