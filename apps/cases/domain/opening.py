"""Opening a case."""

import pghistory
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Bureau, Role, User
from apps.cases import scope, workflow
from apps.cases.domain.transitions import log
from apps.cases.errors import NotAllowed, Refused
from apps.cases.kinds import Kind
from apps.cases.models import Case, Revision
from apps.registry.deadlines import read_calendar


@transaction.atomic
def open_case(actor: User, kind: Kind, bureau: Bureau, year: int, subject: str = "") -> Revision:
    """Open a case of ``kind`` for ``bureau`` and return its first revision, in draft.

    Effects, in one transaction: the case, its revision, the event. Asked for a case that exists,
    it raises ``Refused`` and says so. Raises ``NotAllowed`` where the person does not fill such
    cases for that bureau, ``Refused`` where the year is not open or the subject is missing.
    """
    if not scope.may_fill(actor, kind, bureau.pk):
        raise NotAllowed(
            _("Only %(role)s of %(bureau)s opens such a case.")
            % {"role": Role(kind.filled_by).label, "bureau": bureau}
        )
    subject = subject.strip()
    if kind.has_subject and not subject:
        raise Refused(_("Say what the list is: a case of this kind has a subject."))
    if not kind.has_subject and subject:
        raise Refused(_("A case of this kind has no subject: there is one per bureau and year."))
    term = read_calendar().term(kind.code, year)
    if term is None:
        raise Refused(
            _(
                "The year %(year)s is not open for reporting. Choose another year, or ask the city bureau to open it."
            )
            % {"year": year}
        )
    if term.opens_on > timezone.localdate():
        raise Refused(
            _("Reporting for %(year)s opens on %(day)s.") % {"year": year, "day": term.opens_on}
        )
    try:
        with transaction.atomic(), pghistory.context(user=actor.pk):
            case = Case.objects.create(
                kind=kind.code, bureau=bureau, year=year, subject=subject, created_by=actor
            )
    except IntegrityError as error:
        raise Refused(
            _("This case exists already. Open it instead of starting it again.")
        ) from error
    revision = Revision.objects.create(case=case, number=1, created_by=actor)
    log(revision, workflow.OPENED, "", 0, actor, kind.filled_by, timezone.now())
    if kind.prepare is not None:
        kind.prepare(actor, revision)
    return revision
