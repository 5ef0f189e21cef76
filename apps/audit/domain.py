"""Running the verification as a task, and keeping what it found."""

import datetime as dt
import logging
from collections import Counter
from collections.abc import Callable
from contextlib import closing

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from apps.accounts.models import Role, User
from apps.audit.coverage import covered_tables
from apps.audit.models import Act, Entry, Outcome, Verification
from apps.audit.tasks import verify_on_demand
from apps.audit.verification import Fault, guarded, parts, snapshot
from apps.cases.errors import NotAllowed
from apps.cases.models import Release, Revision

logger = logging.getLogger(__name__)

# So many faults are kept with the run; manage.py verify names every one.
FAULTS_KEPT = 200


@transaction.atomic
def request_verification(actor: User | None, *, defer: bool = True) -> Verification:
    """Store that a verification is wanted, and queue it; ``actor`` None: by the clock.

    One that waits or runs already is returned instead of a second. Raises ``NotAllowed`` unless
    the person is an auditor.
    """
    if actor is not None and not actor.has_role(Role.AUDITOR):
        raise NotAllowed(_("Only the auditor starts a verification."))
    if defer:
        waiting = Verification.objects.filter(
            outcome__in=[Outcome.WAITING, Outcome.RUNNING],
            asked_at__gt=timezone.now() - dt.timedelta(hours=6),
        ).first()
        if waiting is not None:
            return waiting
    verification = Verification.objects.create(asked_at=timezone.now(), asked_by=actor)
    if defer:
        verify_on_demand.defer(verification_id=verification.pk)
    return verification


def carry_out(verification_id: int) -> int:
    """Run the verification, keep its progress and its result, and return the number of faults.

    Where faults are found, the log says so and every auditor gets a mail.
    """
    verification = Verification.objects.get(pk=verification_id)
    verification.began_at = timezone.now()
    verification.outcome = Outcome.RUNNING
    verification.save(update_fields=["began_at", "outcome"])
    try:
        # The snapshot may not write, so how far it has come is written beside it.
        with closing(connection.copy()) as beside:

            def show(progress: int) -> None:
                with beside.cursor() as cursor:
                    cursor.execute(
                        "UPDATE audit_verification SET progress = %s WHERE id = %s",
                        [progress, verification_id],
                    )

            faults, counts = _verify(show)
    except Exception:
        _end(verification, Outcome.BROKEN)
        raise
    verification.counts = counts
    verification.fault_count = sum(faults.values())
    verification.faults = [fault.as_json() for fault in list(faults)[:FAULTS_KEPT]]
    _end(verification, Outcome.FAULTY if faults else Outcome.CLEAN)
    if faults:
        _tell(verification)
    return verification.fault_count


def _verify(show: Callable[[int], None]) -> tuple[Counter[Fault], dict[str, int]]:
    """Run every part in one snapshot; return the faults and what was checked."""
    todo = parts()
    faults: Counter[Fault] = Counter()
    with snapshot():
        counts = {
            "acts": Act.objects.count(),
            "entries": Entry.objects.count(),
            "tables": len(covered_tables()),
            "revisions": Revision.objects.count(),
            "releases": Release.objects.count(),
        }
        for number, part in enumerate(todo):
            show(100 * number // len(todo))
            faults.update(guarded(part))
    return faults, counts


def _end(verification: Verification, outcome: Outcome) -> None:
    verification.outcome = outcome
    verification.ended_at = timezone.now()
    verification.progress = 100
    verification.save()


def _tell(verification: Verification) -> None:
    """Say it in the log, and by mail to every auditor who has an address."""
    logger.error(
        "The verification of %s found %s faults.", verification.began_at, verification.fault_count
    )
    auditors = User.objects.filter(roles__contains=[Role.AUDITOR], is_active=True).exclude(email="")
    with override(settings.LANGUAGE_CODE):
        subject = ngettext(
            "The verification found %(count)s fault",
            "The verification found %(count)s faults",
            verification.fault_count,
        ) % {"count": verification.fault_count}
        lines = [str(Fault(**fault)) for fault in verification.faults[:20]]
        lines.append(f"{settings.SITE_URL}/desk/audit/")
    for address in auditors.values_list("email", flat=True):
        EmailMessage(subject=subject, body="\n\n".join(lines), to=[address]).send()
