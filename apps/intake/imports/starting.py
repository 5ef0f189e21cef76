"""Taking a file in: who may, what is kept, what the task queue is asked to do."""

import hashlib

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases import scope
from apps.cases.errors import Refused, WrongState
from apps.cases.models import Revision
from apps.intake import sentences
from apps.intake.formats import LARGEST_FILE
from apps.intake.imports.scope import imports_for, kinds_of
from apps.intake.models import Import, ImportState, SourceFile

NAME_LENGTH = 200


def name_of_pasted(ending: str) -> str:
    """Return what a table pasted now is called, in the reader's language; good for a file name."""
    now = timezone.localtime()
    name = _("Pasted table, %(day)s, %(hour)s.%(minute)s") % {
        "day": date_format(now, "DATE_FORMAT"),
        "hour": f"{now:%H}",
        "minute": f"{now:%M}",
    }
    return f"{name}{ending}"


@transaction.atomic
def take_in(
    actor: User,
    revision: Revision,
    name: str,
    data: bytes,
    kind: str = "",
    *,
    is_queued: bool = True,
) -> Import:
    """Keep a file for a case and ask the task queue to read it; return the import.

    Where it is not ``is_queued`` the caller reads it himself, by ``tasks.read_import``. The same bytes are kept once. Raises ``NotAllowed`` and ``Locked`` as a save does, ``Refused``
    where there is nothing to read or too much of it, or the kind is none of the case's.
    """
    from apps.intake.tasks import read_import  # tasks are loaded after the models

    scope.lock_shared(revision.pk)
    revision.refresh_from_db(fields=["state", "returned_at"])
    scope.ensure_may_fill(actor, revision)
    offered = kinds_of(revision)
    if not offered or (kind and kind not in offered):
        raise Refused(_("A case of this kind takes in no such tables."))
    if not data.strip():
        raise Refused(_("Choose a file, or paste a table."))
    if len(data) > LARGEST_FILE:
        raise Refused(sentences.refusal("file-too-large", {"megabytes": LARGEST_FILE // 2**20}))
    digest = hashlib.sha256(data).hexdigest()
    source, _made = SourceFile.objects.defer("content").get_or_create(
        sha256=digest, defaults={"size": len(data), "content": data}
    )
    intake = Import.objects.create(
        revision=revision,
        source=source,
        name=name[-NAME_LENGTH:] or name_of_pasted(""),
        started_by=actor,
        kind=kind,
    )
    if is_queued:
        read_import.defer(import_id=intake.pk)
    return intake


@transaction.atomic
def cancel(actor: User, intake: Import) -> Import:
    """Stop reading, or discard what was read and not stored. Nothing of the case changes.

    Raises ``WrongState`` where it is stored already, or just being stored.
    """
    held = imports_for(actor).select_for_update(of=("self",)).get(pk=intake.pk)
    if held.state in {ImportState.ACCEPTING, ImportState.ACCEPTED}:
        raise WrongState(_("This import is stored already. Undo it instead."))
    held.state = ImportState.CANCELLED
    held.save(update_fields=["state"])
    held.tables.all().delete()
    return held
