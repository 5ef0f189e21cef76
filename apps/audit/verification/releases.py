"""Each manifest, its link to the one before, and what it says of its cases."""

import json
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from apps.audit.verification.fault import Fault
from apps.cases.canonical import canonical_json, sha256
from apps.cases.models import Release


def verify_releases() -> Iterator[Fault]:
    """Check every release: the hash of its manifest, the chain, and the cases it holds."""
    previous = None
    releases = Release.objects.order_by("pk").prefetch_related("items__revision")
    for release in releases.iterator(chunk_size=100):
        for what in _faults(release, previous):
            yield Fault("cases_release", str(release.pk), what % {"number": release.number})
        previous = release.manifest_hash


def _faults(release: Release, previous: str | None) -> Iterator[str]:
    manifest = _read(release.manifest)
    if manifest is None or sha256(release.manifest) != release.manifest_hash:
        yield _("Release %(number)s: its manifest was altered.")
    if manifest is None:
        return
    if manifest.get("previous") != previous:
        yield _("Release %(number)s: the chain to the release before it is broken.")
    said = {(c["case"], c["revision"]): (c["sha256"], c["rows"]) for c in manifest.get("cases", [])}
    held = {
        (i.revision.case_id, i.revision.number): (i.content_hash, i.rows)
        for i in release.items.all()
    }
    if said != held:
        yield _("Release %(number)s: its manifest names other cases than it holds.")


def _read(text: str) -> dict[str, Any] | None:
    """Return the manifest, or None where it is not canonical JSON of an object."""
    try:
        manifest = json.loads(text)
    except ValueError:
        return None
    return manifest if isinstance(manifest, dict) and canonical_json(manifest) == text else None
