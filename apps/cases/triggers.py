"""Database triggers: what is reported cannot be written, what is published cannot change.

They hold for everyone, raw SQL included. The workflow never needs a way round them.
"""

from typing import Any

import pgtrigger
from django.db import connections

NEVER_IGNORE = """
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN false
"""


def ignore_none(using: str, **_signal: Any) -> None:
    """Let no setting of a session switch a trigger off. Runs after every migration.

    Each trigger asks the library's function whether it is to be ignored. As the library writes it,
    any session could say so of any guard; and it begins a subtransaction at each call, at whose
    end PostgreSQL goes through all checks that wait for the commit: of 20,000 rows stored at once
    that was half the time, growing with the square of the rows.
    """
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regproc('public._pgtrigger_should_ignore') IS NOT NULL")
        if cursor.fetchone()[0]:
            cursor.execute(NEVER_IGNORE)


_REFUSE_CLOSED = """
    SELECT id, state INTO closed FROM cases_revision
        WHERE id = ANY(ARRAY(SELECT DISTINCT revision_id FROM {rows}))
        AND state NOT IN ('draft', 'returned')
        ORDER BY id LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'revision % is %, its rows cannot be written', closed.id, closed.state
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
"""
_HOLD = """
    PERFORM 1 FROM cases_revision
        WHERE id = ANY(ARRAY(SELECT DISTINCT revision_id FROM {rows}))
        ORDER BY id FOR KEY SHARE;
"""
_REFUSE_MOVED = """
    IF EXISTS (SELECT FROM gone FULL JOIN written ON written.id = gone.id
            WHERE written.revision_id IS DISTINCT FROM gone.revision_id) THEN
        RAISE EXCEPTION 'a row cannot move to another revision'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
"""


def writable_revision() -> list[pgtrigger.Trigger]:
    """Return the triggers that let rows be written only while their revision is open for writing.

    They look at all rows of a statement at once, when it has written them; what they refuse is
    taken back whole. The revisions are read under a key-share lock, after it was waited for: a
    transition (which takes the row's full lock) and a save never pass each other.

    No trigger before the rows: PostgreSQL would compute every column of the search anew at each
    UPDATE, whatever it changes.
    """
    return [
        _guard("insert", pgtrigger.Insert, pgtrigger.Referencing(new="written"), "written"),
        _guard(
            "update",
            pgtrigger.Update,
            pgtrigger.Referencing(old="gone", new="written"),
            "written",
            _REFUSE_MOVED,
        ),
        _guard("delete", pgtrigger.Delete, pgtrigger.Referencing(old="gone"), "gone"),
    ]


def _guard(
    name: str,
    operation: pgtrigger.Operation,
    shown: pgtrigger.Referencing,
    rows: str,
    first: str = "",
) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=f"writable_revision_{name}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=shown,
        declare=[("closed", "record")],
        func=f"{first}{_HOLD.format(rows=rows)}{_REFUSE_CLOSED.format(rows=rows)}RETURN NULL;",
    )


_PLACE = "(9999 - listed.year)::bigint * 1000000000000 + listed.id"


def list_place() -> list[pgtrigger.Trigger]:
    """Return the triggers that note beside a new row where its list stands among all lists.

    Newest report year first, then list after list as they were opened. Both belong to the case
    and never change, so the place of a row never does. Who writes very many rows may give their
    place (``Case.list_place``): a wrong one is refused.
    """
    return [
        pgtrigger.Trigger(
            name="list_place",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            condition=pgtrigger.Condition("NEW.list_place = 0"),
            func=f"""
                SELECT {_PLACE} INTO NEW.list_place
                    FROM cases_revision JOIN cases_case AS listed ON listed.id = case_id
                    WHERE cases_revision.id = NEW.revision_id;
                RETURN NEW;
            """,  # noqa: S608 - no value of anybody's
        ),
        pgtrigger.Trigger(
            name="list_place_is_right",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            referencing=pgtrigger.Referencing(new="written"),
            func=f"""
                IF EXISTS (
                    SELECT FROM (SELECT DISTINCT revision_id, list_place FROM written) AS given
                    JOIN cases_revision ON cases_revision.id = given.revision_id
                    JOIN cases_case AS listed ON listed.id = case_id
                    WHERE given.list_place <> {_PLACE}
                ) THEN
                    RAISE EXCEPTION 'the place of a list cannot be another than its own'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NULL;
            """,  # noqa: S608 - no value of anybody's
        ),
    ]


