"""Taking a whole import back while its case is a draft: what it added goes, what it changed returns.

What it did is read from the rows' history. A row that somebody saved since stays as it is, and is
named.
"""

import uuid
from dataclasses import dataclass, field
from typing import Any

import pghistory
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases.domain.bulk import Change, change_rows, in_pieces, remove_rows
from apps.cases.domain.findings import run_checks
from apps.cases.errors import Locked, WrongState
from apps.cases.kinds import RecordKind
from apps.cases.models import Revision, State
from apps.intake.imports.starting import imports_for
from apps.intake.models import Acceptance, Import, ImportState

SHOWN = 100


@dataclass
class OfKind:
    """What undoing would do to the rows of one kind."""

    kind: RecordKind
    added: dict[uuid.UUID, int] = field(default_factory=dict)
    changed: list[Change] = field(default_factory=list)
    # Saved or removed by somebody since: left as they are.
    left: list[str] = field(default_factory=list)


@dataclass
class Undoing:
    """What undoing would do."""

    kinds: list[OfKind]

    @property
    def added(self) -> int:
        """Return how many rows would be removed."""
        return sum(len(each.added) for each in self.kinds)

    @property
    def changed(self) -> int:
        """Return how many rows would be as before."""
        return sum(len(each.changed) for each in self.kinds)

    @property
    def left(self) -> list[str]:
        """Return the rows that stay, because they were changed since."""
        return [title for each in self.kinds for title in each.left]


def standing(intake: Import) -> Acceptance:
    """Return the acceptance that stands. Raises ``WrongState``, ``Locked`` unless a draft."""
    acceptance = intake.acceptances.filter(undone_at__isnull=True).first()
    if acceptance is None:
        raise WrongState(_("This import is not stored; there is nothing to undo."))
    if intake.revision.state != State.DRAFT:
        raise Locked(
            _("An import is undone while its case is a draft; this one is %(state)s.")
            % {"state": intake.revision.get_state_display()}
        )
    return acceptance


def preview(intake: Import) -> Undoing:
    """Return what undoing would do, and which rows it would leave. Raises as ``standing`` does."""
    acceptance = standing(intake)
    return Undoing(
        [
            _of_kind(kind, intake.revision, acceptance.context)
            for kind in intake.revision.case.kind_spec.records
        ]
    )


def _of_kind(kind: RecordKind, revision: Revision, context: uuid.UUID) -> OfKind:
    history = kind.model.pgh_event_model.objects  # type: ignore[attr-defined]
    result = OfKind(kind)
    written = history.filter(pgh_context_id=context, revision_id=revision.pk).order_by("pgh_id")
    events = list(written.values_list("uid", "version", "pgh_label", kind.title_field))
    for piece in in_pieces(events, 5000):
        uids = [uid for uid, *_rest in piece]
        now = dict(
            kind.model.objects.filter(revision=revision, uid__in=uids).values_list("uid", "version")
        )
        changed = {uid: version for uid, version, label, _title in piece if label == "update"}
        before = _values_before(kind, revision, changed)
        for uid, version, label, title in piece:
            if now.get(uid) != version:
                result.left.append(str(title))
            elif label == "insert":
                result.added[uid] = version
            elif label == "update":
                result.changed.append(Change(uid, version, before[uid]))
    return result


def _values_before(
    kind: RecordKind, revision: Revision, changed: dict[uuid.UUID, int]
) -> dict[uuid.UUID, dict[str, Any]]:
    """Return the values that rows had one version earlier."""
    history = kind.model.pgh_event_model.objects  # type: ignore[attr-defined]
    found = {}
    for event in history.filter(revision_id=revision.pk, uid__in=changed).order_by("pgh_id"):
        if event.pgh_label != "delete" and event.version == changed[event.uid] - 1:
            found[event.uid] = {name: getattr(event, name) for name in (*kind.fields, "flags")}
    return found


@transaction.atomic
def undo(actor: User, import_id: int) -> Undoing:
    """Undo a stored import; return what was done. The import may then be accepted again.

    In one transaction: rows that it added are removed, rows that it changed have their former
    values again, each only where nobody saved it since; the rules run. Raises as ``standing``
    and the domain's own functions do.
    """
    intake = imports_for(actor).select_related("revision__case__bureau").get(pk=import_id)
    revision = Revision.objects.select_for_update(of=("self",)).get(pk=intake.revision_id)
    intake = (
        imports_for(actor)
        .select_for_update(of=("self",))
        .select_related("revision__case__bureau")
        .get(pk=import_id)
    )
    acceptance = standing(intake)
    done = preview(intake)
    with pghistory.context(user=actor.pk, undone_intake=intake.pk):
        for each in done.kinds:
            if each.added:
                remove_rows(actor, revision.pk, each.kind, each.added)
            if each.changed:
                change_rows(actor, revision.pk, each.kind, each.changed)
        run_checks(revision)
    acceptance.undone_at, acceptance.undone_by = timezone.now(), actor
    acceptance.save(update_fields=["undone_at", "undone_by"])
    Import.objects.filter(pk=intake.pk).update(state=ImportState.UNDONE)
    return done
