"""The one function that writes a state."""

import datetime as dt
from collections.abc import Callable, Mapping

import pghistory
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Role, User
from apps.cases import scope, workflow
from apps.cases.canonical import held_hash, row_counts
from apps.cases.domain import releases
from apps.cases.domain.copying import copy_revision
from apps.cases.domain.findings import run_checks
from apps.cases.domain.notifying import notify
from apps.cases.errors import NotAllowed, Refused, StaleVersion, WorkflowError, WrongState
from apps.cases.guards import GUARDS
from apps.cases.kinds import Kind
from apps.cases.models import WRITABLE, Case, Event, FindingStatus, Revision, State
from apps.cases.reported import explained_now
from apps.cases.statements import Statement, statement_for
from apps.cases.workflow import Route, Transition
from apps.registry.working_days import add_working_days

# Steps before which the rules run.
CHECKED = frozenset({"hand_over", "submit"})

Effect = Callable[[Revision, User, dt.datetime, Mapping[str, str]], None]


def perform(
    name: str,
    revision_id: int,
    actor: User,
    *,
    version: int | None = None,
    reason: str = "",
    details: Mapping[str, str] | None = None,
) -> Event:
    """Take the step ``name`` on a revision and return its event. There is no second door.

    ``version`` is the one the person saw (None: the present one). Asked again for a step that
    this person already took from this version, it returns that event and does nothing.
    ``details`` holds ``reason_code`` for ``restate``, ``note`` for the reason of a release, and
    for ``submit`` the ``seen_hash`` of the content and the ``seen_statement`` (its version) that
    the signing person was shown.

    Effects, in one transaction that holds the revision's row: the rules run (hand_over, submit);
    the new state, its time and its person; version + 1; the event, with the content hash where
    the step binds content (submit, approve, publish) and the signed statement (submit); a
    notification for each person the table names, whose e-mail leaves on commit; for publish a
    release, and the former revision becomes superseded; for restate a new revision in draft.

    Raises ``Revision.DoesNotExist`` out of scope, ``NotAllowed``, ``WrongState``, ``StaleVersion``
    and ``Refused``: then nothing has changed.
    """
    if name in CHECKED:
        # Kept even where the step is then refused: the person sees what to cure.
        refresh_findings(name, revision_id, actor)
    return perform_many(name, {revision_id: version}, actor, reason=reason, details=details)[0]


@transaction.atomic
def refresh_findings(name: str, revision_id: int, actor: User) -> None:
    """Run the rules for a step that ``actor`` may take now, and keep what they find.

    Does nothing where the step is not possible: the step itself then says why.
    """
    revision = _locked(revision_id, actor)
    if any(step.name == name for step in available_steps(revision, actor)):
        _prepare(revision, actor)
        run_checks(revision)


@transaction.atomic
def perform_many(
    name: str,
    versions: Mapping[int, int | None],
    actor: User,
    *,
    reason: str = "",
    details: Mapping[str, str] | None = None,
) -> list[Event]:
    """Take one step on several revisions, all or none; published together they are one release.

    ``versions`` maps each revision's id to the version the person saw. Else as ``perform``.
    """
    details = details or {}
    with pghistory.context(user=actor.pk, transition=name):
        events, fresh = [], []
        # In one order, so that two publishers of the same cases never wait for each other.
        for revision_id in sorted(versions):
            revision = _locked(revision_id, actor)
            event = _repeated(name, revision, actor, versions[revision_id])
            if event is None:
                event = _take(name, revision, actor, versions[revision_id], reason, details)
                fresh.append(revision)
            events.append(event)
        if name == "publish" and fresh:
            releases.record_release(fresh, actor, reason or details.get("note", ""))
    return events


def _locked(revision_id: int, actor: User) -> Revision:
    """Return the revision with its row locked. Raises ``Revision.DoesNotExist`` out of scope."""
    revision = (
        Revision.objects.select_for_update(of=("self",))
        .select_related("case__bureau", "based_on")
        .get(pk=revision_id)
    )
    if not Revision.objects.visible_to(actor).filter(pk=revision_id).exists():
        raise Revision.DoesNotExist
    # Nobody writes its rows while the lock is held: its content is hashed once.
    revision.is_held = True  # type: ignore[attr-defined]
    return revision


