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


def writable_revision() -> pgtrigger.Trigger:
    """Return the trigger that lets rows be written only while their revision is open for writing.

    The revision is read under a key-share lock: a transition (which takes the row's full lock)
    and a save never pass each other.
    """
    return pgtrigger.Trigger(
        name="writable_revision",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("revision_state", "text"), ("target", "bigint")],
        func="""
            IF TG_OP = 'UPDATE' AND NEW.revision_id <> OLD.revision_id THEN
                RAISE EXCEPTION 'a row cannot move to another revision'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            IF TG_OP = 'DELETE' THEN target := OLD.revision_id; ELSE target := NEW.revision_id; END IF;
            SELECT state INTO revision_state FROM cases_revision WHERE id = target FOR KEY SHARE;
            IF revision_state NOT IN ('draft', 'returned') THEN
                RAISE EXCEPTION 'revision % is %, its rows cannot be written', target, revision_state
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;
        """,
    )


def list_place() -> pgtrigger.Trigger:
    """Return the trigger that notes beside a new row where its list stands among all lists.

    Newest report year first, then list after list as they were opened. Both belong to the case
    and never change, so the place of a row never does.
    """
    return pgtrigger.Trigger(
        name="list_place",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="""
            SELECT (9999 - listed.year)::bigint * 1000000000000 + listed.id INTO NEW.list_place
                FROM cases_revision JOIN cases_case AS listed ON listed.id = case_id
                WHERE cases_revision.id = NEW.revision_id;
            RETURN NEW;
        """,
    )


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
