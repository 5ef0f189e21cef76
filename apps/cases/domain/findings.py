"""Findings: what rules and people say about a case, and how it is settled."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Role, User
from apps.cases import scope
from apps.cases.canonical import canonical_json, record_content, sha256
from apps.cases.checks import COMMON_CHECKS
from apps.cases.domain.carrying import carry_explanations
from apps.cases.errors import NotAllowed, Refused, WrongState
from apps.cases.kinds import Problem
from apps.cases.models import (
    WRITABLE,
    ExplanationCategory,
    Finding,
    FindingStatus,
    Remark,
    Revision,
    Severity,
    State,
)
from apps.cases.sentences import is_sentence
from apps.registry.working_days import add_working_days

_Place = tuple[str, str, str, str]


def _place(problem: Problem) -> _Place:
    record = problem.record
    kind = record.record_kind.code if record is not None else ""
    return (problem.rule, kind, str(record.uid) if record is not None else "", problem.field)


def _fingerprint(problem: Problem) -> str:
    """Return what the rule saw, as a hash: when it changes, an explanation lapses."""
    seen: dict[str, object] = {"params": {k: str(v) for k, v in problem.params.items()}}
    if problem.record is not None:
        content = record_content(problem.record)
        # Where the row stands in its list is no reason to explain it again.
        content.pop("position")
        seen["record"] = content
    return sha256(canonical_json(seen))


@transaction.atomic
def run_checks(revision: Revision) -> list[Finding]:
    """Run the rules of the case's kind; return its findings by rule that are not closed.

    A problem seen for the first time, or seen with another value, opens its finding; one seen as
    before keeps its explanation; one that is gone is closed. Called with the revision locked.
    """
    known: dict[_Place, Finding] = {
        (f.rule, f.record_kind, str(f.record_uid or ""), f.field): f
        for f in revision.findings.exclude(rule="")
    }
    seen: set[_Place] = set()
    new, changed = [], []
    for check in (*COMMON_CHECKS, *revision.case.kind_spec.checks):
        for problem in check(revision):
            place = _place(problem)
            if place in seen:
                continue
            seen.add(place)
            fingerprint = _fingerprint(problem)
            finding = known.get(place)
            if finding is None:
                finding = Finding(
                    revision=revision,
                    rule=problem.rule,
                    record_kind=place[1],
                    record_uid=problem.record.uid if problem.record is not None else None,
                    field=problem.field,
                )
                new.append(finding)
            elif finding.fingerprint == fingerprint and finding.status != FindingStatus.CLOSED:
                continue
            else:
                changed.append(finding)
            finding.severity = problem.severity
            finding.message = problem.message
            finding.params = {k: str(v) for k, v in problem.params.items()}
            finding.fingerprint = fingerprint
            finding.status = FindingStatus.OPEN
    for place, finding in known.items():
        if place not in seen and finding.status != FindingStatus.CLOSED:
            finding.status = FindingStatus.CLOSED
            changed.append(finding)
    Finding.objects.bulk_create(new)
    carry_explanations(revision, new)
    Finding.objects.bulk_update(
        changed, ["severity", "message", "params", "fingerprint", "status"], batch_size=500
    )
    return list(revision.findings.exclude(rule="").exclude(status=FindingStatus.CLOSED))


@transaction.atomic
def check_case(actor: User, revision_id: int) -> list[Finding]:
    """Run the rules at the wish of a person who fills the case; return the open findings by rule.

    So the filler sees what is wrong before the case is handed over, and what a refused report
    was refused for. Rows may be saved meanwhile; no step is taken, and no other check runs.
    Raises ``Revision.DoesNotExist`` out of scope, ``NotAllowed``, ``Locked``.
    """
    scope.lock_shared(revision_id)
    revision = Revision.objects.visible_to(actor).select_related("case__bureau").get(pk=revision_id)
    scope.ensure_may_fill(actor, revision)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('cases.check'), %s::int)", [revision_id]
        )
    return run_checks(revision)


def _visible_finding(actor: User, finding_id: int) -> Finding:
    """Return the finding, locked, in ``actor``'s scope. Raises ``Finding.DoesNotExist``."""
    return (
        Finding.objects.select_for_update(of=("self",))
        .select_related("revision__case__bureau")
        .filter(revision__in=Revision.objects.visible_to(actor))
        .get(pk=finding_id)
    )


