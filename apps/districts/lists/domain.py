"""What a district does with the rows of the city's lists: confirm, dispute, add, take back."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases.desk.evidence import files_at
from apps.cases.domain.bulk import remove_rows
from apps.cases.domain.evidence import Place, attach
from apps.cases.domain.records import Change, open_revision, store_changes
from apps.cases.errors import Refused, StaleRecord
from apps.cases.kinds import RecordKind, kinds
from apps.cases.models import Revision
from apps.districts.kind import LIST_STATEMENT
from apps.districts.lists import claims, own
from apps.districts.lists.models import ListStatement, Says
from apps.districts.lists.own import Key
from apps.districts.lists.standing import read_lists


@dataclass(frozen=True)
class Read:
    """A row as the person read it: its permanent id, and the list's revision that it stood in."""

    uid: uuid.UUID
    revision_id: int


def _open(actor: User, revision_id: int) -> Revision:
    """Open the return for writing, one writer of its lists at a time. Raises as ``save_records``."""
    revision = open_revision(actor, revision_id, LIST_STATEMENT)
    with connection.cursor() as cursor:
        # A first statement on a row has no row to lock yet.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('districts.lists'), %s::int)", [revision.pk]
        )
    return revision


def _as_read(revision: Revision, reads: Collection[Read]) -> list[Key]:
    """Return the rows that were read, if they are the district's own and stand as they were read."""
    district = revision.case.bureau.district
    present = {key.uid: key for key in own.own_keys(own.units_of(district), revision.case.year)}
    keys = []
    for read in reads:
        key = present.get(read.uid)
        if key is None:
            raise Refused(
                _(
                    "A row is no longer on the city's lists, or not a row of yours. Look at them anew."
                )
            )
        if key.revision_id != read.revision_id:
            raise Refused(
                _("The city has published the list anew meanwhile. Look at its rows again.")
            )
        keys.append(key)
    return keys


def _present(revision: Revision, uids: Collection[uuid.UUID]) -> dict[uuid.UUID, ListStatement]:
    rows = ListStatement.objects.filter(revision=revision, row_uid__in=uids)
    return {cast(uuid.UUID, row.row_uid): row for row in rows}


def _source(row: Any) -> dict[str, Any]:
    """Return what leads from a statement back to the row that it is about."""
    kind = row.record_kind
    return {
        "list_revision": row.revision,
        "row_kind": kind.code,
        "row_uid": row.uid,
        "title": str(getattr(row, kind.title_field))[:300],
        "seen": own.fingerprint(row),
    }


@transaction.atomic
def confirm(actor: User, revision_id: int, reads: Sequence[Read]) -> list[ListStatement]:
    """Confirm rows of the city's lists as they were read, all or none; return the statements.

    A row that is confirmed already stays as it is; a dispute gives way to the confirmation. Raises
    ``Refused`` where a row is no longer what was read, and as ``save_records``.
    """
    revision = _open(actor, revision_id)
    keys = _as_read(revision, reads)
    rows, said = own.rows_by_key(keys), _present(revision, [key.uid for key in keys])
    values = {"says": Says.CONFIRMED, "claim": {}, "reason": ""}
    changes = [
        Change(
            {**_source(rows[key.uid]), **values},
            said[key.uid].uid if key.uid in said else None,
        )
        for key in keys
    ]
    return cast(list[ListStatement], store_changes(actor, revision, LIST_STATEMENT, changes))


@transaction.atomic
def dispute(
    actor: User,
    revision_id: int,
    read: Read,
    claim: Mapping[str, Any],
    reason: str,
    upload: UploadedFile | None,
    *,
    version: int | None = None,
) -> ListStatement:
    """Dispute a row: ``claim`` says what its fields should say; none: it should not be there.

    A file proves it: ``upload``, or one that is attached already. ``version`` is that of the
    statement as the person read it. Raises as ``confirm``, ``StaleRecord`` where a colleague spoke
    about the row meanwhile, and ``Refused`` for a file that is not taken or not there.
    """
    revision = _open(actor, revision_id)
    [key] = _as_read(revision, [read])
    row = own.rows_by_key([key])[key.uid]
    said = _present(revision, [key.uid]).get(key.uid)
    values = {
        **_source(row),
        "says": Says.DISPUTED,
        "claim": dict(claim),
        "reason": reason.strip(),
    }
    if said is not None and version is None:
        raise StaleRecord(said, values)
    change = Change(values, said.uid if said else None, version)
    return _store(actor, revision, change, upload)


