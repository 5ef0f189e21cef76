"""All parts of the verification, in one snapshot of the database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction
from django.utils.translation import gettext as _

from apps.audit import anchors
from apps.audit.coverage import covered_tables
from apps.audit.verification import against_anchors, chain, content, files, logs, releases, rows
from apps.audit.verification.fault import Fault

Part = Callable[[], Iterator[Fault]]


@contextmanager
def snapshot() -> Iterator[None]:
    """Read everything as it is at one moment, whoever writes meanwhile; write nothing.

    Inside a transaction that is open already (a test's) its own acts are sealed first.
    """
    inside = connection.in_atomic_block
    if inside:
        connection.check_constraints()
    with transaction.atomic(), connection.cursor() as cursor:
        if not inside:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT current_setting('timezone')")
        (before,) = cursor.fetchone()
        # The hashes are made of times in UTC.
        cursor.execute("SET LOCAL timezone = 'UTC'")
        yield
        cursor.execute("SELECT set_config('timezone', %s, true)", [before])


def parts() -> list[Part]:
    """Return what is checked, in order. To be called before ``snapshot``: it reads the anchors.

    An anchor written later may speak of an act that the snapshot does not hold.
    """
    anchored = anchors.read()
    return [
        chain.verify_coverage,
        chain.verify_acts,
        chain.verify_entries,
        lambda: against_anchors.verify_anchors(anchored),
        *(lambda covered=covered: rows.verify_rows(covered) for covered in covered_tables()),
        logs.verify_logs,
        releases.verify_releases,
        content.verify_content,
        files.verify_files,
    ]


def verify() -> Iterator[Fault]:
    """Yield every fault; nothing where all is well."""
    todo = parts()
    with snapshot():
        for part in todo:
            yield from guarded(part)


def guarded(part: Part) -> Iterator[Fault]:
    """Yield the faults of one part. What is altered beyond reading is a fault, not an end."""
    try:
        yield from part()
    except (ObjectDoesNotExist, LookupError, TypeError, ValueError, AttributeError) as error:
        yield Fault(
            "cases",
            "",
            _("This part cannot be read to its end: %(error)s") % {"error": repr(error)},
        )
