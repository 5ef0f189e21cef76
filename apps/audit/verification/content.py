"""What was reported, approved and published is still what was signed: the content hashes."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from apps.audit.verification.fault import Fault
from apps.cases.canonical import revision_hash
from apps.cases.models import ReleaseItem, Revision, State

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


def verify_content() -> Iterator[Fault]:
    """Compare the content of every bound revision with the hashes that bind it.

    Each revision is hashed once: against its signature or approval, and against its release.
    """
    released = {
        item.revision_id: (item.content_hash, item.rows)
        for item in ReleaseItem.objects.only("revision_id", "content_hash", "rows")
    }
    revisions = Revision.objects.select_related("case__bureau").order_by("pk")
    for revision in revisions.filter(state__in=list(BOUND_BY)).iterator(chunk_size=2000):
        found = revision_hash(revision)
        if found[0] != getattr(revision, BOUND_BY[State(revision.state)]):
            yield Fault(
                "cases_revision",
                str(revision.pk),
                _("%(revision)s: its content differs from what was bound as “%(state)s”.")
                % {"revision": revision, "state": revision.get_state_display()},
            )
        if released.get(revision.pk, found) != found:
            yield Fault(
                "cases_revision",
                str(revision.pk),
                _("%(revision)s: it differs from what was released.") % {"revision": revision},
            )