@transaction.atomic
def add(
    actor: User,
    revision_id: int,
    list_revision: Revision,
    kind: RecordKind,
    claim: Mapping[str, Any],
    reason: str,
    upload: UploadedFile | None,
    *,
    uid: uuid.UUID | None = None,
    version: int | None = None,
) -> ListStatement:
    """Say that a row is missing from a published list: ``claim`` holds all its fields.

    ``uid`` and ``version`` are those of an earlier statement that is worded anew. Raises
    ``Refused`` where the row is on the list already or was added before, and as ``dispute``.
    """
    revision = _open(actor, revision_id)
    _ensure_is_missing(revision, list_revision, kind, claim, uid)
    values = {
        "list_revision": list_revision,
        "row_kind": kind.code,
        "row_uid": None,
        "seen": "",
        "title": str(claim.get(kind.title_field) or "")[:300],
        "says": Says.ADDED,
        "claim": dict(claim),
        "reason": reason.strip(),
    }
    return _store(actor, revision, Change(values, uid, version), upload)


def _ensure_is_missing(
    revision: Revision,
    list_revision: Revision,
    kind: RecordKind,
    claim: Mapping[str, Any],
    uid: uuid.UUID | None,
) -> None:
    if list_revision.pk not in {found.pk for found in published_lists(revision)}:
        raise Refused(_("The city has no such list published for this year."))
    present = claims.on_the_list(list_revision, kind, claim)
    if present is not None:
        raise Refused(
            _("This row is on the list already: “%(row)s”. If it says something wrong, dispute it.")
            % {"row": present}
        )
    key = claims.natural_key(kind, claim)
    for other in ListStatement.objects.filter(
        revision=revision, says=Says.ADDED, row_kind=kind.code, list_revision=list_revision
    ).exclude(uid=uid or uuid.UUID(int=0)):
        if claims.natural_key(kind, other.claim) == key:
            raise Refused(_("You have added this row already: “%(row)s”.") % {"row": other})


def _store(
    actor: User, revision: Revision, change: Change, upload: UploadedFile | None
) -> ListStatement:
    """Store a claim together with its file; without one, there has to be one already."""
    [stored] = store_changes(actor, revision, LIST_STATEMENT, [change])
    place = Place(LIST_STATEMENT.code, stored.uid)
    if upload is not None:
        attach(actor, revision.pk, upload, place)
    elif not files_at(revision, place):
        raise Refused(_("Attach the document that proves it."))
    return cast(ListStatement, stored)


@transaction.atomic
def take_back(actor: User, revision_id: int, uids: Collection[uuid.UUID]) -> int:
    """Take back what was said: the rows are open again. Return how many there were.

    What is taken back already counts no more. Raises as ``remove_rows``.
    """
    revision = _open(actor, revision_id)
    rows = ListStatement.objects.filter(revision=revision, uid__in=uids)
    present = dict(rows.values_list("uid", "version"))
    return remove_rows(actor, revision.pk, LIST_STATEMENT, present)


def waiting_reads(revision: Revision, reads: Collection[Read]) -> list[Read]:
    """Return those of ``reads`` that the district has still to settle."""
    open_rows = {line.key.uid for line in read_lists(revision).waiting if line.key is not None}
    return [read for read in reads if read.uid in open_rows]


def published_lists(revision: Revision) -> list[Revision]:
    """Return the lists of the return's year that the city has published, in order. One query."""
    return list(
        Revision.objects.public()
        .filter(case__kind__in=_kinds_of_lists(), case__year=revision.case.year)
        .select_related("case__bureau")
        .order_by("case__kind", "case_id")
    )


def _kinds_of_lists() -> dict[str, RecordKind]:
    """Return the kinds of case that are a list of the city, each with its kind of row."""
    listed = own.list_kinds()
    return {
        code: record_kind
        for code, kind in kinds.items()
        for record_kind in kind.records
        if record_kind in listed
    }


def kind_of_list(list_revision: Revision) -> RecordKind:
    """Return the kind of row that a list holds. Raises ``KeyError`` for what is no list."""
    return _kinds_of_lists()[list_revision.case.kind]
