"""Which tables the audit covers: all of the project's, unless a reason stands here.

The triggers are put on after every migration, so that a new table cannot be forgotten.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig, apps
from django.db import connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from apps.audit.models import Act, AddedRows, Entry, EntryKind
from apps.cases.models import Record

# Tables that hold no truth of their own, each with the reason.
NOT_COVERED = {
    "audit_act": "the chain itself; it refuses every change and checks itself",
    "audit_entry": "the chain itself; it refuses every change and checks itself",
    "audit_addedrows": "the chain itself; it refuses every change and checks itself",
    "registry_compared": "up to where doubles and twins were looked for; a bookmark that decides nothing",
    "cases_look": "how far a reviewer has read; a bookmark that decides nothing",
    "cases_longchange": "that a change waits for its turn; what it did stands in the rows and their history",
    "publications_tally": "numbers of published rows, which are covered; counted again at will",
    "publications_reader": "how often an address asked within a minute; deleted after some",
    "publications_edition": "that public pages are to be made anew; the changes are covered",
    "districts_uploadedworkbook": "a file that waits for its uploader's answer, a day at most",
    "districts_presence": "who is looking at a return right now; worthless after some seconds",
    # What was read from a file and is being looked through. What a person accepts stands in the
    # case, with its history; the file itself and the acceptance are covered.
    "intake_importtable": "a draft of what a file holds",
    "intake_importrow": "a draft of what a file holds",
    "intake_importedit": "a draft of what a file holds",
    "intake_importname": "a draft of what a file holds; what was decided stands in the registry",
}
# Columns that carry no meaning for truth, each with the reason.
NOT_AUDITED = {
    "accounts_user": {"last_login": "each sign-in stands in the security log"},
    "audit_verification": {"progress": "how far a run has come is true for a moment only"},
    "intake_import": {
        "beat_at": "that the reader is alive is true for a moment only",
        "attempts": "how often the reader began says nothing about the file",
        "rows_read": "how far the reader has come is true for a moment only",
    },
    "intake_apitoken": {
        "last_used_at": "each import it made is covered",
        "minute_at": "counts requests for a minute only",
        "minute_count": "counts requests for a minute only",
    },
    # Kept for ever in the audit, they could not be deleted.
    "cases_correctionrequest": {
        "contact": "personal; deleted some days after the answer",
        "sender": "a mark of an address; deleted after a day",
    },
    "cases_notification": {
        "read_at": "that a person has seen a message decides nothing",
        "mailed_at": "set by the mail task; the mail itself decides nothing",
    },
}
# Computed by the database from the other columns, which are audited; nobody can write them.
COMPUTED = ("search_index", "search_text")
# Columns whose values are hashed but not kept a second time.
SECRET = {
    "accounts_user": {"password"},
    "accounts_passwordhistory": {"password"},
    "intake_apitoken": {"digest"},
    # A file's bytes are kept once.
    "intake_sourcefile": {"content"},
}
# What an entry of a table is about. Others: by app, see ``kind_of``.
_KINDS = {
    "cases_event": EntryKind.STEP,
    "cases_case": EntryKind.CASE,
    "cases_operation": EntryKind.CASE,
    "cases_revision": EntryKind.CASE,
    "cases_finding": EntryKind.FINDING,
    "cases_remark": EntryKind.REMARK,
    "cases_release": EntryKind.RELEASE,
    "cases_releaseitem": EntryKind.RELEASE,
    "cases_notification": EntryKind.MESSAGE,
    # Which organisation a row names follows from the row.
    "cases_mention": EntryKind.HIDDEN,
    "accounts_securityevent": EntryKind.SECURITY,
}
_KIND_OF_APP = {
    "accounts": EntryKind.ACCOUNT,
    "registry": EntryKind.DICTIONARY,
    "audit": EntryKind.AUDIT,
    # Whose work a row's history belongs to.
    "pghistory": EntryKind.HIDDEN,
}


# What each trigger is for, and the rows it is shown: a list of 100,000 is one INSERT into the audit.
_WRITERS = {
    "audit_write_added": ("INSERT", "NEW TABLE AS added"),
    "audit_write_changed": ("UPDATE", "OLD TABLE AS before NEW TABLE AS changed"),
    "audit_write_removed": ("DELETE", "OLD TABLE AS removed"),
}
TRIGGERS = (*_WRITERS, "audit_no_truncate")
"""On each covered table: added, changed, removed rows, and that it is never emptied."""


@dataclass(frozen=True)
class Covered:
    """One covered table and how its rows are recorded."""

    table: str
    key: str
    kind: str
    not_audited: tuple[str, ...]
    secret: tuple[str, ...]

    def arguments(self, columns: Sequence[str]) -> list[str]:
        """Return the trigger's arguments; the table's columns are there to notice new ones."""
        return [
            self.kind,
            self.key,
            ",".join(self.not_audited),
            ",".join(self.secret),
            ",".join(columns),
        ]


def kind_of(model: type[models.Model]) -> str:
    """Return what an entry of ``model``'s table is about; blank where it is not listed."""
    if issubclass(model, Record):
        return EntryKind.ROW
    if hasattr(model, "pgh_tracked_model"):
        return EntryKind.HIDDEN
    of_app = _KIND_OF_APP.get(model._meta.app_label, EntryKind.OTHER)
    return _KINDS.get(model._meta.db_table, of_app)


