"""Releases: the act of publishing, its number, its manifest chained to the one before."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

from apps.accounts.models import User
from apps.cases.canonical import canonical_json, held_hash, sha256
from apps.cases.models import Release, ReleaseItem, Revision
from apps.cases.signals import released

# Any constant: releases are numbered and chained one at a time.
_RELEASE_LOCK = 7_301_001


def next_number(now: dt.datetime) -> str:
    """Return the number that a release made now gets, if no other comes first."""
    year = timezone.localdate(now).year
    serial = Release.objects.filter(number__startswith=f"{year}-").count() + 1
    return f"{year}-{serial:03d}"


def record_release(revisions: Sequence[Revision], actor: User, reason: str) -> Release:
    """Store the release of ``revisions``, which this transaction has just published.

    The manifest is canonical JSON: number, time, reason, the former release's manifest hash, and
    for each case its identity, revision, number of rows and content hash. Serial numbers have no
    gap: an advisory lock until commit lets one release be made at a time.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_RELEASE_LOCK])
    now = timezone.now()
    previous = Release.objects.order_by("-id").first()
    number = next_number(now)
    hashed = [(revision, *held_hash(revision)) for revision in revisions]
    manifest: dict[str, Any] = {
        "format": "yongke-release-1",
        "number": number,
        "published_at": now.isoformat(),
        "reason": reason,
        "previous": previous.manifest_hash if previous else None,
        "cases": [
            {
                "case": revision.case_id,
                "kind": revision.case.kind,
                "bureau": revision.case.bureau.slug,
                "year": revision.case.year,
                "subject": revision.case.subject,
                "revision": revision.number,
                "rows": rows,
                "sha256": content_hash,
            }
            for revision, content_hash, rows in hashed
        ],
    }
    text = canonical_json(manifest)
    release = Release.objects.create(
        number=number,
        published_at=now,
        published_by=actor,
        reason=reason,
        manifest=text,
        manifest_hash=sha256(text),
    )
    ReleaseItem.objects.bulk_create(
        ReleaseItem(release=release, revision=revision, content_hash=content_hash, rows=rows)
        for revision, content_hash, rows in hashed
    )
    released.send(sender=Release, revisions=revisions)
    return release
