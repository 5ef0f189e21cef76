"""Attaching files to a row, a finding or a case, and removing them again."""

import uuid
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Role, User
from apps.cases import scope
from apps.cases.errors import NotAllowed, Refused, WrongState
from apps.cases.evidence import checking, store
from apps.cases.models import WRITABLE, Evidence, Finding, Revision, State, StoredFile
from apps.cases.personal_data import scan

MOST_AT_A_PLACE = 30
# The thread of a finding goes on where the rows are closed.
THREAD_STATES = frozenset({State.REVIEWING, State.ON_NOTICE})


@dataclass(frozen=True)
class Place:
    """What a file belongs to: a row, a finding, or (with neither) the case as a whole."""

    record_kind: str = ""
    record_uid: uuid.UUID | None = None
    finding_id: int | None = None


def attach(
    actor: User, revision_id: int, upload: UploadedFile, place: Place, *, caption: str = ""
) -> Evidence:
    """Check a file, store it under its SHA-256 and attach it at ``place``; return the attachment.

    The same file at the same place again is the attachment that is there. Effects: the bytes in
    the store; then, in one transaction, the stored file and its attachment with person and time.
    Raises ``Revision.DoesNotExist`` out of scope, ``NotAllowed``, ``Locked``, ``WrongState`` and
    ``Refused`` with a sentence that names what is wrong in the file; then nothing is stored.
    """
    revision = Revision.objects.visible_to(actor).select_related("case__bureau").get(pk=revision_id)
    ensure_may_attach(actor, revision, place)
    caption = caption.strip()
    if list(scan(caption)):
        raise Refused(_("The caption holds a personal number. Remove it."))
    name = checking.clean_name(upload.name or "")
    checking.ensure_size(upload.size or 0)
    data = upload.read()
    kind = checking.check_file(name, data)
    sha256 = store.keep(data)
    return _attach(actor, revision, place, StoredFile(sha256, len(data), kind), name, caption)


def carry_over(
    actor: User, revision_id: int, found: Evidence, place: Place, *, caption: str = ""
) -> Evidence:
    """Attach a file of another case at ``place``: the same bytes, looked through when they came.

    ``found`` comes from the caller, who has asked whether ``actor`` may see it. Otherwise as
    ``attach``.
    """
    revision = Revision.objects.visible_to(actor).select_related("case__bureau").get(pk=revision_id)
    return _attach(actor, revision, place, found.file, found.name, caption)


@transaction.atomic
def _attach(
    actor: User, revision: Revision, place: Place, file: StoredFile, name: str, caption: str
) -> Evidence:
    """Write the attachment; the case may have moved on while the file was looked through."""
    scope.lock_shared(revision.pk)
    revision.refresh_from_db(fields=["state", "returned_at"])
    ensure_may_attach(actor, revision, place)
    StoredFile.objects.bulk_create([file], ignore_conflicts=True)
    where = {
        "revision": revision,
        "record_kind": place.record_kind,
        "record_uid": place.record_uid,
        "finding_id": place.finding_id,
    }
    present = Evidence.objects.standing().filter(**where)
    if present.count() >= MOST_AT_A_PLACE:
        raise Refused(
            _("There are %(most)s files here already. Join some, or remove what is not needed.")
            % {"most": MOST_AT_A_PLACE}
        )
    again = present.filter(file_id=file.pk).first()
    if again is not None:
        return again
    try:
        with transaction.atomic():
            return Evidence.objects.create(
                **where, file_id=file.pk, name=name, caption=caption[:200], added_by=actor
            )
    except IntegrityError:
        # The same file came in twice at once, and the other was first.
        return present.get(file_id=file.pk)


def ensure_may_attach(actor: User, revision: Revision, place: Place) -> None:
    """Raise unless ``actor`` may attach and remove files at ``place`` now."""
    if place.finding_id is not None:
        _ensure_may_join_thread(actor, revision, place.finding_id)
        return
    scope.ensure_may_fill(actor, revision)
    scope.ensure_row_is_open(revision, place.record_kind, place.record_uid)
    if place.record_uid is not None and not _row_exists(revision, place):
        raise Refused(_("The row that the file is to prove is not in this case."))


def _row_exists(revision: Revision, place: Place) -> bool:
    assert place.record_uid is not None
    return any(
        kind.model.objects.filter(revision=revision, uid=place.record_uid).exists()
        for kind in revision.case.kind_spec.records
        if kind.code == place.record_kind
    )


def _ensure_may_join_thread(actor: User, revision: Revision, finding_id: int) -> None:
    """A thread's files come from whose turn it is: the bureau's while it answers, then the city's."""
    finding = Finding.objects.filter(pk=finding_id, revision=revision).first()
    if finding is None:
        raise Refused(_("The finding is not of this case."))
    if revision.state in WRITABLE:
        if not scope.may_fill(actor, revision.case.kind_spec, revision.case.bureau_id):
            raise NotAllowed(_("Only the bureau that filled the case in explains its findings."))
    elif revision.state in THREAD_STATES:
        if not actor.has_role(Role.CITY_REVIEWER, Role.CITY_PUBLISHER):
            raise NotAllowed(_("Only the city's reviewers and publishers decide on findings."))
    else:
        raise WrongState(
            _("Files are attached while the case is filled in, returned, reviewed or on notice.")
        )


@transaction.atomic
def remove_evidence(actor: User, revision_id: int, uid: uuid.UUID) -> Evidence:
    """Mark an attached file as removed; its bytes and who attached it stay on record.

    A file in a finding's thread is removed by the person who attached it. A removed one stays
    removed, so that a repeated call is harmless. Raises as ``attach``, and
    ``Evidence.DoesNotExist``.
    """
    scope.lock_shared(revision_id)
    revision = Revision.objects.visible_to(actor).select_related("case__bureau").get(pk=revision_id)
    evidence = Evidence.objects.select_for_update().get(revision=revision, uid=uid)
    if evidence.removed_at is not None:
        return evidence
    if evidence.finding_id is not None and evidence.added_by_id != actor.pk:
        raise NotAllowed(_("A file in a thread is removed by the person who attached it."))
    ensure_may_attach(actor, revision, place_of(evidence))
    evidence.removed_at = timezone.now()
    evidence.removed_by = actor
    evidence.save(update_fields=["removed_at", "removed_by"])
    return evidence


def place_of(evidence: Evidence) -> Place:
    """Return what an attached file belongs to."""
    return Place(evidence.record_kind, evidence.record_uid, evidence.finding_id)
