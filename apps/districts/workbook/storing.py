"""Keep an upload until it is accepted or discarded; store what was accepted, all or nothing."""

import datetime as dt
import hashlib
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases import scope
from apps.cases.errors import WorkflowError
from apps.cases.models import Revision
from apps.districts import domain
from apps.districts.lists import domain as lists
from apps.districts.models import UploadedWorkbook
from apps.districts.returns import read_return
from apps.districts.workbook.comparing import Change, Differences, check_place, chosen, compare
from apps.districts.workbook.lists import reads_of
from apps.districts.workbook.personal import refuse_personal_data
from apps.districts.workbook.reading import Sheet, read_sheet

KEPT = dt.timedelta(days=1)
NAME_LENGTH = 200


class Unsettled(WorkflowError):
    """The differences are not those the person saw, or a choice is missing. Nothing was stored."""


def keep_upload(actor: User, revision: Revision, name: str, data: bytes) -> UploadedWorkbook:
    """Keep a readable workbook of ``revision`` for its uploader and return it.

    It replaces his former upload; uploads older than a day are removed. Raises ``NotAllowed`` and
    ``Locked`` as a save does, ``Refused`` where the file is not a workbook of this return.
    """
    scope.ensure_may_fill(actor, revision)
    check_place(read_sheet(data).imprint, read_return(actor, revision))
    refuse_personal_data(data)
    UploadedWorkbook.objects.filter(uploaded_at__lt=timezone.now() - KEPT).delete()
    upload, _made = UploadedWorkbook.objects.update_or_create(
        revision=revision,
        uploaded_by=actor,
        defaults={
            "name": name[-NAME_LENGTH:],
            "content": data,
            "uploaded_at": timezone.now(),
            "sha256": hashlib.sha256(data).hexdigest(),
        },
    )
    return upload


def find_upload(actor: User, revision: Revision) -> UploadedWorkbook | None:
    """Return the person's own upload for ``revision`` if it is not older than a day."""
    return UploadedWorkbook.objects.filter(
        revision=revision, uploaded_by=actor, uploaded_at__gte=timezone.now() - KEPT
    ).first()


def discard_upload(actor: User, revision: Revision) -> None:
    """Forget the person's upload for ``revision``."""
    UploadedWorkbook.objects.filter(revision=revision, uploaded_by=actor).delete()


def read_upload(upload: UploadedWorkbook) -> Sheet:
    """Return what an upload holds. Raises ``Refused``."""
    return read_sheet(bytes(upload.content))


def accept(
    actor: User, revision: Revision, sheet: Sheet, digest: str, choices: Mapping[str, str]
) -> tuple[int, Differences]:
    """Store every difference the person saw and accepted; return how many, and all of it.

    ``digest`` is that of the differences shown; ``choices`` holds "yours" or "theirs" for each row
    that a colleague saved since the download. In one transaction: the revision held against
    transitions, the differences found again, the figures stored by ``save_figures`` at the versions
    that were shown, the rows of the lists confirmed by ``confirm``, the upload removed. Faulty rows stay as they are. Raises ``Unsettled``, and as
    ``save_figures`` does; then nothing is stored.
    """
    with transaction.atomic():
        scope.lock_shared(revision.pk)
        revision.refresh_from_db(fields=["state", "returned_at"])
        scope.ensure_may_fill(actor, revision)
        result = compare(sheet, read_return(actor, revision, with_lists=True))
        if result.digest != digest:
            raise Unsettled(
                _(
                    "The return has changed since you looked. Nothing was stored; look at the differences again."
                )
            )
        wanted = chosen(result, choices)
        if wanted is None:
            raise Unsettled(_("Choose for each figure which value stays. Nothing was stored yet."))
        domain.save_figures(actor, revision.pk, [_figure_change(change) for change in wanted])
        if result.confirmations:
            lists.confirm(actor, revision.pk, reads_of(result.confirmations))
        discard_upload(actor, revision)
    return len(wanted) + len(result.confirmations), result


def _figure_change(change: Change) -> domain.FigureChange:
    """Return a difference as what its figure is to become."""
    figure = change.figure
    return domain.FigureChange(
        change.row.indicator,
        change.yours.as_stored,
        scope=change.row.scope,
        uid=figure.uid if figure else None,
        version=figure.version if figure else None,
    )
