"""The canonical form of a revision's content, and its SHA-256. Format: ``docs/canonical.md``.

The hash binds signature, approval and publication to content: any later difference shows.
"""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models

from apps.cases.models import Evidence, Record, Revision

if TYPE_CHECKING:
    from apps.cases.kinds import RecordKind

# How a line of evidence begins; no record kind has this code.
EVIDENCE = b"\nevidence\t"


def canonical_value(value: Any) -> Any:
    """Return ``value`` as JSON holds it. Raises ``TypeError`` for what has no canonical form.

    A decimal keeps its digits as text; a dictionary entry stands by its unchangeable code.
    """
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, list):
        return [canonical_value(item) for item in value]
    if isinstance(value, dict):
        return {name: canonical_value(item) for name, item in value.items()}
    if isinstance(value, Revision):
        return f"{value.case_id}-{value.number}"
    if isinstance(value, models.Model):
        return getattr(value, "slug", None) or value.code  # type: ignore[attr-defined]
    raise TypeError(f"no canonical form for {type(value).__name__}")


def record_content(record: Record) -> dict[str, Any]:
    """Return the content of one row: its permanent id, its place, its fields."""
    kind = record.record_kind
    return {
        "uid": str(record.uid),
        "position": record.position,
        "source_line": record.source_line,
        "flags": list(record.flags),
        **{
            name: canonical_value(value)
            for name in kind.fields
            if (value := getattr(record, name)) not in (None, "") or name not in kind.later_fields
        },
    }


def row_objects(kind: "RecordKind", rows: Iterable[Record]) -> Iterator[dict[str, Any]]:
    """Yield what is hashed of each row: its content; of a kind that is never public, its seal.

    A seal is the SHA-256 of the content together with the files that prove the row. So anyone can
    check what a release published, and what stays within the house stays there: the row's
    permanent id is part of what is sealed, and nobody can guess it. ``rows`` are of one revision.
    """
    files: dict[str, list[dict[str, Any]]] | None = None
    for row in rows:
        if kind.is_public:
            yield record_content(row)
            continue
        if files is None:
            files = _files_by_row(row.revision_id, kind.code)
        sealed = {**record_content(row), "evidence": files.get(str(row.uid), [])}
        yield {"sha256": sha256(canonical_json(sealed))}


def _files_by_row(revision_id: int, code: str) -> dict[str, list[dict[str, Any]]]:
    """Return the files that prove each row of a kind, by its permanent id, in order. One query."""
    files: dict[str, list[dict[str, Any]]] = {}
    attached = Evidence.objects.filter(revision=revision_id, record_kind=code).of_content()
    for each in attached.select_related("file").order_by("file_id"):
        line = {"sha256": each.file_id, "size": each.file.size}
        files.setdefault(str(each.record_uid), []).append(line)
    return files


def foreign_keys(model: type[models.Model], fields: tuple[str, ...]) -> list[str]:
    """Return those of ``fields`` that are relations: what one query must fetch along."""
    return [name for name in fields if model._meta.get_field(name).is_relation]


def canonical_json(value: Any) -> str:
    """Return the one way to write ``value``: sorted keys, no blanks, UTF-8 text as it is."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256(text: str) -> str:
    """Return the SHA-256 of ``text`` in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def head_of(revision: Revision) -> dict[str, Any]:
    """Return what belongs to the content of the case itself; revision number and state do not."""
    case = revision.case
    return {
        "kind": case.kind,
        "bureau": case.bureau.slug,
        "year": case.year,
        "subject": case.subject,
    }


def canonical_bytes(revision: Revision) -> Iterator[bytes]:
    """Yield the very bytes whose SHA-256 binds the content: the head, each row, the evidence.

    One query per record kind; a list of a million rows needs no more memory than one of ten.
    """
    yield canonical_json(head_of(revision)).encode()
    for record_kind in revision.case.kind_spec.records:
        model = record_kind.model
        records = model.objects.filter(revision=revision).order_by("position", "uid")
        if relations := foreign_keys(model, record_kind.fields):
            records = records.select_related(*relations)
        for row in row_objects(record_kind, records.iterator(chunk_size=2000)):
            yield f"\n{record_kind.code}\t{canonical_json(row)}".encode()
    yield from evidence_bytes(revision)


def evidence_bytes(revision: Revision) -> Iterator[bytes]:
    """Yield a line for each file that proves a row or belongs to the case; none, no line.

    A file counts by its own hash and by what it is attached to; who attached it, when and under
    what name is no content. Files of a removed row count no more than the row. Those of a row that
    is never public are sealed with it.
    """
    attached = Evidence.objects.filter(revision=revision).of_content().select_related("file")
    sealed = [k.code for k in revision.case.kind_spec.records if not k.is_public]
    if sealed:
        attached = attached.exclude(record_kind__in=sealed)
    lines: dict[str, list[dict[str, Any]]] = {}
    for evidence in attached:
        lines.setdefault(evidence.record_kind, []).append(
            {
                "record_kind": evidence.record_kind,
                "record_uid": str(evidence.record_uid) if evidence.record_uid else None,
                "sha256": evidence.file_id,
                "size": evidence.file.size,
            }
        )
    for record_kind in revision.case.kind_spec.records:
        if of_kind := lines.get(record_kind.code):
            rows = record_kind.model.objects.filter(
                revision=revision, uid__in=[line["record_uid"] for line in of_kind]
            )
            standing = {str(uid) for uid in rows.values_list("uid", flat=True)}
            lines[record_kind.code] = [line for line in of_kind if line["record_uid"] in standing]
    for line in sorted(canonical_json(line) for of_kind in lines.values() for line in of_kind):
        yield EVIDENCE + line.encode()


def row_counts(revision: Revision) -> dict[str, int]:
    """Return how many rows of each kind the content holds, by the kind's code.

    A kind that is never public is named only where there is any row of it.
    """
    counts = {
        kind.code: (kind, kind.model.objects.filter(revision=revision).count())
        for kind in revision.case.kind_spec.records
    }
    return {code: count for code, (kind, count) in counts.items() if count or kind.is_public}


def revision_hash(revision: Revision) -> tuple[str, int]:
    """Return the content hash of ``revision`` and its number of rows."""
    digest = hashlib.sha256()
    pieces = 0
    for piece in canonical_bytes(revision):
        digest.update(piece)
        pieces += not piece.startswith(EVIDENCE)
    return digest.hexdigest(), pieces - 1


def held_hash(revision: Revision) -> tuple[str, int]:
    """Return ``revision_hash``, made once for a revision that this transaction holds locked.

    Its rows cannot change before the transaction ends, so the guards, the event and the release
    need not read ten thousand rows each. For any other instance it is made anew each time.
    """
    if not getattr(revision, "is_held", False):
        return revision_hash(revision)
    if not hasattr(revision, "made_hash"):
        revision.made_hash = revision_hash(revision)  # type: ignore[attr-defined]
    made: tuple[str, int] = revision.made_hash  # type: ignore[attr-defined]
    return made
