"""Every step of the road, taken as it should be: what it changes and nothing else."""

import datetime as dt

import pytest
from django.utils import timezone

from apps.accounts.models import Role
from apps.cases.canonical import revision_hash
from apps.cases.domain.transitions import available_steps, perform, why_not
from apps.cases.models import Event, Notification, State
from apps.cases.statements import STATEMENT
from apps.cases.workflow import EVENT_LABELS, TRANSITIONS, Route, transitions_named
from tests import factories
from tests.cases.support import (
    CITY_KIND,
    DISTRICT_KIND,
    KINDS,
    ROAD,
    STATES,
    database_digest,
)

pytestmark = pytest.mark.django_db

ROUTE = {DISTRICT_KIND: Route.DISTRICT, CITY_KIND: Route.CITY}
STEPS = [
    (name, kind_code, source)
    for name, by_kind in ROAD.items()
    for kind_code, (sources, _target, _roles) in by_kind.items()
    for source in sorted(sources)
]
WITH_NOTICE = {"announce"}


def _prepared(name, kind_code, source):
    """Return a case that is ready for the step: in its state, its guards content."""
    revision = factories.case_in(source, kind_code)
    if name == "return":
        factories.raise_item(revision)
    if name == "withdraw":
        revision = factories.take("propose_withdrawal", revision)
    if source == "returned":
        revision = factories.change_first_row(revision)
    if source == "on_notice":
        revision = factories.end_notice(revision)
    return revision


def test_table_is_the_one_of_the_design():
    table = {
        name: {
            kind_code: (set(step.sources), step.target, set(step.roles))
            for kind_code in KINDS
            for step in transitions_named(name)
            if ROUTE[kind_code] in step.routes
        }
        for name in dict.fromkeys(step.name for step in TRANSITIONS)
    }
    # A recall is the signatory's in a district and the editor's in the city: one row, both roles.
    recall = {Role.DISTRICT_SIGNATORY, Role.CITY_EDITOR}
    wanted = {**ROAD, "recall": dict.fromkeys(KINDS, ({"submitted"}, "draft", recall))}

    assert table == wanted


def test_every_step_has_a_word_for_its_event():
    assert set(EVENT_LABELS) == {*ROAD, "open", "supersede", "assign"}


def test_unknown_step_is_an_error():
    with pytest.raises(KeyError):
        perform("force", factories.open_award_list().pk, factories.staff(Role.CITY_EDITOR))


@pytest.mark.parametrize(("name", "kind_code", "source"), STEPS)
def test_step_moves_the_case_and_logs_it(name, kind_code, source):
    notice = source == "on_notice" or name in WITH_NOTICE
    with factories.kind_with_notice(kind_code, 5 if notice else None):
        before = _prepared(name, kind_code, source)
        events, told = before.events.count(), Notification.objects.count()
        actor = factories.doer(name, before)
        others = {
            "signatory": factories.person(Role.DISTRICT_SIGNATORY),
            "publisher": factories.person(Role.CITY_PUBLISHER),
            "reviewer": factories.person(Role.CITY_REVIEWER),
        }

        event = perform(
            name,
            before.pk,
            actor,
            version=before.version,
            reason=factories.REASON,
            details={"reason_code": "correction"},
        )

        after = factories.fresh(before)
    assert (after.state, after.version) == (ROAD[name][kind_code][1], before.version + 1)
    assert after.events.count() == events + 1
    assert event == Event.objects.filter(revision=before).order_by("-from_version").first()
    assert {
        field: getattr(event, field)
        for field in (
            "transition",
            "from_state",
            "to_state",
            "from_version",
            "actor",
            "actor_name",
            "actor_role",
            "bureau_name",
            "reason",
        )
    } == {
        "transition": name,
        "from_state": source,
        "to_state": after.state,
        "from_version": before.version,
        "actor": actor,
        "actor_name": actor.full_name,
        "actor_role": actor.roles[0],
        "bureau_name": actor.bureau.name,
        "reason": factories.REASON,
    }
    assert abs(event.at - timezone.now()) < dt.timedelta(minutes=1)
    binds = name in {"submit", "approve", "publish"}
    assert event.content_hash == (revision_hash(after)[0] if binds else "")
    assert event.statement == (STATEMENT if name == "submit" else "")
    recipients = {n.recipient for n in event.notifications.all()}
    assert Notification.objects.count() == told + len(recipients)
    assert actor not in recipients
    assert recipients == _told(name, kind_code, actor, others, before)


def _told(name, kind_code, actor, others, revision):
    """Return who is told of a step, as DESIGN §3 means it: who has to act next, and the owner."""
    district_case = kind_code == DISTRICT_KIND
    own = {factories.filler_of(revision)}
    if district_case:
        own |= {
            factories.staff(Role.DISTRICT_FILLER),
            factories.staff(Role.DISTRICT_SIGNATORY),
            others["signatory"],
        }
    signatories = {factories.staff(Role.DISTRICT_SIGNATORY), others["signatory"]}
    reviewers = {factories.staff(Role.CITY_REVIEWER), others["reviewer"]}
    publishers = {factories.staff(Role.CITY_PUBLISHER), others["publisher"]}
    filler = {factories.staff(Role.DISTRICT_FILLER)} if district_case else set()
    told = {
        "hand_over": signatories,
        "send_back": filler,
        "submit": filler | reviewers,
        "recall": filler | reviewers,
        "accept": own,
        "return": own,
        "approve": own | publishers,
        "reopen": reviewers | publishers,
        "announce": own | reviewers,
        "publish": own | reviewers,
        "restate": own,
        "propose_withdrawal": reviewers | publishers,
        "withdraw": own | reviewers | publishers,
    }[name]
    return told - {actor}