def _repeated(name: str, revision: Revision, actor: User, version: int | None) -> Event | None:
    """Return the event of a step that was already taken from ``version`` by the same person.

    Raises ``StaleVersion`` where something else happened since.
    """
    if version is None or version == revision.version:
        return None
    event = Event.objects.filter(
        revision=revision, from_version=version, transition=name, actor=actor
    ).first()
    if event is None:
        raise StaleVersion
    return event


def route_of(kind: Kind) -> Route:
    """Return the road that cases of ``kind`` take."""
    return Route.DISTRICT if kind.checked_in_bureau else Route.CITY


def role_for(step: Transition, revision: Revision, actor: User) -> Role | None:
    """Return the role in which ``actor`` may take ``step``, or None."""
    case = revision.case
    if actor.bureau_id is None or route_of(case.kind_spec) not in step.routes:
        return None
    # The city's steps ask for a city role, which nobody outside the city bureau can hold
    # (a trigger of the accounts).
    right_bureau = actor.bureau_id == case.bureau_id or not step.of_bureau
    roles = [role for role in Role if role in step.roles and actor.has_role(role)]
    return roles[0] if right_bureau and roles else None


def available_steps(revision: Revision, actor: User) -> list[Transition]:
    """Return the steps that ``actor`` could take now, by state and role. Guards may still refuse."""
    return [
        step
        for step in workflow.TRANSITIONS
        if revision.state in step.sources and role_for(step, revision, actor) is not None
    ]


def why_not(
    name: str, revision: Revision, actor: User, details: Mapping[str, str] | None = None
) -> WorkflowError | None:
    """Return what ``perform`` would refuse with as things stand, or None. Writes nothing.

    The rules do not run: a finding that only they would see is not foreseen.
    """
    try:
        _choose(name, revision, actor)
        for guard in GUARDS.get(name, ()):
            guard(revision, actor, details or {})
    except WorkflowError as refusal:
        return refusal
    return None


def _choose(name: str, revision: Revision, actor: User) -> tuple[Transition, Role]:
    """Return the row of the table that applies, and the role it is taken in."""
    steps = [
        step
        for step in workflow.transitions_named(name)
        if route_of(revision.case.kind_spec) in step.routes
    ]
    for step in steps:
        if (role := role_for(step, revision, actor)) is not None:
            if revision.state not in step.sources:
                raise WrongState(
                    _("“%(step)s” is not possible while the case is %(state)s.")
                    % {"step": step.label, "state": revision.get_state_display()}
                )
            return step, role
    raise NotAllowed(_("Your role does not take this step on this case."))


def _take(
    name: str,
    revision: Revision,
    actor: User,
    version: int | None,
    reason: str,
    details: Mapping[str, str],
) -> Event:
    """Take the step on the locked revision: guards, state, event, effect, messages."""
    step, role = _choose(name, revision, actor)
    reason = reason.strip()
    if step.needs_reason and not reason:
        raise Refused(_("Give a reason: it goes to the people concerned and into the history."))
    if name in CHECKED:
        _prepare(revision, actor)
        run_checks(revision)
    for guard in GUARDS.get(name, ()):
        guard(revision, actor, details)
    now = timezone.now()
    from_state, from_version = State(revision.state), revision.version
    revision.state = step.target
    revision.version += 1
    content_hash = ""
    if name in {"submit", "approve", "publish"}:
        content_hash, _rows = held_hash(revision)
    EFFECTS.get(name, _nothing)(
        revision, actor, now, {**details, "hash": content_hash, "reason": reason}
    )
    revision.save()
    event = log(
        revision,
        name,
        from_state,
        from_version,
        actor,
        role,
        now,
        reason=reason,
        content_hash=content_hash,
        statement=statement_for(revision.case) if name == "submit" else None,
    )
    notify(event, step)
    return event


def _prepare(revision: Revision, actor: User) -> None:
    """Store what the house itself knows of the case, while its rows may still be written."""
    prepare = revision.case.kind_spec.prepare
    if prepare is not None and revision.state in WRITABLE:
        prepare(actor, revision)


