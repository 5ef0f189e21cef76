"""Triggers of the audit's own tables: nothing is written past the audit, nothing is changed in it."""

import pgtrigger


def written_by_triggers(taken_over: str = "true") -> pgtrigger.Trigger:
    """Return the trigger that refuses a row that no trigger writes.

    What a table held before it was covered is taken over by ``coverage.cover``; ``taken_over`` is
    the condition that marks such a row.
    """
    return pgtrigger.Trigger(
        name="written_by_triggers",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Condition("pg_trigger_depth() = 0"),
        func=f"""
            IF current_setting('yongke.taking_over', true) = 'on' AND {taken_over} THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'the audit is written by triggers only'
                USING ERRCODE = 'integrity_constraint_violation';
        """,
    )


def only_sealed_once() -> pgtrigger.Trigger:
    """Return the trigger that lets an act be sealed, once, and nothing else about it change."""
    return pgtrigger.Trigger(
        name="only_sealed_once",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func="""
            IF pg_trigger_depth() < 2 OR OLD.sequence IS NOT NULL
                OR (OLD.id, OLD.at, OLD.person_id, OLD.context)
                IS DISTINCT FROM (NEW.id, NEW.at, NEW.person_id, NEW.context)
            THEN
                RAISE EXCEPTION 'act % is sealed and cannot change', OLD.id
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        """,
    )


def append_only() -> pgtrigger.Trigger:
    """Return the trigger that refuses UPDATE and DELETE."""
    return pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
