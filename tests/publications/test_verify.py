"""Checking a receipt: who may know that a content was reported."""

import pytest
from django.test import Client

from apps.accounts.models import Role
from apps.cases.models import Event, State
from tests import factories as f
from tests.cases.desk.pages import said, signed_in

pytestmark = pytest.mark.django_db

RETURN = "district-returns"
UNKNOWN = "No published report has this hash"


def _reader():
    return Client(headers={"accept-language": "en"})


def _ask(client, digest):
    return client.get("/verify/", {"hash": digest})


def _reported(state):
    revision = f.case_in(state, RETURN)
    return revision, Event.objects.get(revision=revision, transition="submit")


def test_page_asks_for_a_hash():
    page = _reader().get("/verify/")

    assert page.status_code == 200
    assert UNKNOWN not in said(page)


@pytest.mark.parametrize("typed", ["abc", "g" * 64, "0" * 63])
def test_what_is_no_hash_is_said_to_be_none(typed):
    page = _ask(_reader(), typed)

    assert page.status_code == 400
    assert "This is no SHA-256" in said(page)
    assert f'value="{typed}"' in page.content.decode()


def test_public_learns_of_a_report_once_it_is_published_and_of_no_person():
    revision, event = _reported(State.REVIEWING)
    assert UNKNOWN in said(_ask(_reader(), event.content_hash))
    assert UNKNOWN in said(_ask(_reader(), "0" * 64))

    f.advance(revision, State.PUBLISHED)

    page = _ask(_reader(), event.content_hash)
    assert f"by {event.bureau_name}" in said(page)
    assert event.actor_name not in said(page)
    assert f'href="/cases/{revision.case_id}/1/"' in page.content.decode()
    assert "no-store" in page["Cache-Control"]


@pytest.mark.parametrize(
    ("role", "knows"),
    [
        (Role.DISTRICT_FILLER, True),
        (Role.CITY_REVIEWER, True),
        (Role.AUDITOR, True),
        (Role.CITY_EDITOR, False),
        (Role.ADMINISTRATOR, False),
    ],
)
def test_those_in_scope_learn_who_signed_before_it_is_published(role, knows):
    _revision, event = _reported(State.SUBMITTED)

    page = _ask(signed_in(f.staff(role)), event.content_hash)

    assert (event.actor_name in said(page)) is knows
    assert (UNKNOWN in said(page)) is not knows


def test_other_district_learns_nothing_before():
    _revision, event = _reported(State.SUBMITTED)

    stranger = signed_in(f.staff(Role.DISTRICT_FILLER, f.district("cixi")))

    assert UNKNOWN in said(_ask(stranger, event.content_hash))


def test_hash_is_read_with_blanks_and_capitals():
    _revision, event = _reported(State.PUBLISHED)
    spaced = " ".join(event.content_hash[n : n + 8].upper() for n in range(0, 64, 8))

    assert "This content was reported" in said(_ask(_reader(), spaced))


def test_withdrawn_report_is_unknown_to_the_public():
    _revision, event = _reported(State.WITHDRAWN)

    assert UNKNOWN in said(_ask(_reader(), event.content_hash))