def test_hand_over_names_the_filler():
    revision = factories.case_in("checking", DISTRICT_KIND)

    assert revision.handed_over_by == factories.staff(Role.DISTRICT_FILLER)


def test_submit_binds_the_content_and_keeps_the_first_time():
    revision = factories.submitted_case(DISTRICT_KIND)
    first = revision.submitted_at
    returned = factories.returned(factories.take("accept", revision))

    again = factories.advance(factories.change_first_row(returned), State.SUBMITTED)

    assert revision.submitted_by == factories.staff(Role.DISTRICT_SIGNATORY)
    assert again.submitted_at == first
    assert again.submitted_hash == revision_hash(again)[0]
    assert again.submitted_hash != revision.submitted_hash


def test_submit_accepts_the_content_that_was_shown():
    revision = factories.open_award_list()

    event = perform(
        "submit",
        revision.pk,
        factories.staff(Role.CITY_EDITOR),
        details={"seen_hash": revision_hash(revision)[0]},
    )

    assert event.to_state == State.SUBMITTED


def test_accept_names_the_reviewer():
    assert factories.reviewing_case().reviewer == factories.staff(Role.CITY_REVIEWER)


def test_return_stamps_the_time():
    revision = factories.case_in("returned")

    assert revision.returned_at == revision.events.get(transition="return").at


def test_approve_binds_the_approval_to_the_content():
    revision = factories.approved_case()

    assert revision.approved_by == factories.staff(Role.CITY_REVIEWER)
    assert revision.approved_hash == revision.submitted_hash == revision_hash(revision)[0]


@pytest.mark.parametrize("source", ["approved", "on_notice"])
def test_reopen_clears_approval_and_notice(source):
    with factories.kind_with_notice(CITY_KIND, 5):
        revision = factories.take("reopen", factories.case_in(source))

    assert (
        revision.state,
        revision.approved_by,
        revision.approved_hash,
        revision.notice_from,
        revision.notice_until,
    ) == (State.REVIEWING, None, "", None, None)
    assert revision.submitted_hash == revision_hash(revision)[0]


def test_publish_names_the_publisher_and_the_time():
    revision = factories.published_case()

    assert revision.published_by == factories.staff(Role.CITY_PUBLISHER)
    assert revision.published_at == revision.events.get(transition="publish").at


def test_withdraw_stamps_the_time():
    revision = factories.case_in("withdrawn")

    assert revision.withdrawn_at == revision.events.get(transition="withdraw").at


@pytest.mark.parametrize(("name", "kind_code", "source"), STEPS)
def test_step_asked_again_by_the_same_person_is_the_same_event(name, kind_code, source):
    notice = source == "on_notice" or name in WITH_NOTICE
    with factories.kind_with_notice(kind_code, 5 if notice else None):
        revision = _prepared(name, kind_code, source)
        asked = {
            "version": revision.version,
            "reason": "一次",
            "details": {"reason_code": "correction"},
        }
        actor = factories.doer(name, revision)
        first = perform(name, revision.pk, actor, **asked)
        state, told = factories.fresh(revision).state, Notification.objects.count()

        second = perform(name, revision.pk, actor, **asked)

    assert second == first
    assert factories.fresh(revision).state == state
    assert Notification.objects.count() == told


@pytest.mark.parametrize("kind_code", KINDS)
def test_available_steps_are_those_of_state_and_role(kind_code):
    people = factories.people_of_every_role()
    states = [s for s in STATES if s != "checking" or kind_code == DISTRICT_KIND]
    with factories.kind_with_notice(kind_code, 5):
        revisions = {
            state: factories.case_in(state, kind_code, year=2030 + number)
            for number, state in enumerate(states)
        }

        offered = {
            (state, role): {step.name for step in available_steps(revision, person)}
            for state, revision in revisions.items()
            for role, person in people.items()
        }

    assert offered == {
        (state, role): {
            name
            for name, by_kind in ROAD.items()
            if kind_code in by_kind
            and state in by_kind[kind_code][0]
            and role in by_kind[kind_code][2]
        }
        for state in states
        for role in Role
    }


def test_available_steps_of_another_district_are_none():
    revision = factories.open_return()
    stranger = factories.person(Role.DISTRICT_FILLER, factories.district("cixi"))

    assert available_steps(revision, stranger) == []


def test_why_not_foresees_the_refusal_and_writes_nothing(in_english):
    empty, full = factories.open_award_list(rows=0), factories.open_award_list()
    editor, reviewer = factories.staff(Role.CITY_EDITOR), factories.staff(Role.CITY_REVIEWER)
    before = database_digest()

    said = [
        (type(refusal).__name__, str(refusal))
        for refusal in (
            why_not("submit", empty, editor),
            why_not("submit", full, reviewer),
            why_not("recall", full, editor),
            why_not("submit", full, editor),
        )
    ]

    assert said == [
        ("Refused", "The case is empty. Enter at least one row first."),
        ("NotAllowed", "Your role does not take this step on this case."),
        ("WrongState", "“Recall” is not possible while the case is being filled in."),
        ("NoneType", "None"),
    ]
    assert database_digest() == before
