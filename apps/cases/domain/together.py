"""Steps on several cases at once: all of them or none."""

from collections.abc import Mapping

from django.db import transaction

from apps.accounts.models import User
from apps.cases.domain.assignment import hand_to
from apps.cases.domain.findings import decide
from apps.cases.domain.transitions import perform_many
from apps.cases.models import Event, FindingStatus, Revision

# What is said of a finding when a case is approved: its status, and why.
Decision = tuple[FindingStatus, str]


@transaction.atomic
def approve_many(
    actor: User,
    versions: Mapping[int, int | None],
    decisions: Mapping[int, Decision],
    *,
    note: str = "",
) -> list[Event]:
    """Settle each named finding and approve the cases, all or none; return the events.

    ``versions`` maps each revision's id to the version the person saw, ``decisions`` each
    finding's id to what he decided. A finding that he has not seen stays open and stands in the
    way. Raises as ``decide`` and ``perform`` do: then nothing has changed.
    """
    # In one order and before their findings, as every step locks them.
    list(Revision.objects.select_for_update(of=("self",)).filter(pk__in=versions).order_by("pk"))
    for finding_id in sorted(decisions):
        status, text = decisions[finding_id]
        decide(actor, finding_id, status, text)
    return perform_many("approve", versions, actor, reason=note)


@transaction.atomic
def hand_many(
    actor: User, versions: Mapping[int, int | None], colleague_id: int, note: str
) -> list[Event]:
    """Hand several cases to one colleague, all or none. Raises as ``hand_to``."""
    return [
        hand_to(actor, revision_id, colleague_id, note, version=versions[revision_id])
        for revision_id in sorted(versions)
    ]
