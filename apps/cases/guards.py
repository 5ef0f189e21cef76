"""Guards of the transitions: each says no with a plain sentence and its cure, or says nothing."""

import datetime as dt
from collections.abc import Callable, Mapping

from django.db.models import Count, Exists, Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.cases import scope
from apps.cases.canonical import held_hash
from apps.cases.errors import NotAllowed, Refused
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
from apps.cases.statements import statement_for

Details = Mapping[str, str]
Guard = Callable[[Revision, User, Details], None]


def entered_something(actor: User, revision: Revision) -> bool:
    """Say whether ``actor`` ever saved a row of this revision, kept or not, or removed one.

    One query.
    """
    # Who attached a file, or took one away, has worked on the content too.
    files = Evidence.objects.filter(revision=revision, finding__isnull=True)
    worked = Q(Exists(files.filter(Q(added_by=actor) | Q(removed_by=actor))))
    for kind in revision.case.kind_spec.records:
        history = kind.model.pgh_event_model.objects.filter(  # type: ignore[attr-defined]
            revision_id=revision.pk
        )
        # A removed row keeps its last saver; who removed it stands in the context.
        removed = history.filter(pgh_label="delete", pgh_context__metadata__removed_by=actor.pk)
        worked |= Q(Exists(history.filter(updated_by_id=actor.pk))) | Q(Exists(removed))
    return Revision.objects.filter(worked, pk=revision.pk).exists()


def has_rows(revision: Revision, actor: User, details: Details) -> None:
    """An empty case is not handed on."""
    if not any(
        kind.model.objects.filter(revision=revision).exists()
        for kind in revision.case.kind_spec.records
    ):
        raise Refused(_("The case is empty. Enter at least one row first."))


def not_the_filler(revision: Revision, actor: User, details: Details) -> None:
    """Who signs a return did not fill it in (统计法 art. 17: the signatory answers for the check).

    The city's own lists have no signatory: their editor reports them, and another person approves.
    """
    if not revision.case.kind_spec.checked_in_bureau:
        return
    if revision.handed_over_by_id == actor.pk or entered_something(actor, revision):
        raise NotAllowed(_("You filled in this case; another person has to sign it."))


def findings_explained(revision: Revision, actor: User, details: Details) -> None:
    """No blocking finding by rule, every one that asks for it explained."""
    by_rule = revision.findings.exclude(rule="").exclude(status=FindingStatus.CLOSED).order_by()
    waiting = [FindingStatus.OPEN, FindingStatus.REJECTED]
    counts = by_rule.aggregate(
        blocking=Count("pk", filter=Q(severity=Severity.BLOCKING)),
        unexplained=Count("pk", filter=Q(severity=Severity.EXPLAIN, status__in=waiting)),
    )
    if blocking := counts["blocking"]:
        raise Refused(
            ngettext(
                "%(count)s finding blocks the report. Correct the value it names.",
                "%(count)s findings block the report. Correct the values they name.",
                blocking,
            )
            % {"count": blocking}
        )
    if unexplained := counts["unexplained"]:
        raise Refused(
            ngettext(
                "%(count)s finding is to be explained before the report.",
                "%(count)s findings are to be explained before the report.",
                unexplained,
            )
            % {"count": unexplained}
        )


def items_answered(revision: Revision, actor: User, details: Details) -> None:
    """What was returned, by the city or in the bureau, is changed or answered before it goes on."""
    items = [*scope.open_items(revision), *scope.bureau_items(revision)]
    refusals = (
        Remark.objects.filter(finding__in=items, status=FindingStatus.REJECTED)
        .values("finding")
        .annotate(at=Max("at"))
        .values_list("finding", "at")
    )
    refused = dict(refusals)
    waiting = [item for item in items if not _was_answered(item, refused.get(item.pk))]
    if waiting:
        raise Refused(
            ngettext(
                "%(count)s returned item was neither changed nor answered: %(first)s",
                "%(count)s returned items were neither changed nor answered, the first: %(first)s",
                len(waiting),
            )
            % {"count": len(waiting), "first": waiting[0]}
        )


def _was_answered(item: Finding, refused_at: dt.datetime | None) -> bool:
    """Say whether an item was changed or answered since it was raised, or its answer refused."""
    if item.rule:
        # The rules have just run: a changed figure has lifted the refusal.
        return item.status != FindingStatus.REJECTED
    if item.status == FindingStatus.EXPLAINED:
        return True
    revision, since = item.revision, refused_at or item.raised_at
    for kind in revision.case.kind_spec.records:
        if item.record_kind in {"", kind.code}:
            # The trigger's time is the transaction's start, the row's own is the save's; a removed
            # row has only the first.
            history = kind.model.pgh_event_model.objects.filter(  # type: ignore[attr-defined]
                Q(pgh_created_at__gt=since) | Q(updated_at__gt=since),
                revision_id=revision.pk,
            )
            if item.record_uid is not None:
                history = history.filter(uid=item.record_uid)
            if history.exists():
                return True
    files = Evidence.objects.filter(
        Q(added_at__gt=since) | Q(removed_at__gt=since), revision=revision
    )
    if item.record_kind:
        files = files.filter(record_kind=item.record_kind)
    if item.record_uid is not None:
        files = files.filter(record_uid=item.record_uid)
    return files.exists()


def differs_from_published(revision: Revision, actor: User, details: Details) -> None:
    """A correction that corrects nothing is refused."""
    base = revision.based_on
    if base is not None and held_hash(revision)[0] == base.approved_hash:
        raise Refused(_("This correction changes nothing. Change a value, or leave it be."))


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
    if seen and seen != held_hash(revision)[0]:
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
