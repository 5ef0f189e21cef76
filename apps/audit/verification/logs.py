"""Each revision's log leads from its opening to its present state."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from apps.audit.verification.fault import Fault
from apps.cases.models import Event, Revision


def verify_logs() -> Iterator[Fault]:
    """Follow every log without a gap. One pass over the events, one over the revisions."""
    events = iter(
        Event.objects.order_by("revision_id", "from_version")
        .values_list("revision_id", "pk", "from_state", "to_state", "from_version")
        .iterator(chunk_size=2000)
    )
    event = next(events, None)
    revisions = Revision.objects.order_by("pk").values_list("pk", "state", "version")
    for pk, present, present_version in revisions.iterator(chunk_size=2000):
        state, version = "", 0
        while event is not None and event[0] <= pk:
            revision, event_pk, from_state, to_state, from_version = event
            if revision < pk:
                yield Fault("cases_event", str(event_pk), _("Its revision is gone."))
            else:
                if (from_state, from_version) != (state, version):
                    yield Fault(
                        "cases_event", str(event_pk), _("The log has a gap before this step.")
                    )
                state, version = to_state, from_version + 1
            event = next(events, None)
        if (state, version) != (present, present_version):
            yield Fault("cases_revision", str(pk), _("Its state is not the one its log ends with."))