def _settle(
    finding: Finding, actor: User, status: FindingStatus, text: str, category: str = ""
) -> Finding:
    """Add a remark and set the status; the same said again by the same person adds nothing."""
    last = finding.remarks.order_by("-id").first()
    said = last is not None and (last.author_id, last.status, last.text, last.category) == (
        actor.pk,
        status,
        text,
        category,
    )
    if said and finding.status == status:
        return finding
    finding.status = status
    finding.save(update_fields=["status"])
    Remark.objects.create(
        finding=finding, status=status, text=text, author=actor, category=category
    )
    return finding


@transaction.atomic
def explain(
    actor: User,
    finding_id: int,
    text: str,
    category: str = ExplanationCategory.OTHER,
) -> Finding:
    """Store the bureau's explanation of a finding, or its answer to the reviewer.

    ``category`` is the kind of explanation; an answer to what a person said has none.

    Effects: a remark in the thread; the finding becomes explained. Raises
    ``Finding.DoesNotExist`` out of scope, ``NotAllowed``, ``WrongState``, ``Refused``.
    """
    finding = _visible_finding(actor, finding_id)
    revision = finding.revision
    if not scope.may_fill(actor, revision.case.kind_spec, revision.case.bureau_id):
        raise NotAllowed(_("Only the bureau that filled the case in explains its findings."))
    scope.lock_shared(revision.pk)
    revision.refresh_from_db(fields=["state"])
    if revision.state not in WRITABLE:
        raise WrongState(_("A finding is explained while the case is being filled in or returned."))
    if finding.severity == Severity.BLOCKING and finding.rule:
        raise Refused(
            _("This finding blocks the report. Correct the value; it cannot be explained.")
        )
    if not is_sentence(text):
        raise Refused(_("Write a sentence that the reviewer can judge."))
    if finding.rule and category not in ExplanationCategory.values:
        raise Refused(_("Choose what kind of explanation it is."))
    if finding.status == FindingStatus.REJECTED and _was_said(finding, text):
        raise Refused(
            _("The city did not accept this explanation. Say what is new, or correct the value.")
        )
    return _settle(
        finding,
        actor,
        FindingStatus.EXPLAINED,
        text.strip(),
        category if finding.rule else "",
    )


def _was_said(finding: Finding, text: str) -> bool:
    """Say whether an explanation was given in these very words before."""
    said = finding.remarks.filter(status=FindingStatus.EXPLAINED).values_list("text", flat=True)
    return "".join(text.split()) in {"".join(words.split()) for words in said}


