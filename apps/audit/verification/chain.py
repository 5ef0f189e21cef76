"""The chain itself: each act in its place, each entry in its act, nothing switched off."""

from collections.abc import Iterator

from django.db import connection
from django.utils.translation import gettext as _

from apps.audit.coverage import TRIGGERS, columns_of_tables, covered_tables, installed
from apps.audit.verification.fault import Fault, rows_of

_ACTS = """
    SELECT a.id, a.sequence,
        a.sequence IS DISTINCT FROM a.expected_sequence,
        a.previous IS DISTINCT FROM a.expected_previous,
        audit_act_hash(audit_act) IS DISTINCT FROM a.hash,
        a.entries IS DISTINCT FROM coalesce(e.entries, 0)
            OR a.digest IS DISTINCT FROM encode(coalesce(e.digest, sha256(''::bytea)), 'hex')
    FROM (
        SELECT id, sequence, previous, hash, entries, digest,
            coalesce(lag(sequence) OVER (ORDER BY sequence), 0) + 1 AS expected_sequence,
            lag(hash) OVER (ORDER BY sequence) AS expected_previous
        FROM audit_act
    ) a
    JOIN audit_act USING (id)
    LEFT JOIN (
        SELECT act_id, count(*) AS entries,
            sha256(string_agg(hash, ''::bytea ORDER BY id)) AS digest
        FROM audit_entry GROUP BY act_id
    ) e ON e.act_id = a.id
    WHERE a.sequence IS DISTINCT FROM a.expected_sequence
        OR a.previous IS DISTINCT FROM a.expected_previous
        OR audit_act_hash(audit_act) IS DISTINCT FROM a.hash
        OR a.entries IS DISTINCT FROM coalesce(e.entries, 0)
        OR a.digest IS DISTINCT FROM encode(coalesce(e.digest, sha256(''::bytea)), 'hex')
    ORDER BY a.sequence
"""


def verify_acts() -> Iterator[Fault]:
    """Follow the chain from its first act: numbers without a gap, hashes, entries of each act."""
    for act, sequence, misplaced, unchained, altered, entries in rows_of(_ACTS):
        row = str(act)
        if sequence is None:
            yield Fault("audit_act", row, _("The act is not in the chain."))
            continue
        if misplaced:
            yield Fault("audit_act", row, _("An act before it is missing from the chain."))
        if unchained:
            yield Fault("audit_act", row, _("The chain is broken before this act."))
        if altered:
            yield Fault("audit_act", row, _("The act was altered."))
        if entries:
            yield Fault(
                "audit_act", row, _("Entries of this act were altered, inserted or deleted.")
            )


_ENTRIES = """
    SELECT e.id, a.id IS NULL
    FROM audit_entry e
    LEFT JOIN audit_act a ON a.id = e.act_id
    LEFT JOIN audit_addedrows many ON many.entry_id = e.id
    WHERE a.id IS NULL OR e.at <> a.at OR audit_entry_hash(e) <> e.hash
        OR (e.operation = 'A') <> (many.entry_id IS NOT NULL)
        OR audit_digest_of_rows(many.row_ids, many.digests) IS DISTINCT FROM
            CASE WHEN many.entry_id IS NOT NULL THEN e.digest END
    ORDER BY e.id
"""
_ROWS_WITHOUT_ENTRY = """
    SELECT entry_id FROM audit_addedrows many
    WHERE NOT EXISTS (SELECT FROM audit_entry WHERE id = many.entry_id) ORDER BY entry_id
"""


def verify_entries() -> Iterator[Fault]:
    """Recompute the hash of every entry, of many rows the digest too, and see that its act is there
    and is of the same time.
    """
    for entry, lost in rows_of(_ENTRIES):
        what = _("The act of this entry is gone.") if lost else _("The entry was altered.")
        yield Fault("audit_entry", str(entry), what)
    for (entry,) in rows_of(_ROWS_WITHOUT_ENTRY):
        yield Fault("audit_addedrows", str(entry), _("The entry of these rows is gone."))


def verify_coverage() -> Iterator[Fault]:
    """See that no table lacks its triggers and that none of the project's is switched off."""
    with connection.cursor() as cursor:
        present = installed(cursor)
        columns = columns_of_tables(cursor)
        for covered in covered_tables():
            arguments, whole = present.get(covered.table, ([], False))
            if arguments != covered.arguments(columns.get(covered.table, [])) or not whole:
                yield Fault(
                    covered.table, "", _("The table is not covered by the audit as it should be.")
                )
        cursor.execute(
            "SELECT relname, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE NOT tgisinternal AND tgenabled NOT IN ('O', 'A')"
            " AND tgname <> ALL(%s) AND relnamespace = 'public'::regnamespace ORDER BY 1, 2",
            [list(TRIGGERS)],
        )
        for table, trigger in cursor.fetchall():
            yield Fault(table, "", _("The trigger %(name)s is switched off.") % {"name": trigger})
