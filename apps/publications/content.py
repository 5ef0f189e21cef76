"""The published content of a case, so that anyone can check it against its manifest."""

from collections.abc import Iterator

from apps.cases.canonical import canonical_json, head_of, row_objects
from apps.cases.models import Revision
from apps.publications.queries import rows_of


def content_json(revision: Revision) -> Iterator[bytes]:
    """Yield the content as one JSON object: the case, its release, its rows by record kind."""
    item = revision.release_item
    head = {
        **head_of(revision),
        "case": revision.case_id,
        "revision": revision.number,
        "release": item.release.number,
        "sha256": item.content_hash,
    }
    yield canonical_json(head).encode()[:-1] + b',"records":{'
    for place, kind in enumerate(revision.case.kind_spec.records):
        yield (b"," if place else b"") + canonical_json(kind.code).encode() + b":["
        comma = b"\n"
        for row in row_objects(kind, rows_of(kind, revision).iterator(chunk_size=2000)):
            yield comma + canonical_json(row).encode()
            comma = b",\n"
        yield b"\n]"
    yield b"}}\n"
