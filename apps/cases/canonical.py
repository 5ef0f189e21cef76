"""The canonical form of a revision's content, and its SHA-256. Format: ``docs/canonical.md``.

The hash binds signature, approval and publication to content: any later difference shows.
"""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class AttachedFile:
    """A file of the content: what it proves (nothing: the case itself), and the file."""

    record_kind: str
    record_uid: str | None
    sha256: str
    size: int
    # How it is found and called on a page; no content.
    uid: str = ""
    name: str = ""

    @property
    def content(self) -> dict[str, Any]:
        """Return what is hashed of the file itself."""
        return {"sha256": self.sha256, "size": self.size}


FilesByRow = Mapping[str, Sequence[AttachedFile]]


def row_objects(
    kind: "RecordKind", rows: Iterable[Record], files: FilesByRow | None = None
) -> Iterator[dict[str, Any]]:
    """Yield what is hashed of each row: its content; of a kind that is never public, its seal.

    A seal is the SHA-256 of the content together with the files that prove the row. So anyone can
    check what a release published, and what stays within the house stays there: the row's
    permanent id is part of what is sealed, and nobody can guess it. ``rows`` are of one revision,
    ``files`` those of the kind by row, read here where they are not given.
    """
    for row in rows:
        if kind.is_public:
            yield record_content(row)
            continue
        if files is None:
            files = by_row(attached_files(row.revision_id, kind.code), kind.code)
        proofs = [file.content for file in files.get(str(row.uid), [])]
        sealed = {**record_content(row), "evidence": proofs}
        yield {"sha256": sha256(canonical_json(sealed))}


def attached_files(revision: Revision | int, kind: str | None = None) -> list[AttachedFile]:
    """Return the files of the content, those of one kind of row if it is given. One query."""
    attached = Evidence.objects.filter(revision=revision).of_content()
    if kind is not None:
        attached = attached.filter(record_kind=kind)
    return [
        file_of_content(each) for each in attached.select_related("file").order_by("file_id", "id")
    ]


def file_of_content(found: Evidence) -> AttachedFile:
    """Return a piece of evidence, with its file fetched along, as the content has it."""
    return AttachedFile(
        found.record_kind,
        str(found.record_uid) if found.record_uid else None,
        found.file_id,
        found.file.size,
        str(found.uid),
        found.name,
    )


def by_row(files: Iterable[AttachedFile], kind: str) -> dict[str, list[AttachedFile]]:
    """Return the files that prove each row of a kind, by its permanent id."""
    found: dict[str, list[AttachedFile]] = {}
    for file in files:
        if file.record_kind == kind and file.record_uid is not None:
            found.setdefault(file.record_uid, []).append(file)
    return found


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

    One query per record kind and one for the files; a list of a million rows needs no more memory
    than one of ten.
    """

    def rows_of(kind: "RecordKind") -> Iterator[Record]:
        return content_rows(revision, kind).iterator(chunk_size=2000)

    return bytes_of(revision, rows_of, attached_files(revision))


def content_rows(revision: Revision, kind: "RecordKind") -> "models.QuerySet[Any]":
    """Return the rows of one kind in the order in which they are hashed, with their relations."""
    records = kind.model.objects.filter(revision=revision).order_by("position", "uid")
    relations = foreign_keys(kind.model, kind.fields)
    return records.select_related(*relations) if relations else records


def bytes_of(
    revision: Revision,
    rows_of: "Callable[[RecordKind], Iterable[Record]]",
    files: Sequence[AttachedFile],
) -> Iterator[bytes]:
    """Yield the canonical bytes of a content that was read already. No query.

    The last lines are the files that prove a row or belong to the case; none, no line. A file
    counts by its own hash and by what it is attached to; who attached it, when and under what name
    is no content. Files of a removed row count no more than the row. Those of a row that is never
    public are sealed with it.
    """
    lines = [file for file in files if not file.record_kind]
    yield canonical_json(head_of(revision)).encode()
    for kind in revision.case.kind_spec.records:
        of_kind = by_row(files, kind.code)
        rows = rows_of(kind)
        standing = _noting(rows, of_kind, lines) if kind.is_public else rows
        for row in row_objects(kind, standing, of_kind):
            yield f"\n{kind.code}\t{canonical_json(row)}".encode()
    texts = (
        canonical_json(
            {"record_kind": file.record_kind, "record_uid": file.record_uid, **file.content}
        )
        for file in lines
    )
    for text in sorted(texts):
        yield EVIDENCE + text.encode()


def _noting(
    rows: Iterable[Record], files: FilesByRow, found: list[AttachedFile]
) -> Iterator[Record]:
    """Yield ``rows``, and put the files of those that are there into ``found``."""
    for row in rows:
        if files:
            found += files.get(str(row.uid), ())
        yield row


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
    return hash_of(canonical_bytes(revision))


def hash_of(content: Iterable[bytes]) -> tuple[str, int]:
    """Return the SHA-256 of canonical bytes, in hexadecimal, and how many rows they hold."""
    digest = hashlib.sha256()
    pieces = 0
    for piece in content:
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
