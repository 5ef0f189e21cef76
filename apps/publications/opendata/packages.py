"""Packages: a listing, or a whole release, as one ZIP with its description."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import override

from apps.cases.kinds import RecordKind
from apps.cases.models import Release, Revision
from apps.publications.exports import CsvFile
from apps.publications.opendata import describing
from apps.publications.opendata.archive import Member, zip_parts
from apps.publications.queries import readable_revisions, rows_of

# The language of what a package says of itself; its data have that of the reports.
LANGUAGE = "zh-hans"


@dataclass(frozen=True)
class Table:
    """The rows of one file: what ``exports`` writes."""

    kind: RecordKind
    rows: Any


def last_release(as_of: dt.datetime | None = None) -> dt.datetime | None:
    """Return when something was last published, up to ``as_of``. One query."""
    releases = Release.objects.all()
    if as_of is not None:
        releases = releases.filter(published_at__lte=as_of)
    moment: dt.datetime | None = releases.aggregate(last=Max("published_at"))["last"]
    return moment


def _members(
    name: str,
    title: str,
    moment: dt.datetime,
    tables: Sequence[tuple[str, Table]],
    others: Sequence[Member],
    path: str,
    media_path: str,
) -> Iterator[Member]:
    """Yield the data, then what describes them: length and hash are known only then."""
    written: list[tuple[Member, RecordKind]] = []
    for file_name, table in tables:
        member = Member(file_name, CsvFile(table))
        yield member
        written.append((member, table.kind))
    yield from others
    kinds = list(dict.fromkeys(kind for _member, kind in written))
    with override(LANGUAGE):
        yield Member("dictionary.csv", [describing.dictionary(kinds)])
        yield Member("dcat.jsonld", [describing.dcat(name, title, moment, path, media_path)])
        yield Member("datapackage.json", [describing.datapackage(name, title, moment, written)])


def listing_package(listing: Any) -> Iterator[bytes]:
    """Yield the ZIP of a listing, filtered as it is."""
    kind = listing.kind
    moment = last_release(listing.as_of) or dt.datetime(1980, 1, 1, tzinfo=dt.UTC)
    with override(LANGUAGE):
        title = str(kind.label_plural)
    members = _members(
        kind.code,
        title,
        moment,
        [(f"{kind.code}.csv", listing)],
        [],
        listing.path,
        f"{listing.path}?_export=zip",
    )
    return zip_parts(members, moment)


def tables_of(revision: Revision) -> list[Table]:
    """Return the tables of a released case, a table for each kind of row."""
    return [Table(kind, rows_of(kind, revision)) for kind in revision.case.kind_spec.public_records]


def release_package(release: Release) -> Iterator[bytes]:
    """Yield the ZIP of a release: every case that is still public, and the manifest as stored.

    A case is named by its number. What was withdrawn since is left out; all else is the same
    bytes for ever.
    """
    revisions = readable_revisions().filter(release_item__release=release).order_by("case_id")
    tables = [
        (f"{revision.case_id}-{table.kind.code}.csv", table)
        for revision in revisions
        for table in tables_of(revision)
    ]
    path = reverse("publications:release", args=[release.number])
    members = _members(
        f"release-{release.number}",
        release.number,
        release.published_at,
        tables,
        [Member("manifest.json", [release.manifest.encode()])],
        path,
        reverse("publications:release_package", args=[release.number]),
    )
    return zip_parts(members, release.published_at)
