"""Guards of the transitions: each says no with a plain sentence and its cure, or says nothing."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence

from django.db.models import CharField, Count, Exists, Max, OuterRef, Q, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.cases import scope
from apps.cases.canonical import held_hash
from apps.cases.errors import NotAllowed, Refused
from apps.cases.kinds import RecordKind
from apps.cases.models import (
    Event,
    Evidence,
    Finding,
    FindingStatus,
    ReasonCode,
    Remark,
    Revision,
    Severity,
    State,
)
from apps.cases.reading import reading_of
from apps.cases.statements import statement_for

Details = Mapping[str, str]
Guard = Callable[[Revision, User, Details], None]


def worked_on(actor: User, kinds: Iterable[RecordKind]) -> Q:
    """Return the condition of a revision with rows of ``kinds`` that ``actor`` ever worked on.

    He saved a row of it, kept or not, or removed one, or attached a file or took one away.
    """
    files = Evidence.objects.filter(revision=OuterRef("pk"), finding__isnull=True)
    worked = Q(Exists(files.filter(Q(added_by=actor) | Q(removed_by=actor))))
    for kind in kinds:
        history = kind.model.pgh_event_model.objects.filter(  # type: ignore[attr-defined]
            revision_id=OuterRef("pk")
        )
        # A removed row keeps its last saver; who removed it stands in the context.
        removed = history.filter(pgh_label="delete", pgh_context__metadata__removed_by=actor.pk)
        worked |= Q(Exists(history.filter(updated_by_id=actor.pk))) | Q(Exists(removed))
    return worked


def entered_something(actor: User, revision: Revision) -> bool:
    """Say whether ``actor`` ever saved a row of this revision, kept or not, or removed one.

    One query.
    """
    worked = worked_on(actor, revision.case.kind_spec.records)
    return Revision.objects.filter(worked, pk=revision.pk).exists()


def has_rows(revision: Revision, actor: User, details: Details) -> None:
    """An empty case is not handed on."""
    reading = reading_of(revision)
    if reading is not None and reading.content is not None:
        is_empty = not any(reading.content.rows.values())
    else:
        is_empty = not any(
            kind.model.objects.filter(revision=revision).exists()
            for kind in revision.case.kind_spec.records
        )
    if is_empty:
        raise Refused(_("The case is empty. Enter at least one row first."))


def not_the_filler(revision: Revision, actor: User, details: Details) -> None:
    """Who signs a return did not fill it in (统计法 art. 17: the signatory answers for the check).

    The city's own lists have no signatory: their editor reports them, and another person approves.
    """
    if not revision.case.kind_spec.checked_in_bureau:
        return
    reading = reading_of(revision)
    worked = reading.worked_on if reading else entered_something(actor, revision)
    if revision.handed_over_by_id == actor.pk or worked:
        raise NotAllowed(_("You filled in this case; another person has to sign it."))


def findings_explained(revision: Revision, actor: User, details: Details) -> None:
    """No blocking finding by rule, every one that asks for it explained."""
    blocking, unexplained = _by_rule(revision)
    if blocking:
        raise Refused(
            ngettext(
                "%(count)s finding blocks the report. Correct the value it names.",
                "%(count)s findings block the report. Correct the values they name.",
                blocking,
            )
            % {"count": blocking}
        )
    if unexplained:
        raise Refused(
            ngettext(
                "%(count)s finding is to be explained before the report.",
                "%(count)s findings are to be explained before the report.",
                unexplained,
            )
            % {"count": unexplained}
        )


def _by_rule(revision: Revision) -> tuple[int, int]:
    """Return how many findings of the rules block, and how many wait to be explained."""
    waiting = [FindingStatus.OPEN, FindingStatus.REJECTED]
    if reading := reading_of(revision):
        found = [f for f in reading.findings if f.rule and f.status != FindingStatus.CLOSED]
        return (
            sum(f.severity == Severity.BLOCKING for f in found),
            sum(f.severity == Severity.EXPLAIN and f.status in waiting for f in found),
        )
    by_rule = revision.findings.exclude(rule="").exclude(status=FindingStatus.CLOSED).order_by()
    counts = by_rule.aggregate(
        blocking=Count("pk", filter=Q(severity=Severity.BLOCKING)),
        unexplained=Count("pk", filter=Q(severity=Severity.EXPLAIN, status__in=waiting)),
    )
    return counts["blocking"], counts["unexplained"]


def items_answered(revision: Revision, actor: User, details: Details) -> None:
    """What was returned, by the city or in the bureau, is changed or answered before it goes on."""
    items = [*scope.open_items(revision), *scope.bureau_items(revision)]
    refused = _refused_at(revision, items)
    # What was asked, since when it may have been answered by a change.
    asked = {
        item: refused.get(item.pk) or item.raised_at
        for item in items
        if not item.rule and item.status != FindingStatus.EXPLAINED
    }
    changes = _changes_since(revision, asked) if asked else []
    waiting = [
        item
        for item in items
        # The rules have just run: a changed figure has lifted the refusal.
        if (item.rule and item.status == FindingStatus.REJECTED)
        or (item in asked and not _was_changed(item, asked[item], changes))
    ]
    if waiting:
        raise Refused(
            ngettext(
                "%(count)s returned item was neither changed nor answered: %(first)s",
                "%(count)s returned items were neither changed nor answered, the first: %(first)s",
                len(waiting),
            )
            % {"count": len(waiting), "first": waiting[0]}
        )


def _refused_at(revision: Revision, items: Sequence[Finding]) -> dict[int, dt.datetime]:
    """Return when the answer to each of ``items`` was last refused, where it was."""
    if reading_of(revision):
        # The findings of a reading came with their threads.
        threads = {item.pk: getattr(item, "thread", ()) for item in items}
        times = {
            pk: [said["at"] for said in thread if said["status"] == FindingStatus.REJECTED]
            for pk, thread in threads.items()
        }
        return {pk: dt.datetime.fromisoformat(at[-1]) for pk, at in times.items() if at}
    refusals = (
        Remark.objects.filter(finding__in=items, status=FindingStatus.REJECTED)
        .values("finding")
        .annotate(at=Max("at"))
        .values_list("finding", "at")
    )
    return dict(refusals)


# The kind and permanent id of a row, and when it or a file of it was last changed.
Change = tuple[str, uuid.UUID | None, dt.datetime]


def _changes_since(revision: Revision, asked: Mapping[Finding, dt.datetime]) -> list[Change]:
    """Return what was changed since the first of ``asked``, row by row. One query."""
    since = min(asked.values())
    wanted = {item.record_kind for item in asked}
    uids = {item.record_uid for item in asked}
    files = Evidence.objects.filter(Q(added_at__gt=since) | Q(removed_at__gt=since))
    # Rows that nobody asked for are left out, unless somebody asked for any row.
    only = Q() if None in uids else Q(uid__in=uids)
    parts = [
        files.filter(revision=revision)
        .order_by()
        .values_list("record_kind", "record_uid")
        .annotate(at=Max(Greatest("added_at", "removed_at")))
    ]
    for kind in revision.case.kind_spec.records:
        if "" in wanted or kind.code in wanted:
            # The trigger's time is the transaction's start, the row's own is the save's; a removed
            # row has only the first.
            history = kind.model.pgh_event_model.objects.filter(  # type: ignore[attr-defined]
                Q(pgh_created_at__gt=since) | Q(updated_at__gt=since), only, revision_id=revision.pk
            )
            parts.append(
                history.order_by()
                .annotate(code=Value(kind.code, output_field=CharField()))
                .values_list("code", "uid")
                .annotate(at=Max(Greatest("pgh_created_at", "updated_at")))
            )
    return list(parts[0].union(*parts[1:], all=True))


def _was_changed(item: Finding, since: dt.datetime, changes: Sequence[Change]) -> bool:
    """Say whether what an item names was changed after ``since``, or a file of it."""
    return any(
        at > since
        and item.record_kind in {"", kind}
        and (item.record_uid is None or item.record_uid == uid)
        for kind, uid, at in changes
    )


def differs_from_published(revision: Revision, actor: User, details: Details) -> None:
    """A correction that corrects nothing is refused."""
    base = revision.based_on
    if base is not None and _hash(revision) == base.approved_hash:
        raise Refused(_("This correction changes nothing. Change a value, or leave it be."))


def _hash(revision: Revision) -> str:
    """Return the hash of the content, made of the rows that were read where they were."""
    reading = reading_of(revision)
    if reading is not None and reading.content is not None:
        return reading.content.hash[0]
    return held_hash(revision)[0]


def has_open_item(revision: Revision, actor: User, details: Details) -> None:
    """A return names what is wrong, each with a deadline."""
    if not scope.open_items(revision):
        raise Refused(
            _(
                "Name at least one item to be corrected, with its deadline, before you return the case."
            )
        )


def not_an_author(revision: Revision, actor: User, details: Details) -> None:
    """Who approves entered nothing in the case and did not report it."""
    if revision.submitted_by_id == actor.pk or entered_something(actor, revision):
        raise NotAllowed(_("You entered or reported this case; another person has to approve it."))


def findings_settled(revision: Revision, actor: User, details: Details) -> None:
    """Nothing said about the case is left open; hints do not count."""
    left = (
        revision.findings.exclude(severity=Severity.HINT)
        .exclude(status__in=[FindingStatus.ACCEPTED, FindingStatus.CLOSED])
        .count()
    )
    if left:
        raise Refused(
            ngettext(
                "%(count)s finding is still open. Accept or close it first.",
                "%(count)s findings are still open. Accept or close them first.",
                left,
            )
            % {"count": left}
        )


def content_as_reported(revision: Revision, actor: User, details: Details) -> None:
    """What is approved is what was signed."""
    if held_hash(revision)[0] != revision.submitted_hash:
        raise Refused(_("The content differs from what was reported. Return the case."))


def kind_asks_for_notice(revision: Revision, actor: User, details: Details) -> None:
    """Only some kinds are put on public notice."""
    if revision.case.notice_days is None:
        raise Refused(_("This kind of case needs no public notice. Publish it."))


def not_the_approver(revision: Revision, actor: User, details: Details) -> None:
    """Who publishes did not approve."""
    if revision.approved_by_id == actor.pk:
        raise NotAllowed(_("You approved this case; another person has to publish it."))


def notice_over(revision: Revision, actor: User, details: Details) -> None:
    """A kind with public notice is published after the notice, with no objection open."""
    if revision.case.notice_days is None:
        return
    if revision.state != State.ON_NOTICE:
        raise Refused(_("This kind of case is put on public notice before it is published."))
    if not revision.notice_is_over:
        raise Refused(
            _("The public notice runs to the end of %(day)s. Publish after that.")
            % {"day": revision.notice_last_day}
        )
    open_objections = revision.findings.filter(is_objection=True).exclude(
        status__in=[FindingStatus.ACCEPTED, FindingStatus.CLOSED]
    )
    if open_objections.exists():
        raise Refused(_("An objection to the public notice is still open. Settle it first."))


def content_as_approved(revision: Revision, actor: User, details: Details) -> None:
    """What is published is what was approved."""
    if held_hash(revision)[0] != revision.approved_hash:
        raise Refused(
            _("The content differs from what was approved. Reopen the review and approve it anew.")
        )


def no_open_revision(revision: Revision, actor: User, details: Details) -> None:
    """One correction at a time, with a reason code."""
    open_one = revision.case.revisions.exclude(
        state__in=[State.PUBLISHED, State.SUPERSEDED, State.WITHDRAWN]
    ).first()
    if open_one is not None:
        raise Refused(
            _("A correction is already open (revision %(number)s).") % {"number": open_one.number}
        )
    if details.get("reason_code") not in ReasonCode.values:
        raise Refused(_("Choose the reason of the correction."))


def proposed_by_another(revision: Revision, actor: User, details: Details) -> None:
    """A withdrawal is carried out by another person than the one who proposed it."""
    last = Event.objects.filter(revision=revision).order_by("-from_version").first()
    if last is None or last.transition != "propose_withdrawal":
        raise Refused(_("A withdrawal is proposed by one person before another carries it out."))
    if last.actor_id == actor.pk:
        raise NotAllowed(_("You proposed this withdrawal; another person has to carry it out."))


def content_as_seen(revision: Revision, actor: User, details: Details) -> None:
    """What is signed is what the signing person was shown: the content, and the words he signs."""
    version = details.get("seen_statement")
    if version and version != str(statement_for(revision.case).version):
        raise Refused(
            _("The statement was given another wording meanwhile. Read it again, then sign.")
        )
    seen = details.get("seen_hash")
    if seen and seen != _hash(revision):
        raise Refused(
            _(
                "A row was changed after you opened this page. Look at what changed, then sign what "
                "you see now."
            )
        )


# Guards in the order in which a person would meet them. A step not named here has none of its own.
GUARDS: dict[str, tuple[Guard, ...]] = {
    "hand_over": (has_rows, items_answered),
    "submit": (
        has_rows,
        not_the_filler,
        items_answered,
        findings_explained,
        differs_from_published,
        content_as_seen,
    ),
    "return": (has_open_item,),
    "approve": (not_an_author, findings_settled, content_as_reported),
    "announce": (kind_asks_for_notice, content_as_approved),
    "publish": (not_the_approver, notice_over, differs_from_published, content_as_approved),
    "restate": (no_open_revision,),
    "withdraw": (proposed_by_another,),
}