def covered_models() -> Iterator[type[models.Model]]:
    """Yield the model of each covered table: of every app of the project, and the histories'."""
    seen = set()
    for model in apps.get_models(include_auto_created=True):
        options = model._meta
        ours = apps.get_app_config(options.app_label).name.startswith("apps.")
        if not (ours or options.app_label == "pghistory") or not options.managed or options.proxy:
            continue
        if options.db_table not in NOT_COVERED and options.db_table not in seen:
            seen.add(options.db_table)
            yield model


def covered_tables() -> list[Covered]:
    """Return every covered table, by name."""
    found = []
    for model in covered_models():
        table = model._meta.db_table
        key = model._meta.pk
        assert key is not None
        assert key.column is not None
        found.append(
            Covered(
                table=table,
                key=key.column,
                kind=str(kind_of(model)),
                not_audited=tuple(sorted({*NOT_AUDITED.get(table, {}), *COMPUTED})),
                secret=tuple(sorted(SECRET.get(table, set()))),
            )
        )
    return sorted(found, key=lambda covered: covered.table)


def columns_of_tables(cursor: CursorWrapper) -> dict[str, list[str]]:
    """Return the columns of each table as the database has them, which may be ahead of the models."""
    cursor.execute(
        """
        SELECT relname, array_agg(attname::text ORDER BY attname)
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE attnum > 0 AND NOT attisdropped AND relkind = 'r'
            AND relnamespace = 'public'::regnamespace
        GROUP BY relname
        """
    )
    return dict(cursor.fetchall())


def installed(cursor: CursorWrapper) -> dict[str, tuple[list[str], bool]]:
    """Return per table the arguments of its audit triggers, and whether all are there and switched on.

    On the audit's own tables there is only the one against TRUNCATE.
    """
    cursor.execute(
        """
        SELECT relname, max(encode(tgargs, 'escape')) FILTER (WHERE tgname <> 'audit_no_truncate'),
            count(*) FILTER (WHERE tgenabled IN ('O', 'A')) = %s
            AND count(DISTINCT tgargs) FILTER (WHERE tgname <> 'audit_no_truncate') = 1
        FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE tgname = ANY(%s) AND relnamespace = 'public'::regnamespace
        GROUP BY relname
        """,
        [len(TRIGGERS), list(TRIGGERS)],
    )
    return {
        table: ((arguments or "").split("\\000")[:-1], whole)
        for table, arguments, whole in cursor.fetchall()
    }


def cover_after_migrate(sender: AppConfig, using: str, **options: Any) -> None:
    """Put the triggers on every table of the project that lacks them or has other columns now."""
    cover(connections[using])


