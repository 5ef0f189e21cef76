"""Storing what was reviewed: all of it in one transaction, through the domain, or nothing."""

from collections.abc import Iterator
from typing import Any

import pghistory
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.cases.domain.bulk import Change, add_pieces, change_rows
from apps.cases.domain.findings import run_checks
from apps.cases.domain.writing import context_id
from apps.cases.errors import Refused, WorkflowError
from apps.cases.kinds import record_kinds
from apps.cases.models import Revision
from apps.intake.imports import organisations
from apps.intake.imports.comparing import (
    Comparer,
    Comparison,
    Item,
    WrongId,
    count_missing,
    wrong_id,
)
from apps.intake.imports.scope import held, imports_for
from apps.intake.models import OPEN, Acceptance, Import, ImportRow, ImportState, ImportTable


class Moved(WorkflowError):
    """The import or the case is not as it was when the person looked. Nothing was stored."""

    def __init__(self) -> None:
        """Say so, with the cure."""
        super().__init__(
            _(
                "The import or the case has changed since you looked. Nothing was stored; look again."
            )
        )


AT_ONCE = 3000
"""Longer lists are stored by the task queue."""


def accept_or_queue(actor: User, intake: Import, digest: str) -> Acceptance | None:
    """Store a short list at once, and return what was done; let the task queue store a long one.

    Raises as ``accept`` does.
    """
    if not ImportRow.objects.filter(table__intake=intake)[AT_ONCE:].exists():
        return accept(actor, intake.pk, digest)
    from apps.intake.tasks import store_import  # tasks are loaded after the models

    with transaction.atomic():
        waits = Import.objects.filter(pk=intake.pk, state__in=OPEN)
        if waits.update(state=ImportState.ACCEPTING, beat_at=timezone.now(), refusals=[]):
            store_import.defer(import_id=intake.pk, user_id=actor.pk, digest=digest)
    return None


@transaction.atomic
def accept(actor: User, import_id: int, digest: str) -> Acceptance:
    """Store what the comparison with this digest showed; return what was done.

    In one transaction: the revision held, the lines compared again, new rows added and changed
    ones stored at the versions that were shown, with history and mentions; the rules run; the
    import marked. Raises as ``scope.held`` does; ``Refused`` where a row cannot be stored or
    there is none; ``Moved``; and as ``add_rows`` and ``change_rows`` do.
    """
    revision_id = imports_for(actor).values_list("revision_id", flat=True).get(pk=import_id)
    revision = Revision.objects.select_for_update(of=("self",)).get(pk=revision_id)
    waiting = Import.objects.filter(pk=import_id, state=ImportState.ACCEPTING)
    # A long list waited in the task queue for this; from here on it is as one of a few rows.
    waiting.update(state=ImportState.READ)
    before = Import.objects.get(pk=import_id).version
    intake = held(actor, import_id)
    intake.version = before
    comparer = Comparer(intake)
    result = Comparison()
    result._seen.update(str(before).encode())
    _ensure_storable(comparer)
    organisations.apply_codes(actor, intake)
    with pghistory.context(user=actor.pk, intake=intake.pk):
        for table in comparer.tables:
            _store(actor, revision.pk, comparer, table, result)
        count_missing(comparer, result)
        if result.digest != digest:
            raise Moved
        if not result.total:
            raise Refused(why_nothing(intake, result))
        found = run_checks(revision)
        acceptance = Acceptance.objects.create(
            intake=intake,
            by=actor,
            context=context_id(),
            counts={**result.counts, "findings": len(found)},
        )
    Import.objects.filter(pk=intake.pk).update(state=ImportState.ACCEPTED)
    return acceptance


def why_nothing(intake: Import, result: Comparison) -> str:
    """Return why a comparison without faults would store nothing, as a sentence with its cure."""
    if result.unchanged:
        return _("Every row stands in the case already. There is nothing to store.")
    if intake.tables.filter(is_taken=True).exclude(kind="").exists():
        return _("Every line of the table was set aside. Put back those that are rows.")
    return _(
        "No row was taken from this file. Go back and say what its columns mean, or discard the import."
    )


def _ensure_storable(comparer: Comparer) -> None:
    faulty = sum(table.rows.filter(aside="", is_faulty=True).count() for table in comparer.tables)
    if faulty:
        raise Refused(
            ngettext(
                "%(count)s row cannot be stored as it is. Correct it, or set it aside.",
                "%(count)s rows cannot be stored as they are. Correct them, or set them aside.",
                faulty,
            )
            % {"count": faulty}
        )


def _store(
    actor: User, revision_id: int, comparer: Comparer, table: ImportTable, result: Comparison
) -> None:
    kind = record_kinds[table.kind]
    changes: list[Change] = []

    def new(items: Iterator[Item]) -> Iterator[dict[str, Any]]:
        for item in items:
            result.count(item)
            if item.is_new:
                yield {**item.values, "uid": item.uid}
            elif item.changes:
                changes.append(Change(item.uid, item.version, item.values))

    try:
        add_pieces(actor, revision_id, kind, map(new, comparer.pieces(table)))
    except WrongId as error:
        raise Refused(wrong_id(str(error))) from error
    if changes:
        change_rows(actor, revision_id, kind, changes)
