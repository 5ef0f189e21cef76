"""Checking that what is stored is still what was signed, approved and released. Reads only."""

import json
from collections.abc import Iterator

from django.utils.translation import gettext as _

from apps.cases.canonical import canonical_json, revision_hash, sha256
from apps.cases.models import Event, Release, Revision, State

# In these states the content is bound by the hash that the named field holds.
BOUND_BY = {
    State.SUBMITTED: "submitted_hash",
    State.REVIEWING: "submitted_hash",
    State.APPROVED: "approved_hash",
    State.ON_NOTICE: "approved_hash",
    State.PUBLISHED: "approved_hash",
    State.SUPERSEDED: "approved_hash",
    State.WITHDRAWN: "approved_hash",
}


def verify() -> Iterator[str]:
    """Yield a sentence for each thing that is not as it was; nothing where all is well."""
    yield from _verify_revisions()
    yield from _verify_events()
    yield from _verify_releases()


def _verify_revisions() -> Iterator[str]:
    """Compare the content of every bound revision with the hash that binds it."""
    revisions = Revision.objects.select_related("case__bureau").order_by("pk")
    for revision in revisions.filter(state__in=list(BOUND_BY)).iterator():
        bound = getattr(revision, BOUND_BY[State(revision.state)])
        found, _rows = revision_hash(revision)
        if found != bound:
            yield _("%(revision)s: its content differs from what was %(state)s.") % {
                "revision": revision,
                "state": revision.get_state_display(),
            }


def _verify_events() -> Iterator[str]:
    """Follow each revision's log from its opening to its present state without a gap."""
    for revision in Revision.objects.select_related("case__bureau").order_by("pk").iterator():
        state, version = "", 0
        for event in Event.objects.filter(revision=revision).order_by("from_version"):
            if (event.from_state, event.from_version) != (state, version):
                yield _("%(revision)s: its log has a gap before “%(event)s”.") % {
                    "revision": revision,
                    "event": event,
                }
            state, version = event.to_state, event.from_version + 1
        if (state, version) != (revision.state, revision.version):
            yield _("%(revision)s: its state is not the one its log ends with.") % {
                "revision": revision
            }


def _verify_releases() -> Iterator[str]:
    """Check each manifest's hash, its link to the one before, and what it says of its cases."""
    previous = None
    for release in Release.objects.order_by("pk").prefetch_related("items__revision__case__bureau"):
        if sha256(release.manifest) != release.manifest_hash:
            yield _("Release %(number)s: its manifest was altered.") % {"number": release.number}
        manifest = json.loads(release.manifest)
        if canonical_json(manifest) != release.manifest or manifest["previous"] != previous:
            yield _("Release %(number)s: the chain to the release before it is broken.") % {
                "number": release.number
            }
        previous = release.manifest_hash
        said = {(c["case"], c["revision"]): (c["sha256"], c["rows"]) for c in manifest["cases"]}
        held = {
            (i.revision.case_id, i.revision.number): (i.content_hash, i.rows)
            for i in release.items.all()
        }
        if said != held:
            yield _("Release %(number)s: its manifest names other cases than it holds.") % {
                "number": release.number
            }
        for item in release.items.all():
            if revision_hash(item.revision) != (item.content_hash, item.rows):
                yield _("Release %(number)s: %(revision)s differs from what was released.") % {
                    "number": release.number,
                    "revision": item.revision,
                }