def cover(connection: BaseDatabaseWrapper) -> None:
    """Cover the tables that are to be covered and are not, or not as they should be.

    Their present rows are taken over: an entry each. A row of a table that got other columns is
    taken over only if it is what its last entry says of the former columns.
    """
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT to_regproc('audit_last_of_rows') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return
        present = installed(cursor)
        tables = columns_of_tables(cursor)
        for covered in covered_tables():
            columns = tables.get(covered.table, [])
            former, whole = present.get(covered.table, ([], False))
            if columns and (former != covered.arguments(columns) or not whole):
                _cover_table(cursor, covered, columns, former)
        for model in (Act, Entry, AddedRows):
            if model._meta.db_table not in present:
                _refuse_truncate(cursor, model._meta.db_table)


def _refuse_truncate(cursor: CursorWrapper, table: str) -> None:
    cursor.execute(
        f'CREATE OR REPLACE TRIGGER audit_no_truncate BEFORE TRUNCATE ON "{table}"'
        " FOR EACH STATEMENT EXECUTE FUNCTION audit_no_truncate()"
    )


def _cover_table(
    cursor: CursorWrapper, covered: Covered, columns: list[str], former: list[str]
) -> None:
    """Put the triggers on one table, and take its rows over."""
    arguments = ", ".join(f"'{argument}'" for argument in covered.arguments(columns))
    # As it was until changed rows, too, were written a statement at a time.
    cursor.execute(f'DROP TRIGGER IF EXISTS audit_write ON "{covered.table}"')
    for trigger, (operation, rows) in _WRITERS.items():
        cursor.execute(
            f'CREATE OR REPLACE TRIGGER {trigger} AFTER {operation} ON "{covered.table}"'
            f" REFERENCING {rows} FOR EACH STATEMENT EXECUTE FUNCTION {trigger}({arguments})"
        )
    _refuse_truncate(cursor, covered.table)
    cursor.execute("SET LOCAL yongke.taking_over = 'on'")
    cursor.execute("SET LOCAL timezone = 'UTC'")
    cursor.execute(
        take_over_sql(covered, columns, former), {"not_audited": list(covered.not_audited)}
    )
    cursor.execute("SET LOCAL yongke.taking_over = 'off'")


def take_over_sql(covered: Covered, columns: list[str], former: list[str]) -> str:
    """Return the statement that writes an entry for each row that the audit does not hold yet.

    ``former`` are the arguments of the trigger before: a row that is not what its last entry says
    of the columns it had then is left as it is, for the verification to find.
    """
    had = set(former[4].split(",")) - set(former[2].split(",")) if former else set()
    has = set(columns) - set(covered.not_audited)
    # Of a dropped column nothing can be checked any more.
    checkable = had <= has
    added = ", ".join(f"'{column}'" for column in sorted(has - had))
    was_as_recorded = (
        f"last.digest = audit_digest(r.content - ARRAY[{added}]::text[])" if checkable else "true"
    )
    return f"""
        INSERT INTO audit_entry (id, act_id, at, kind, table_name, row_id, operation, digest, hash)
        SELECT (e.entry).id, (e.entry).act_id, (e.entry).at, (e.entry).kind,
            (e.entry).table_name, (e.entry).row_id, (e.entry).operation, (e.entry).digest,
            audit_entry_hash(e.entry)
        FROM (
            SELECT jsonb_populate_record(NULL::audit_entry, jsonb_build_object(
                'id', nextval('audit_entry_id_seq'),
                'act_id', audit_current_act(),
                'at', now(),
                'kind', '',
                'table_name', '{covered.table}',
                'row_id', r.row_id,
                'operation', 'T',
                'digest', audit_digest(r.content)
            )) AS entry
            FROM (
                SELECT t."{covered.key}"::text AS row_id,
                    to_jsonb(t) - %(not_audited)s::text[] AS content
                FROM "{covered.table}" t
            ) r
            LEFT JOIN audit_last_of_rows('{covered.table}') last ON last.row_id = r.row_id
            WHERE last.digest IS NULL OR ({was_as_recorded}
                AND last.digest <> audit_digest(r.content))
        ) e
    """  # noqa: S608 - names come from the models
