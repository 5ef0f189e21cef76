"""Database triggers of the vocabulary: what reported cases rest on does not change under them."""

import pgtrigger

# The columns of a definition: an indicator holds those of its newest version.
DEFINED = (
    "name",
    "name_en",
    "units",
    "value_type",
    "precision",
    "measure",
    "aggregation",
    "scope",
    "source",
    "definition",
)


def _columns(of: str = "") -> str:
    """Return the columns of a definition as SQL, each of the row ``of``."""
    return ", ".join(f'{of}."{name}"' if of else f'"{name}"' for name in DEFINED)


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
            -- A further edition corrects the head of the same year; the former one stays as it was.
            IF TG_OP = 'INSERT' AND NEW.edition > 1 THEN
                in_use := NEW.edition <> (
                    SELECT max(edition) + 1 FROM registry_formversion
                    WHERE kind = NEW.kind AND from_year = NEW.from_year);
            END IF;
            IF in_use IS DISTINCT FROM false THEN
                RAISE EXCEPTION 'the head of form % is in use and cannot change', head.number
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;
        """,
    )


def indicator_begins_with_a_version() -> pgtrigger.Trigger:
    """Return the trigger that gives a new indicator its first version, from the beginning."""
    return pgtrigger.Trigger(
        name="begins_with_a_version",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        func=f"""
            INSERT INTO registry_indicatorversion
                (indicator_id, from_year, is_break, reason, created_at, {_columns()})
                VALUES (NEW.id, 0, false, '', now(), {_columns("NEW")});
            RETURN NULL;
        """,  # noqa: S608 - the columns are ours
    )


def definition_is_the_newest_version() -> pgtrigger.Trigger:
    """Return the trigger that carries a changed definition into the newest version.

    The version refuses where it is in use. What is kept from the versions is not written by hand.
    """
    return pgtrigger.Trigger(
        name="is_the_newest_version",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition("pg_trigger_depth() = 0"),
        func=f"""
            IF (OLD.former, OLD.breaks) IS DISTINCT FROM (NEW.former, NEW.breaks) THEN
                RAISE EXCEPTION 'the history of indicator % follows from its versions', NEW.code
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            IF ({_columns("OLD")}) IS DISTINCT FROM ({_columns("NEW")}) THEN
                UPDATE registry_indicatorversion SET ({_columns()}) = ROW({_columns("NEW")})
                WHERE id = (
                    SELECT id FROM registry_indicatorversion WHERE indicator_id = NEW.id
                    ORDER BY from_year DESC LIMIT 1);
            END IF;
            RETURN NULL;
        """,  # noqa: S608 - the columns are ours
    )


def newest_version_defines() -> pgtrigger.Trigger:
    """Return the trigger that keeps an indicator as its versions define it."""
    pairs = ", ".join(f"'{name}', v.\"{name}\"" for name in DEFINED)
    return pgtrigger.Trigger(
        name="newest_version_defines",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[
            ("target", "bigint"),
            ("newest", "registry_indicatorversion%ROWTYPE"),
            ("earlier", "jsonb"),
            ("broken", "smallint[]"),
        ],
        func=f"""
            IF TG_OP = 'DELETE' THEN target := OLD.indicator_id;
            ELSE target := NEW.indicator_id; END IF;
            SELECT * INTO newest FROM registry_indicatorversion
                WHERE indicator_id = target ORDER BY from_year DESC LIMIT 1;
            IF NOT FOUND THEN RETURN NULL; END IF;
            SELECT coalesce(jsonb_agg(jsonb_build_object('until', v.until, {pairs})
                    ORDER BY v.from_year DESC) FILTER (WHERE v.until IS NOT NULL), '[]'),
                coalesce(array_agg(v.from_year ORDER BY v.from_year) FILTER (WHERE v.is_break), '{{}}')
                INTO earlier, broken
                FROM (SELECT *, lead(from_year) OVER (ORDER BY from_year) AS until
                    FROM registry_indicatorversion WHERE indicator_id = target) v;
            UPDATE registry_indicator i
                SET ({_columns()}, former, breaks) = ROW({_columns("newest")}, earlier, broken)
                WHERE i.id = target AND ({_columns("i")}, i.former, i.breaks)
                    IS DISTINCT FROM ({_columns("newest")}, earlier, broken);
            RETURN NULL;
        """,  # noqa: S608 - the columns are ours
    )


def indicator_version_locks_in_use() -> pgtrigger.Trigger:
    """Return the trigger that keeps a version once a reported return was made with it.

    A new one may not take the place of one in years that were reported. A version whose unit,
    scope or kind of quantity is not its predecessor's is a break, whatever it says of itself.
    """
    return pgtrigger.Trigger(
        name="indicator_version_locks",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[
            ("version", "registry_indicatorversion%ROWTYPE"),
            ("in_use", "boolean"),
        ],
        func="""
            IF TG_OP = 'INSERT' THEN version := NEW; ELSE version := OLD; END IF;
            IF TG_OP = 'UPDATE' AND (OLD.indicator_id, OLD.from_year)
                <> (NEW.indicator_id, NEW.from_year)
            THEN
                RAISE EXCEPTION 'a version stays with its indicator and year'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            IF TG_OP <> 'INSERT' OR version.from_year > 0 THEN
                SELECT EXISTS (
                    SELECT 1 FROM districts_indicatorvalue f
                    JOIN cases_revision r ON r.id = f.revision_id
                    JOIN cases_case c ON c.id = r.case_id
                    WHERE f.indicator_id = version.indicator_id AND r.submitted_at IS NOT NULL
                        AND c.year >= version.from_year
                        AND NOT EXISTS (
                            SELECT 1 FROM registry_indicatorversion later
                            WHERE later.indicator_id = version.indicator_id
                                AND later.from_year > version.from_year
                                AND later.from_year <= c.year)
                ) INTO in_use;
                IF in_use THEN
                    RAISE EXCEPTION 'indicator % was reported with this definition', version.name
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            IF NEW.from_year > 0 AND NOT NEW.is_break THEN
                SELECT (former.units[1], former.scope, former.measure)
                    IS DISTINCT FROM (NEW.units[1], NEW.scope, NEW.measure)
                    INTO NEW.is_break FROM registry_indicatorversion former
                    WHERE former.indicator_id = NEW.indicator_id
                        AND former.from_year < NEW.from_year
                    ORDER BY former.from_year DESC LIMIT 1;
                NEW.is_break := coalesce(NEW.is_break, false);
            END IF;
            RETURN NEW;
        """,
    )