@transaction.atomic
def raise_finding(
    actor: User,
    revision_id: int,
    message: str,
    *,
    record_kind: str = "",
    record_uid: uuid.UUID | None = None,
    field: str = "",
    severity: Severity = Severity.EXPLAIN,
    deadline: dt.date | None = None,
    is_objection: bool = False,
) -> Finding:
    """Store a reviewer's remark on a case under review, or an objection to a public notice.

    With a deadline it is an item that a return names. A signatory asks in the same way for a
    change while his bureau checks the case; what he asks for goes back with ``send_back``. The
    same said again while it is open is the same finding. Raises ``Revision.DoesNotExist`` out of
    scope, ``NotAllowed``, ``WrongState``, ``Refused``.
    """
    revision = (
        Revision.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=revision_id)
    )
    if scope.may_sign(actor, revision):
        wanted = State.CHECKING
        if deadline is not None or is_objection:
            raise Refused(_("What you ask your own bureau for has no day of its own."))
    elif actor.has_role(Role.CITY_REVIEWER, Role.CITY_PUBLISHER):
        wanted = State.ON_NOTICE if is_objection else State.REVIEWING
    else:
        raise NotAllowed(_("Only the city's reviewers and publishers raise findings."))
    if revision.state != wanted:
        raise WrongState(
            _("A finding is raised while the case is %(state)s.") % {"state": wanted.label}
        )
    if not message.strip():
        raise Refused(_("Say what is wrong and what would cure it."))
    if deadline is not None and deadline < timezone.localdate():
        raise Refused(_("The deadline lies in the past. Choose a later day."))
    _ensure_row_exists(revision, record_kind, record_uid)
    said = {
        "revision": revision,
        "record_kind": record_kind,
        "record_uid": record_uid,
        "field": field,
        "severity": Severity.BLOCKING if is_objection else severity,
        "message": message.strip(),
        "raised_by": actor,
        "deadline": deadline,
        "is_objection": is_objection,
    }
    again = Finding.objects.filter(**said, status=FindingStatus.OPEN).first()
    return again or Finding.objects.create(**said)


def _ensure_row_exists(revision: Revision, record_kind: str, uid: uuid.UUID | None) -> None:
    """Raise ``Refused`` unless a named row belongs to the revision."""
    if uid is None:
        return
    for kind in revision.case.kind_spec.records:
        if (
            kind.code == record_kind
            and kind.model.objects.filter(revision=revision, uid=uid).exists()
        ):
            return
    raise Refused(_("The row that the finding names is not in this case."))


@transaction.atomic
def decide(actor: User, finding_id: int, status: FindingStatus, text: str = "") -> Finding:
    """Accept or reject an explanation, or close a finding of one's own side.

    A signatory closes what he himself asked for, while his bureau checks the case.
    Effects: a remark in the thread; the finding takes ``status``. What is rejected goes back with
    the return's items, with ``ANSWER_DAYS`` working days to answer where it has no day yet; what is
    then accepted or closed does not. Raises ``Finding.DoesNotExist`` out of scope, ``NotAllowed``,
    ``WrongState``, ``Refused``.
    """
    finding = _visible_finding(actor, finding_id)
    if may_take_back(actor, finding):
        return _settle(finding, actor, FindingStatus.CLOSED, text.strip())
    if not actor.has_role(Role.CITY_REVIEWER, Role.CITY_PUBLISHER):
        raise NotAllowed(_("Only the city's reviewers and publishers decide on findings."))
    if finding.revision.state not in {State.REVIEWING, State.ON_NOTICE}:
        raise WrongState(_("A finding is decided while the case is under review or on notice."))
    if status not in {FindingStatus.ACCEPTED, FindingStatus.REJECTED, FindingStatus.CLOSED}:
        raise Refused(_("A finding is accepted, rejected or closed."))
    if status == FindingStatus.REJECTED and not text.strip():
        raise Refused(_("Say why the explanation is not accepted."))
    if finding.revision.state == State.REVIEWING:
        if status == FindingStatus.REJECTED and finding.deadline is None:
            finding.deadline = add_working_days(timezone.localdate(), settings.ANSWER_DAYS)
            finding.save(update_fields=["deadline"])
        elif status != FindingStatus.REJECTED and finding.rule and finding.deadline:
            finding.deadline = None
            finding.save(update_fields=["deadline"])
    return _settle(finding, actor, status, text.strip())


def may_take_back(actor: User, finding: Finding) -> bool:
    """Say whether ``actor`` signs for the bureau, and the finding is its own request for a change."""
    revision = finding.revision
    return (
        revision.state == State.CHECKING
        and scope.may_sign(actor, revision)
        and scope.bureau_asked(revision).filter(pk=finding.pk).exists()
    )


def unsettled(findings: Sequence[Finding]) -> list[Finding]:
    """Return those of ``findings`` that stand in the way of approval: hints do not."""
    return [f for f in findings if not f.is_settled and f.severity != Severity.HINT]
