"""What the task queue does for the intake: reading files, storing long lists, picking up what fell."""

import datetime as dt
import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django.utils.translation import override
from procrastinate.contrib.django import app

logger = logging.getLogger(__name__)

SILENT_SECONDS = 90
"""An import that said nothing for so long has lost its worker."""
SILENT_WHILE_STORING = 900
MOST_ATTEMPTS = 3


@app.task(name="read_import")
def read_import(import_id: int) -> str:
    """Read an import's file; return the state it is left in. Safe to be called again.

    A refusal, or anything that goes wrong, leaves the import failed with a sentence.
    """
    from apps.intake.imports import staging  # models are loaded after the task registry
    from apps.intake.models import Import, ImportState
    from apps.intake.refusal import Refusal

    started = Import.objects.filter(
        pk=import_id, state__in=[ImportState.WAITING, ImportState.READING]
    ).update(
        state=ImportState.READING,
        attempts=F("attempts") + 1,
        beat_at=timezone.now(),
        rows_read=0,
    )
    if not started:
        return ""
    intake = Import.objects.select_related("revision__case__bureau").get(pk=import_id)
    try:
        with override(settings.LANGUAGE_CODE), without_collecting():
            staging.read(intake)
    except staging.Stopped:
        return ""
    except Refusal as refusal:
        return _finish(intake, ImportState.FAILED, [_said(refusal)])
    except Exception:
        logger.exception("import %s could not be read", import_id)
        return _finish(intake, ImportState.FAILED, [_said(Refusal("reader-failed"))])
    return _finish(intake, ImportState.READ, [])


@contextmanager
def without_collecting() -> Iterator[None]:
    """Look for no cycles meanwhile: rows by the hundred thousand hold none, and to go through them
    again and again takes a fifth of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _said(refusal: Any) -> dict[str, Any]:
    return {"code": refusal.code, "params": refusal.params, "where": refusal.where}


def _finish(intake: Any, state: str, refusals: list[dict[str, Any]]) -> str:
    """Leave the import in ``state`` unless it was cancelled or taken over; tell its person."""
    from apps.intake.imports.telling import tell
    from apps.intake.models import Import, ImportState

    done = Import.objects.filter(
        pk=intake.pk, state=ImportState.READING, attempts=intake.attempts
    ).update(state=state, refusals=refusals, rows_read=F("rows_total") if not refusals else 0)
    if done:
        intake.refresh_from_db()
        if refusals:
            intake.tables.all().delete()
        tell(intake)
    return state if done else ""


@app.task(name="store_import")
def store_import(import_id: int, user_id: int, digest: str) -> str:
    """Accept a long import for the person who pressed the button; return the state it is left in.

    What keeps it from being stored is said in the review, to which it goes back.
    """
    from apps.accounts.models import User
    from apps.cases.errors import WorkflowError
    from apps.intake.imports.accepting import accept
    from apps.intake.imports.telling import tell
    from apps.intake.models import Import, ImportState

    waiting = Import.objects.filter(pk=import_id, state=ImportState.ACCEPTING)
    if not waiting.exists():
        return ""
    refusal = {"code": "not-stored", "params": {"reason": ""}, "where": ""}
    with override(settings.LANGUAGE_CODE), without_collecting():
        try:
            accept(User.objects.get(pk=user_id), import_id, digest)
        except WorkflowError as error:
            refusal["params"] = {"reason": str(error)}
            waiting.update(state=ImportState.READ, refusals=[refusal])
        except Exception:
            logger.exception("import %s could not be stored", import_id)
            refusal["code"] = "storing-failed"
            waiting.update(state=ImportState.READ, refusals=[refusal])
    intake = Import.objects.get(pk=import_id)
    tell(intake)
    return str(intake.state)


@app.periodic(cron="* * * * *")
@app.task(name="pick_up_imports", queueing_lock="pick_up_imports")
def pick_up_imports(timestamp: int = 0) -> int:
    """Begin again what lost its worker; what was begun too often fails, and says so.

    Returns how many imports were found.
    """
    from apps.intake.imports.telling import tell
    from apps.intake.models import Import, ImportState

    silent_since = timezone.now() - dt.timedelta(seconds=SILENT_SECONDS)
    lost = Import.objects.filter(state=ImportState.READING, beat_at__lt=silent_since)
    found = 0
    for intake in lost.filter(attempts__lt=MOST_ATTEMPTS):
        found += 1
        read_import.defer(import_id=intake.pk)
    # A stored list is one transaction: what lost its worker there was not stored.
    storing = Import.objects.filter(
        state=ImportState.ACCEPTING,
        beat_at__lt=timezone.now() - dt.timedelta(seconds=SILENT_WHILE_STORING),
    )
    refusals = [{"code": "storing-failed", "params": {"reason": ""}, "where": ""}]
    for intake in storing:
        if storing.filter(pk=intake.pk).update(state=ImportState.READ, refusals=refusals):
            found += 1
            intake.refresh_from_db()
            tell(intake)
    for intake in lost.filter(attempts__gte=MOST_ATTEMPTS):
        refusals = [{"code": "interrupted", "params": {}, "where": ""}]
        found += lost.filter(pk=intake.pk).update(state=ImportState.FAILED, refusals=refusals)
        intake.refresh_from_db()
        intake.tables.all().delete()
        tell(intake)
    return found
