"""Taking a whole import back while its case is a draft: what it added goes, what it changed returns.

What it did is read from the rows' history. A row that somebody saved since stays as it is, and is
named.
"""

from dataclasses import dataclass

import pghistory
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases.domain.findings import run_checks
from apps.cases.domain.taking_back import Undoing, take_back, undoing_of
from apps.cases.errors import Locked, WrongState
from apps.cases.models import Revision, State
from apps.intake.imports.starting import imports_for
from apps.intake.models import Acceptance, Import, ImportState

SHOWN = 100


@dataclass
class UndoingOfImport:
    """What undoing an import would do."""

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


def preview(intake: Import) -> UndoingOfImport:
    """Return what undoing would do, and which rows it would leave. Raises as ``standing`` does."""
    acceptance = standing(intake)
    return UndoingOfImport(
        [
            undoing_of(kind, intake.revision, acceptance.context)
            for kind in intake.revision.case.kind_spec.records
        ]
    )


@transaction.atomic
def undo(actor: User, import_id: int) -> UndoingOfImport:
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
            take_back(actor, revision, each)
        run_checks(revision)
    acceptance.undone_at, acceptance.undone_by = timezone.now(), actor
    acceptance.save(update_fields=["undone_at", "undone_by"])
    Import.objects.filter(pk=intake.pk).update(state=ImportState.UNDONE)
    return done