def frozen_revision() -> pgtrigger.Trigger:
    """Return the trigger that keeps an ended revision as it is.

    A published one may become superseded or withdrawn (and count a version); nothing else about
    it may change, and no revision that was ever reported may be deleted.
    """
    return pgtrigger.Trigger(
        name="frozen_revision",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        declare=[("before", "jsonb"), ("after", "jsonb")],
        func="""
            IF TG_OP = 'DELETE' THEN
                IF OLD.state <> 'draft' OR OLD.submitted_at IS NOT NULL THEN
                    RAISE EXCEPTION 'revision % was reported and cannot be deleted', OLD.id
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN OLD;
            END IF;
            IF OLD.case_id <> NEW.case_id OR OLD.number <> NEW.number THEN
                RAISE EXCEPTION 'the identity of revision % cannot change', OLD.id
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            IF OLD.state NOT IN ('published', 'superseded', 'withdrawn') THEN RETURN NEW; END IF;
            before := to_jsonb(OLD) - ARRAY['state', 'version', 'superseded_at', 'withdrawn_at'];
            after := to_jsonb(NEW) - ARRAY['state', 'version', 'superseded_at', 'withdrawn_at'];
            IF before <> after
                OR (OLD.state = 'published'
                    AND NEW.state NOT IN ('published', 'superseded', 'withdrawn'))
                OR (OLD.state <> 'published' AND (
                    NEW.state <> OLD.state
                    OR NEW.superseded_at IS DISTINCT FROM OLD.superseded_at
                    OR NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at))
                OR (NEW.state = 'published' AND (
                    NEW.superseded_at IS NOT NULL OR NEW.withdrawn_at IS NOT NULL))
            THEN
                RAISE EXCEPTION 'revision % is % and cannot change', OLD.id, OLD.state
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        """,
    )


def evidence_of_open_revision() -> pgtrigger.Trigger:
    """Return the trigger that keeps attached files as they are.

    A file is attached and removed while its revision is open for writing; one that belongs to a
    finding's thread also while the city reviews or a notice runs. Nothing else about it changes.
    """
    return pgtrigger.Trigger(
        name="evidence_of_open_revision",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("revision_state", "text"), ("of_finding", "bigint")],
        func="""
            IF TG_OP = 'DELETE' THEN
                RAISE EXCEPTION 'evidence is marked as removed, never deleted'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            IF TG_OP = 'UPDATE' AND (OLD.removed_at IS NOT NULL OR
                to_jsonb(OLD) - ARRAY['removed_at', 'removed_by_id']
                <> to_jsonb(NEW) - ARRAY['removed_at', 'removed_by_id'])
            THEN
                RAISE EXCEPTION 'evidence % cannot change', OLD.id
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            SELECT state INTO revision_state FROM cases_revision
                WHERE id = NEW.revision_id FOR KEY SHARE;
            IF NEW.finding_id IS NOT NULL THEN
                SELECT revision_id INTO of_finding FROM cases_finding WHERE id = NEW.finding_id;
                IF of_finding <> NEW.revision_id THEN
                    RAISE EXCEPTION 'finding % is of another revision', NEW.finding_id
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
            END IF;
            IF revision_state NOT IN ('draft', 'returned') AND NOT
                (NEW.finding_id IS NOT NULL AND revision_state IN ('reviewing', 'on_notice'))
            THEN
                RAISE EXCEPTION 'revision % is %, its evidence cannot be written',
                    NEW.revision_id, revision_state
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        """,
    )
