"""Handing a case under review from one reviewer to another."""

from functools import partial

import pytest
from django.db import transaction
from django.db.utils import Error

from apps.accounts.models import Role
from apps.cases.domain.assignment import hand_to
from apps.cases.domain.together import hand_many
from apps.cases.errors import NotAllowed, Refused, StaleVersion, WrongState
from apps.cases.models import Assignment, Event, Notification, Revision
from tests import factories
from tests.cases.support import at_once, database_digest, names_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

NOTE = "前三条已核，余下请看证明材料。"


@pytest.fixture
def reviewing():
    return factories.reviewing_case()


def test_colleague_goes_on_and_everybody_concerned_knows(reviewing):
    first, second = reviewing.reviewer, factories.person(Role.CITY_REVIEWER)
    told = Notification.objects.count()

    event = hand_to(first, reviewing.pk, second.pk, f" {NOTE} ", version=reviewing.version)

    after = factories.fresh(reviewing)
    assert (after.state, after.reviewer, after.version) == (
        "reviewing",
        second,
        reviewing.version + 1,
    )
    assert (event.transition, event.from_state, event.to_state, event.reason) == (
        "assign",
        "reviewing",
        "reviewing",
        NOTE,
    )
    assert (event.from_version, event.actor, event.actor_role) == (
        reviewing.version,
        first,
        Role.CITY_REVIEWER,
    )
    assert (event.assignment.reviewer, event.assignment.former) == (second, first)
    # Who did it needs no message.
    assert [n.recipient for n in event.notifications.all()] == [second]
    assert Notification.objects.count() == told + 1


def test_case_of_a_colleague_who_is_away_can_be_taken_over(reviewing):
    second = factories.person(Role.CITY_REVIEWER)

    event = hand_to(second, reviewing.pk, second.pk, NOTE)

    assert factories.fresh(reviewing).reviewer == second
    assert [n.recipient for n in event.notifications.all()] == [reviewing.reviewer]


def test_asked_again_it_is_the_same_event(reviewing):
    second, third = factories.person(Role.CITY_REVIEWER), factories.person(Role.CITY_REVIEWER)
    first = hand_to(reviewing.reviewer, reviewing.pk, second.pk, NOTE, version=reviewing.version)

    again = hand_to(reviewing.reviewer, reviewing.pk, second.pk, NOTE, version=reviewing.version)

    assert again == first
    with pytest.raises(StaleVersion):
        hand_to(reviewing.reviewer, reviewing.pk, third.pk, NOTE, version=reviewing.version)
    assert Assignment.objects.count() == 1


@pytest.mark.parametrize(
    ("state", "refusal"),
    [("submitted", "Accept it first"), ("approved", "under review"), ("returned", "under review")],
)
def test_only_a_case_under_review_is_handed_over(state, refusal):
    revision = factories.case_in(state)
    second = factories.person(Role.CITY_REVIEWER)

    with pytest.raises(WrongState, match=refusal):
        hand_to(factories.staff(Role.CITY_REVIEWER), revision.pk, second.pk, NOTE)


def _nobody(reviewing):
    return factories.person(Role.CITY_PUBLISHER)


def _away(reviewing):
    return factories.person(Role.CITY_REVIEWER, is_active=False)


def _author(reviewing):
    author = factories.filler_of(reviewing)
    author.roles = [Role.CITY_EDITOR, Role.CITY_REVIEWER]
    author.save()
    return author


@pytest.mark.parametrize(
    ("whom", "refusal"),
    [
        (_nobody, "Choose a reviewer"),
        (_away, "Choose a reviewer"),
        (lambda revision: revision.reviewer, "reviews this case already"),
        (_author, "another person has to review it"),
    ],
    ids=["no reviewer", "left the house", "the same person", "who entered it"],
)
def test_it_goes_only_to_who_could_approve_it(reviewing, whom, refusal):
    colleague = whom(reviewing)
    before = database_digest()

    with pytest.raises(Refused, match=refusal):
        hand_to(factories.fresh(reviewing).reviewer, reviewing.pk, colleague.pk, NOTE)

    assert database_digest() == before


def test_note_is_asked_for(reviewing):
    second = factories.person(Role.CITY_REVIEWER)

    with pytest.raises(Refused, match="Write a note"):
        hand_to(reviewing.reviewer, reviewing.pk, second.pk, "  ")


@pytest.mark.parametrize("role", [Role.CITY_PUBLISHER, Role.CITY_EDITOR, Role.AUDITOR])
def test_no_other_role_hands_a_case_over(reviewing, role):
    second = factories.person(Role.CITY_REVIEWER)

    with pytest.raises(NotAllowed):
        hand_to(factories.staff(role), reviewing.pk, second.pk, NOTE)


def test_out_of_scope_it_does_not_exist(reviewing):
    with pytest.raises(Revision.DoesNotExist):
        hand_to(
            factories.staff(Role.DISTRICT_SIGNATORY),
            reviewing.pk,
            reviewing.reviewer_id,
            NOTE,
        )


def test_several_are_handed_over_or_none():
    actor = factories.staff(Role.CITY_REVIEWER)
    second = factories.person(Role.CITY_REVIEWER)
    cases = [factories.reviewing_case() for _n in range(2)]
    other = factories.submitted_case()

    with pytest.raises(WrongState):
        hand_many(actor, {r.pk: r.version for r in [*cases, other]}, second.pk, NOTE)
    assert {factories.fresh(r).reviewer for r in cases} == {actor}

    events = hand_many(actor, {r.pk: r.version for r in cases}, second.pk, NOTE)
    assert {factories.fresh(r).reviewer for r in cases} == {second}
    assert len(events) == 2


def test_assignment_is_kept_as_it_was(reviewing):
    second = factories.person(Role.CITY_REVIEWER)
    hand_to(reviewing.reviewer, reviewing.pk, second.pk, NOTE)

    for change in (
        lambda: Assignment.objects.update(reviewer=reviewing.reviewer),
        lambda: Assignment.objects.all().delete(),
    ):
        with pytest.raises(Error), transaction.atomic():
            change()


@pytest.mark.django_db(transaction=True)
def test_twenty_hand_overs_at_once_are_one():
    revision = factories.reviewing_case()
    second = factories.person(Role.CITY_REVIEWER)

    outcomes = at_once(
        [
            partial(
                hand_to, revision.reviewer, revision.pk, second.pk, NOTE, version=revision.version
            )
        ]
        * 20
    )

    assert names_of(outcomes) == {"": 20}
    (event,) = Event.objects.filter(transition="assign")
    assert event.notifications.count() == Assignment.objects.count() == 1
