"""Database triggers of the vocabulary: what reported cases rest on does not change under them."""

import pgtrigger


def form_version_locks_in_use() -> pgtrigger.Trigger:
    """Return the trigger that keeps the head of a form once a case was opened under it.

    It reads ``cases_case``, of which this app knows nothing else: the rule belongs to the form.
    """
    return pgtrigger.Trigger(
        name="form_version_locks_in_use",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("head", "registry_formversion%ROWTYPE"), ("in_use", "boolean")],
        func="""
            IF TG_OP = 'INSERT' THEN head := NEW; ELSE head := OLD; END IF;
            -- Cases that have this head, or would have it instead of the one before.
            SELECT EXISTS (
                SELECT 1 FROM cases_case c
                WHERE c.kind = head.kind AND c.year >= head.from_year
                    AND NOT EXISTS (
                        SELECT 1 FROM registry_formversion later
                        WHERE later.kind = head.kind AND later.from_year > head.from_year
                            AND later.from_year <= c.year)
                    AND (TG_OP <> 'INSERT' OR EXISTS (
                        SELECT 1 FROM registry_formversion former
                        WHERE former.kind = head.kind AND former.from_year < head.from_year))
            ) INTO in_use;
            IF in_use THEN
                RAISE EXCEPTION 'the head of form % is in use and cannot change', head.number
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;
        """,
    )
