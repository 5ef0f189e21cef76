"""Changes of very many rows, made by the task queue: asked for, done in one transaction, told.

A change that is under way keeps other changes of many rows of its case off. It is done wholly or
not at all: its end is written in the transaction that does it. A worker that dies leaves nothing
but a change that says nothing any more; that one fails, with a sentence, and may be asked for
again.
"""

import datetime as dt
import logging
import threading
import uuid
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_noop, override
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases import scope
from apps.cases.errors import NotAllowed, WorkflowError, WrongState
from apps.cases.models import UNDER_WAY, ChangeState, LongChange, Notification, Revision

logger = logging.getLogger(__name__)

AT_ONCE = 2000
"""Of more rows the task queue makes the change."""
SILENT_SECONDS = 90
"""A change whose worker said nothing for so long has lost it."""
BEAT_SECONDS = 1.0

Tick = Callable[[int], None]
"""Called with the number of rows that were written since it was last called."""
Doer = Callable[[User, LongChange, Tick], Mapping[str, Any]]
"""Does a change in the transaction it is called in, and returns what came of it."""

# Each app says of its own changes how they are done.
doers: dict[str, Doer] = {}
# And what else it does with all rows of a revision, in words; blank where it does nothing now.
others: list[Callable[[int], str]] = []

DONE = gettext_noop("%(change)s: this is done.")
NOT_DONE = gettext_noop("%(change)s: this was not done, and nothing was changed.")


class Busy(WorkflowError):
    """Another change of many rows is under way."""

    def __init__(self, change: object) -> None:
        """Say which, with the cure."""
        super().__init__(
            _("Many rows of this case are being changed: %(change)s. Wait until that is done.")
            % {"change": change}
        )


class Lost(WorkflowError):
    """The change was given up meanwhile: what its worker did does not count."""


def under_way(revision_id: int) -> LongChange | None:
    """Return the change that is under way in a revision. One query."""
    found = LongChange.objects.filter(revision_id=revision_id, state__in=UNDER_WAY)
    return found.select_related("by").first()


def ensure_free(revision_id: int) -> None:
    """Raise ``Busy`` where a change of many rows is under way that is not lost."""
    if (change := under_way(revision_id)) and not is_lost(change):
        raise Busy(change)
    _ensure_no_other(revision_id)


def _ensure_no_other(revision_id: int) -> None:
    for other in others:
        if words := other(revision_id):
            raise Busy(words)


def ensure_still(revision_id: int) -> None:
    """Raise ``Busy`` where rows of a revision are being changed now: who saves one would wait."""
    change = under_way(revision_id)
    if change is not None and change.state == ChangeState.RUNNING and not is_lost(change):
        raise Busy(change)


def is_lost(change: LongChange) -> bool:
    """Say whether the worker of a change is gone."""
    return (
        change.state == ChangeState.RUNNING
        and change.beat_at is not None
        and change.beat_at < _silent_since()
    )


def _silent_since() -> dt.datetime:
    return timezone.now() - dt.timedelta(seconds=SILENT_SECONDS)


@transaction.atomic
def ask(
    actor: User,
    revision_id: int,
    doer: str,
    order: Mapping[str, Any],
    *,
    words: str,
    total: int,
    token: uuid.UUID | None = None,
    url: str = "",
) -> LongChange:
    """Let the task queue make a change; return it. The form sent twice makes one.

    Raises ``Revision.DoesNotExist`` out of scope, ``NotAllowed``, ``Locked``; ``Busy`` where
    another is under way.
    """
    from apps.cases.tasks import make_long_change  # the tasks import the domain

    # Before the lock: what is stored now holds it for long.
    _ensure_no_other(revision_id)
    scope.lock_shared(revision_id)
    revision = Revision.objects.visible_to(actor).select_related("case__bureau").get(pk=revision_id)
    scope.ensure_may_fill(actor, revision)
    token = token or uuid.uuid4()
    same = LongChange.objects.filter(token=token, by=actor, revision=revision)
    if change := same.first():
        return change
    give_up_lost(LongChange.objects.filter(revision=revision))
    longest = LongChange._meta.get_field("words").max_length
    try:
        with transaction.atomic():
            change = LongChange.objects.create(
                revision=revision,
                doer=doer,
                words=words[:longest],
                language=get_language() or "",
                order=dict(order),
                token=token,
                url=url,
                by=actor,
                total=total,
            )
    except IntegrityError as error:
        # The same form sent twice at one moment; or somebody else was first.
        if change := same.first():
            return change
        raise Busy(under_way(revision.pk) or _("another change")) from error
    make_long_change.defer(change_id=change.pk)
    return change