def log(
    revision: Revision,
    name: str,
    from_state: State | str,
    from_version: int,
    actor: User,
    role: Role,
    at: dt.datetime,
    *,
    reason: str = "",
    content_hash: str = "",
    statement: Statement | None = None,
) -> Event:
    """Append one event to the revision's log, with person, role and bureau as they are now."""
    return Event.objects.create(
        revision=revision,
        transition=name,
        from_state=from_state,
        to_state=revision.state,
        from_version=from_version,
        actor=actor,
        actor_name=str(actor),
        actor_title=actor.title,
        actor_role=role,
        bureau_name=actor.bureau.name if actor.bureau else "",
        at=at,
        reason=reason,
        content_hash=content_hash,
        statement=statement.text if statement else "",
        statement_version=statement.version if statement else 0,
        row_counts=row_counts(revision) if statement else {},
        explained=explained_now(revision) if statement else None,
    )


def _nothing(revision: Revision, actor: User, now: dt.datetime, details: Mapping[str, str]) -> None:
    """Do nothing beyond the state."""


def _handed_over(
    revision: Revision, actor: User, now: dt.datetime, details: Mapping[str, str]
) -> None:
    revision.handed_over_by = actor


def _submitted(
    revision: Revision, actor: User, now: dt.datetime, details: Mapping[str, str]
) -> None:
    revision.submitted_by = actor
    revision.submitted_at = revision.submitted_at or now
    revision.submitted_hash = details["hash"]
    # What the signatory asked for is settled by his signature.
    scope.bureau_asked(revision).update(status=FindingStatus.CLOSED)


def _accepted(
    revision: Revision, actor: User, now: dt.datetime, details: Mapping[str, str]
) -> None:
    revision.reviewer = actor
    # What was refused was answered with the report; the city refuses it anew, or does not.
    revision.findings.exclude(rule="").exclude(deadline=None).update(deadline=None)


def _returned(
    revision: Revision, actor: User, now: dt.datetime, details: Mapping[str, str]
) -> None:
    revision.returned_at = now


def _approved(
    revision: Revision, actor: User, now: dt.datetime, details: Mapping[str, str]
) -> None:
    revision.approved_by = actor
    revision.approved_hash = details["hash"]


def _reopened(
    revision: Revision, actor: User, now: dt.datetime, details: Mapping[str, str]
) -> None:
    revision.approved_by = None
    revision.approved_hash = ""
    revision.notice_from = revision.notice_until = None


def _announced(
    revision: Revision, actor: User, now: dt.datetime, details: Mapping[str, str]
) -> None:
    """Start the notice; it ends at the end of its last working day."""
    days = revision.case.notice_days or 0
    last_day = add_working_days(timezone.localdate(now), days)
    revision.notice_from = now
    revision.notice_until = timezone.make_aware(
        dt.datetime.combine(last_day + dt.timedelta(days=1), dt.time())
    )


def _published(
    revision: Revision, actor: User, now: dt.datetime, details: Mapping[str, str]
) -> None:
    """Supersede the former revision first: only one may be public."""
    former = (
        Revision.objects.select_for_update()
        .filter(case_id=revision.case_id, state=State.PUBLISHED)
        .first()
    )
    if former is not None:
        from_version = former.version
        former.state = State.SUPERSEDED
        former.superseded_at = now
        former.version += 1
        former.save()
        log(
            former,
            workflow.SUPERSEDED,
            State.PUBLISHED,
            from_version,
            actor,
            Role.CITY_PUBLISHER,
            now,
            reason=revision.reason,
        )
    revision.published_by = actor
    revision.published_at = now


def _restated(
    revision: Revision, actor: User, now: dt.datetime, details: Mapping[str, str]
) -> None:
    """Open the next revision with the same rows; this one stays public."""
    Case.objects.select_for_update().get(pk=revision.case_id)
    successor = Revision.objects.create(
        case=revision.case,
        number=_last_number(revision.case) + 1,
        based_on=revision,
        reason_code=details["reason_code"],
        reason=details["reason"],
        created_by=actor,
        created_at=now,
    )
    copy_revision(revision, successor)
    log(
        successor, workflow.OPENED, "", 0, actor, Role.CITY_PUBLISHER, now, reason=details["reason"]
    )


def _last_number(case: Case) -> int:
    return max(case.revisions.values_list("number", flat=True))


def _withdrawn(
    revision: Revision, actor: User, now: dt.datetime, details: Mapping[str, str]
) -> None:
    revision.withdrawn_at = now


EFFECTS: dict[str, Effect] = {
    "hand_over": _handed_over,
    "submit": _submitted,
    "accept": _accepted,
    "return": _returned,
    "approve": _approved,
    "reopen": _reopened,
    "announce": _announced,
    "publish": _published,
    "restate": _restated,
    "withdraw": _withdrawn,
}
