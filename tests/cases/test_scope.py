"""Who sees which case: the one scope rule, role by role and state by state."""

import pytest
from django.contrib.auth.models import AnonymousUser

from apps.accounts.models import Role
from apps.awards.models import Award
from apps.cases.models import Case, Revision, State
from tests import factories

pytestmark = pytest.mark.django_db

BEFORE = {"draft", "checking"}
REPORTED = {"submitted", "reviewing", "returned", "approved"}
ENDED = {"superseded", "withdrawn"}
ALL = BEFORE | REPORTED | ENDED | {"published"}
LIST = ALL - {"checking"}

# Kind of case -> who looks -> in which states he sees its (first) revision.
SEEN = {
    "district-returns": {
        "anonymous": {"published"},
        "district_filler": ALL,
        "district_signatory": ALL,
        "city_editor": set(),
        "city_reviewer": ALL - BEFORE,
        "city_publisher": ALL - BEFORE,
        "auditor": ALL,
        "administrator": {"published"},
        "filler of another district": set(),
        "signatory of another district": set(),
        "without a role": {"published"},
        "no longer active": {"published"},
    },
    "awards": {
        "anonymous": {"published"},
        "district_filler": set(),
        "district_signatory": set(),
        "city_editor": LIST,
        "city_reviewer": LIST,
        "city_publisher": LIST,
        "auditor": LIST,
        "administrator": {"published"},
        "filler of another district": set(),
        "signatory of another district": set(),
        "without a role": {"published"},
        "no longer active": {"published"},
    },
}


def _lookers():
    return {
        "anonymous": AnonymousUser(),
        **{str(role): person for role, person in factories.people_of_every_role().items()},
        "filler of another district": factories.person(
            Role.DISTRICT_FILLER, factories.district("cixi")
        ),
        "signatory of another district": factories.person(
            Role.DISTRICT_SIGNATORY, factories.district("cixi")
        ),
        "without a role": factories.person(Role.AUDITOR, roles=[]),
        "no longer active": factories.person(Role.AUDITOR, is_active=False),
    }


@pytest.mark.parametrize("kind_code", SEEN)
def test_revisions_are_seen_by_role_and_state(kind_code):
    lookers = _lookers()
    states = ALL if kind_code == "district-returns" else LIST
    # One bureau has one return a year, so each state has a year of its own.
    revisions = {
        state: factories.case_in(state, kind_code, year=2030 + number)
        for number, state in enumerate(sorted(states))
    }

    seen = {
        name: {
            state
            for state, revision in revisions.items()
            if Revision.objects.visible_to(user).filter(pk=revision.pk).exists()
        }
        for name, user in lookers.items()
    }

    assert seen == SEEN[kind_code]


def test_case_is_seen_where_one_of_its_revisions_is():
    superseded = factories.case_in(State.SUPERSEDED)

    assert list(Case.objects.visible_to(AnonymousUser())) == [superseded.case]


def test_records_are_seen_with_their_revision():
    draft, published = factories.open_award_list(), factories.published_case()
    rows = {r.pk: factories.records_of(r) for r in (draft, published)}

    assert list(Award.objects.visible_to(AnonymousUser())) == rows[published.pk]
    assert set(Award.objects.visible_to(factories.staff(Role.CITY_EDITOR))) == {
        *rows[draft.pk],
        *rows[published.pk],
    }


def test_person_without_a_bureau_sees_what_is_public():
    published = factories.published_case()
    factories.open_award_list()
    nobody = factories.person(Role.AUDITOR, roles=[])
    nobody.bureau = None
    nobody.save()

    assert list(Revision.objects.visible_to(nobody)) == [published]


def test_public_as_of_returns_what_was_public_then():
    first = factories.case_in(State.SUPERSEDED)
    second = Revision.objects.get(based_on=first)
    withdrawn = factories.case_in(State.WITHDRAWN)

    assert list(Revision.objects.public(first.published_at)) == [first]
    assert list(Revision.objects.public(second.published_at)) == [second]
    assert set(Revision.objects.public(withdrawn.published_at)) == {second, withdrawn}
    assert list(Revision.objects.public(withdrawn.withdrawn_at)) == [second]
    assert list(Award.objects.public(first.published_at)) == factories.records_of(first)
