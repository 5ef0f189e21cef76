"""Every covered row must be what its last entry in the audit says of it."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from apps.audit.coverage import Covered
from apps.audit.verification.fault import Fault, rows_of


def verify_rows(covered: Covered) -> Iterator[Fault]:
    """Compare each row of a table with its last entry: altered, inserted and deleted rows."""
    sql = f"""
        SELECT coalesce(r.row_id, last.row_id), last.act_id,
            CASE WHEN r.row_id IS NULL THEN 'gone'
                WHEN last.row_id IS NULL THEN 'unknown'
                WHEN last.digest IS NULL THEN 'back'
                ELSE 'altered' END
        FROM audit_last_of_rows(%(table)s) last
        FULL JOIN (
            SELECT t."{covered.key}"::text AS row_id,
                audit_digest(to_jsonb(t) - %(not_audited)s::text[]) AS digest
            FROM "{covered.table}" t
        ) r ON r.row_id = last.row_id
        WHERE last.digest IS DISTINCT FROM r.digest
    """  # noqa: S608 - names come from the models
    params = {"table": covered.table, "not_audited": list(covered.not_audited)}
    for row, act, what in rows_of(sql, params):
        yield Fault(covered.table, row, _sentence(what) % {"act": act})


def _sentence(what: str) -> str:
    return {
        "gone": _("The row was deleted; act %(act)s was the last to write it."),
        "unknown": _("The row was inserted past the audit."),
        "back": _("The row is there again, although act %(act)s removed it."),
        "altered": _("The row was altered after act %(act)s, the last to write it."),
    }[what]