def carry_out(change_id: int) -> str:
    """Make a change that waits; return the state it is left in, blank where it does not wait.

    Called by the task queue. One transaction: the change, the rules, its end and the message to
    the person, or nothing but the reason.
    """
    waits = LongChange.objects.filter(pk=change_id, state=ChangeState.WAITING)
    if not waits.update(state=ChangeState.RUNNING, beat_at=timezone.now()):
        return ""
    change = LongChange.objects.select_related("revision", "by__bureau").get(pk=change_id)
    with override(change.language or None):
        try:
            with _Beat(change.pk) as beat, transaction.atomic():
                _ensure_active(change.by)
                _end(
                    change,
                    state=ChangeState.DONE,
                    done=F("total"),
                    result=dict(doers[change.doer](change.by, change, beat.count)),
                )
        except Lost:
            return ""
        except WorkflowError as refusal:
            _fail(change, str(refusal))
        except ObjectDoesNotExist:
            _fail(
                change,
                _("The rows, or the case, are not there for you any more. Look at the list again."),
            )
        except Exception:
            logger.exception("long change %s could not be made", change_id)
            _fail(change, _("Something went wrong here. Try again; if it fails again, say so."))
    return str(LongChange.objects.values_list("state", flat=True).get(pk=change_id))


def _ensure_active(person: User) -> None:
    if not person.is_active:
        raise NotAllowed(_("Your account is closed."))


def _fail(change: LongChange, why: str) -> None:
    try:
        with transaction.atomic():
            _end(change, state=ChangeState.FAILED, failure=why)
    except Lost:
        logger.warning("long change %s had been given up before it failed", change.pk)


def _end(change: LongChange, **written: Any) -> None:
    """Write how a change came out, and tell its person. Raises ``Lost`` where it was given up."""
    open_still = LongChange.objects.filter(pk=change.pk, state=ChangeState.RUNNING)
    if not open_still.update(order={}, **written):
        raise Lost
    is_done = written["state"] == ChangeState.DONE
    Notification.objects.create(
        recipient=change.by,
        text=DONE if is_done else NOT_DONE,
        params={"change": change.words},
        url=reverse("desk:long_change", args=[change.revision.case_id, change.pk]),
    )


def give_up_lost(among: QuerySet[LongChange] | None = None) -> int:
    """Let changes fail whose worker is gone; return how many. Nothing of theirs was stored."""
    changes = LongChange.objects.all() if among is None else among
    lost = changes.filter(Q(state=ChangeState.RUNNING) & Q(beat_at__lt=_silent_since()))
    found = list(lost.select_related("revision", "by"))
    for change in found:
        with override(change.language or None):
            _fail(change, _("The server stopped while it was being done. Ask for it again."))
    return len(found)


@transaction.atomic
def cancel(actor: User, change_id: int) -> LongChange:
    """Cancel a change that waits, or one that lost its worker; return it.

    Raises as ``ask`` does; ``WrongState`` where it is being made, or over.
    """
    change = LongChange.objects.select_for_update(of=("self",)).get(pk=change_id)
    revision = (
        Revision.objects.visible_to(actor).select_related("case__bureau").get(pk=change.revision_id)
    )
    scope.ensure_may_fill(actor, revision)
    if change.state != ChangeState.WAITING and not is_lost(change):
        raise WrongState(_("This cannot be cancelled any more."))
    change.state, change.order = ChangeState.CANCELLED, {}
    change.save(update_fields=["state", "order"])
    return change


class _Beat:
    """Says each second that a change goes on and how far, on a connection of its own.

    The change's own transaction shows nothing before its end.
    """

    def __init__(self, change_id: int) -> None:
        self._running = LongChange.objects.filter(pk=change_id, state=ChangeState.RUNNING)
        self._done = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._go_on, daemon=True)

    def count(self, rows: int) -> None:
        """Note that so many more rows are written."""
        self._done += rows

    def _go_on(self) -> None:
        try:
            while not self._over.wait(BEAT_SECONDS):
                self._running.update(beat_at=timezone.now(), done=self._done)
        except DatabaseError:
            # The change itself goes on; at worst it is taken for lost, and then does not count.
            logger.exception("a long change could not say that it goes on")
        finally:
            connection.close()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()
