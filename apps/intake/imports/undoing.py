"""Taking a whole import back while its case is a draft: what it added goes, what it changed returns.

What it did is read from the rows' history. A row that somebody saved since stays as it is, and is
named. Of many rows the task queue takes it back, as any long change of a case.
"""

import hashlib
import uuid
from dataclasses import dataclass
from typing import Any

import pghistory
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases.domain import long_changes
from apps.cases.domain.findings import run_checks
from apps.cases.domain.many import Moved
from apps.cases.domain.taking_back import (
    UNDONE_IMPORT,
    Tick,
    Undoing,
    nobody,
    take_back,
    undoing_of,
)
from apps.cases.domain.would_take_back import Would, would_take_back
from apps.cases.errors import Locked, WrongState
from apps.cases.models import LongChange, Revision, State
from apps.intake.imports.scope import imports_for
from apps.intake.models import Acceptance, Import, ImportState

SHOWN = 100
UNDO = "import_undo"


@dataclass
class UndoingOfImport:
    """What undoing an import does."""

    kinds: list[Undoing]

    @property
    def added(self) -> int:
        """Return how many rows would be removed."""
        return sum(len(each.added) for each in self.kinds)

    @property
    def changed(self) -> int:
        """Return how many rows would be as before."""
        return sum(len(each.changed) for each in self.kinds)

    @property
    def total(self) -> int:
        """Return how many rows would be touched."""
        return sum(each.total for each in self.kinds)

    @property
    def left(self) -> list[str]:
        """Return the rows that stay, because they were changed since."""
        return [title for each in self.kinds for title in each.left]

    @property
    def digest(self) -> str:
        """Return what says which rows would be touched, and from which versions."""
        return _together([each.digest for each in self.kinds])


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


def preview(intake: Import) -> Would:
    """Return what undoing would do, and which rows it would leave. Raises as ``standing`` does."""
    acceptance = standing(intake)
    result, digests = Would(), []
    for kind in intake.revision.case.kind_spec.records:
        each = would_take_back(kind, intake.revision, acceptance.context)
        result.added += each.added
        result.changed += each.changed
        result.left += each.left
        result.left_count += each.left_count
        digests.append(each.digest)
    result.digest = _together(digests)
    return result


def _together(digests: list[str]) -> str:
    """Return the digest of several kinds of rows."""
    return hashlib.sha256("".join(digests).encode()).hexdigest()


def undo_or_queue(
    actor: User, intake: Import, digest: str | None, token: uuid.UUID | None = None
) -> UndoingOfImport | LongChange:
    """Undo a short import at once, and return what was done; let the task queue undo a long one.

    ``digest`` says which preview was seen (None: none).
    Raises as ``undo`` and ``long_changes.ask`` do.
    """
    counts = standing(intake).counts
    total = counts["new"] + counts["changed"]
    if total <= long_changes.AT_ONCE:
        long_changes.ensure_free(intake.revision_id)
        return undo(actor, intake.pk, digest)
    return long_changes.ask(
        actor,
        intake.revision_id,
        UNDO,
        {"import": intake.pk, "digest": digest},
        words=_("Undo: %(change)s") % {"change": intake.name},
        total=total,
        token=token,
        url=_page_of(intake),
    )


def long_undoing_of(intake: Import) -> LongChange | None:
    """Return the last undoing of an import that the task queue was asked for."""
    asked = LongChange.objects.filter(
        revision=intake.revision_id, doer=UNDO, url=_page_of(intake)
    ).select_related("revision")
    return asked.first()


def _page_of(intake: Import) -> str:
    return reverse("intake:import", args=[intake.revision.case_id, intake.pk])


def _undo_long(actor: User, change: LongChange, tick: Tick) -> dict[str, Any]:
    """Undo an import for the task queue."""
    done = undo(actor, change.order["import"], change.order["digest"], tick=tick)
    left = done.left
    return {"undone": done.total, "left": left[:SHOWN], "left_count": len(left)}


def _stored_now(revision_id: int) -> str:
    """Return which import of a revision is being stored by the task queue; blank: none."""
    found = Import.objects.filter(revision_id=revision_id, state=ImportState.ACCEPTING).first()
    return _("The rows of %(name)s are being stored") % {"name": found.name} if found else ""


long_changes.doers[UNDO] = _undo_long
long_changes.others.append(_stored_now)


@transaction.atomic
def undo(
    actor: User, import_id: int, digest: str | None = None, *, tick: Tick = nobody
) -> UndoingOfImport:
    """Undo a stored import; return what was done. The import may then be accepted again.

    ``digest`` says which preview was seen (None: none); ``Moved`` where it would show something
    else now.

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
    done = UndoingOfImport(
        [
            undoing_of(kind, intake.revision, acceptance.context)
            for kind in intake.revision.case.kind_spec.records
        ]
    )
    if digest is not None and digest != done.digest:
        raise Moved
    with pghistory.context(user=actor.pk, **{UNDONE_IMPORT: intake.pk}):
        for each in done.kinds:
            take_back(actor, revision, each, tick)
        run_checks(revision)
    acceptance.undone_at, acceptance.undone_by = timezone.now(), actor
    acceptance.save(update_fields=["undone_at", "undone_by"])
    Import.objects.filter(pk=intake.pk).update(state=ImportState.UNDONE)
    return done
