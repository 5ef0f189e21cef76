"""A worker that is killed: in the middle of reading, in the middle of storing. Never half a list."""

import multiprocessing
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from apps.awards.models import Award
from apps.cases.models import Mention
from apps.intake.imports.comparing import compare
from apps.intake.imports.starting import take_in
from apps.intake.models import Import, ImportRow, ImportState
from apps.intake.tasks import pick_up_imports, read_import, store_import
from tests import factories
from tests.intake.imports.support import accepted, draft, sheet, taken
from tests.workers import kill, started_beside, wait_until, waits_for_a_lock

pytestmark = pytest.mark.django_db(transaction=True)
LINES = 6_000
LONG = [
    (str(n), "科学技术进步奖一等奖", f"海洋装备关键技术研究{n}", f"宁波{n % 40}大学", "张三、李四")
    for n in range(1, LINES + 1)
]


def started(step: Callable[..., Any], *arguments: Any) -> multiprocessing.process.BaseProcess:
    """Begin a step of the task queue in a worker process of its own."""
    connections.close_all()
    process = multiprocessing.get_context("fork").Process(target=step, args=arguments)
    process.start()
    return process


def long_after(intake: Import) -> None:
    """Let the time pass after which a silent worker counts as lost."""
    Import.objects.filter(pk=intake.pk).update(beat_at=timezone.now() - timezone.timedelta(hours=1))


def test_killed_in_the_middle_of_reading_the_file_is_read_again_whole() -> None:
    revision = draft()
    person = factories.filler_of(revision)
    intake = take_in(person, revision, "名单.xlsx", sheet(LONG), is_queued=False)

    worker = started(read_import, intake.pk)
    wait_until(ImportRow.objects.exists)
    kill(worker)

    assert Import.objects.get(pk=intake.pk).state == ImportState.READING
    assert 0 < ImportRow.objects.count() < LINES
    long_after(intake)
    assert pick_up_imports(timestamp=0) == 1
    assert read_import(import_id=intake.pk) == ImportState.READ
    positions = ImportRow.objects.values_list("position", flat=True)
    assert (len(positions), len(set(positions))) == (LINES, LINES)


def test_killed_in_the_middle_of_storing_nothing_is_stored_and_it_can_be_accepted_again() -> None:
    intake = taken(draft(), sheet(LONG[:3000]))
    person = factories.filler_of(intake.revision)
    digest = compare(intake).digest
    Import.objects.filter(pk=intake.pk).update(state=ImportState.ACCEPTING)

    # Its mentions wait for this lock: then its first rows are written, and not committed.
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {Mention._meta.db_table} IN SHARE MODE")
        held = connections["default"].connection
        worker = started_beside(held, store_import, intake.pk, person.pk, digest)
        wait_until(waits_for_a_lock)
        kill(worker)

    assert Award.objects.count() == 0
    long_after(intake)
    assert pick_up_imports(timestamp=0) == 1
    intake.refresh_from_db()
    assert (intake.state, intake.refusals[0]["code"]) == (ImportState.READ, "storing-failed")
    wait_until(lambda: not waits_for_a_lock())
    assert accepted(intake, person).counts["new"] == 3000
    assert Award.objects.count() == Mention.objects.count() == 3000
