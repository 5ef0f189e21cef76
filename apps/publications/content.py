"""The published content of a case, so that anyone can check it against its manifest."""

from collections.abc import Iterator
from typing import Any

from apps.cases.canonical import canonical_json, record_content
from apps.cases.models import Revision
from apps.publications.queries import rows_of


def head_of(revision: Revision) -> dict[str, Any]:
    """Return what the content hash says of the case itself."""
    case = revision.case
    return {
        "kind": case.kind, "bureau": case.bureau.slug, "year": case.year, "subject": case.subject,
    }


def canonical_bytes(revision: Revision) -> Iterator[bytes]:
    """Yield the very bytes whose SHA-256 the manifest names (``docs/canonical.md``).

    ``curl … | sha256sum`` gives the manifest's hash.
    """
    yield canonical_json(head_of(revision)).encode()
    for kind in revision.case.kind_spec.records:
        rows = rows_of(kind, revision).order_by("position", "uid")
        for record in rows.iterator(chunk_size=2000):
            yield f"\n{kind.code}\t{canonical_json(record_content(record))}".encode()


def content_json(revision: Revision) -> Iterator[bytes]:
    """Yield the content as one JSON object: the case, its release, its rows by record kind."""
    item = revision.release_item
    head = {
        **head_of(revision), "case": revision.case_id, "revision": revision.number,
        "release": item.release.number, "sha256": item.content_hash,
    }
    yield canonical_json(head).encode()[:-1] + b',"records":{'
    for place, kind in enumerate(revision.case.kind_spec.records):
        yield (b"," if place else b"") + canonical_json(kind.code).encode() + b":["
        comma = b"\n"
        for record in rows_of(kind, revision).iterator(chunk_size=2000):
            yield comma + canonical_json(record_content(record)).encode()
            comma = b",\n"
        yield b"\n]"
    yield b"}}\n"
