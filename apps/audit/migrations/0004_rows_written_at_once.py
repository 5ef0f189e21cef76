"""The entries of changed and removed rows are written a statement at a time too.

What they are is unchanged (docs/canonical.md). A row's old and new state are brought together by
its key, which no statement may change. ``coverage.cover``, which runs after every migration, puts
the triggers on and takes the former ones off.
"""

from django.db import migrations

WRITE = """
-- The case that a row belongs to, by its content; null where it belongs to none.
CREATE FUNCTION audit_case_of(table_name name, content jsonb) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
    WHEN table_name = 'cases_case' THEN (content->>'id')::bigint
    WHEN content ? 'case_id' THEN (content->>'case_id')::bigint
    WHEN content ? 'revision_id' THEN
        (SELECT case_id FROM cases_revision WHERE id = (content->>'revision_id')::bigint)
    WHEN content ? 'finding_id' THEN
        (SELECT r.case_id FROM cases_finding f JOIN cases_revision r ON r.id = f.revision_id
         WHERE f.id = (content->>'finding_id')::bigint)
    WHEN content ? 'event_id' THEN
        (SELECT r.case_id FROM cases_event e JOIN cases_revision r ON r.id = e.revision_id
         WHERE e.id = (content->>'event_id')::bigint)
END;

CREATE FUNCTION audit_refuse_key(table_name name) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the key of a row of % cannot change', table_name
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

-- Writes one entry per changed row. Arguments of the trigger: the kind of entry ('' where there is
-- nothing to read in it), the primary key's column, the columns that are not audited, the columns
-- whose values are hashed but not kept.
-- No nested loop: a session keeps the plan that was made for one row, and would go through the rows
-- of a long list once for each of them.
CREATE FUNCTION audit_write_changed() RETURNS trigger LANGUAGE plpgsql
SET timezone TO 'UTC' SET enable_nestloop TO off AS $$
DECLARE
    omitted text[] := string_to_array(TG_ARGV[2], ',');
    secret text[] := string_to_array(TG_ARGV[3], ',');
    at_work text := nullif(current_setting('pghistory.context_metadata', true), '')::jsonb->>'user';
    is_read boolean := TG_ARGV[0] <> '';
BEGIN
    IF NOT EXISTS (SELECT FROM changed) THEN RETURN NULL; END IF;
    INSERT INTO audit_entry
        (id, act_id, at, person_id, kind, table_name, row_id, operation, case_id, row_uid, old,
         new, digest, hash)
    SELECT (e).id, (e).act_id, (e).at, (e).person_id, (e).kind, (e).table_name, (e).row_id,
        (e).operation, (e).case_id, (e).row_uid, (e).old, (e).new, (e).digest, audit_entry_hash(e)
    FROM (
        SELECT ROW(
            nextval('audit_entry_id_seq'), now(), TG_ARGV[0], TG_TABLE_NAME, key, 'U',
            CASE WHEN is_read THEN coalesce(after->>'uid', after->>'record_uid')::uuid END,
            CASE WHEN is_read THEN difference.old END,
            CASE WHEN is_read THEN difference.new END,
            audit_digest(after), NULL, (SELECT audit_current_act()),
            CASE WHEN is_read THEN audit_case_of(TG_TABLE_NAME, after) END,
            -- Who: the person at work, else the row's last one.
            CASE WHEN is_read THEN coalesce(at_work, after->>'updated_by_id')::bigint END
        )::audit_entry AS e
        FROM (
            SELECT was.content AS before, now_is.content AS after,
                CASE WHEN was.key = now_is.key THEN was.key
                     ELSE audit_refuse_key(TG_TABLE_NAME) END AS key
            FROM (SELECT content->>TG_ARGV[1] AS key, content
                  FROM (SELECT to_jsonb(b) - omitted AS content FROM before b OFFSET 0) w) was
            FULL JOIN (SELECT content->>TG_ARGV[1] AS key, content
                  FROM (SELECT to_jsonb(c) - omitted AS content FROM changed c OFFSET 0) n) now_is
                ON now_is.key = was.key
            -- As text: to jsonb 58.8 and 58.80 are one number.
            WHERE was.content::text IS DISTINCT FROM now_is.content::text
            OFFSET 0
        ) pair
        CROSS JOIN LATERAL (
            SELECT jsonb_object_agg(name, before->name) AS old, jsonb_object_agg(name, value) AS new
            FROM jsonb_each(after - secret) AS columns(name, value)
            WHERE is_read AND value::text IS DISTINCT FROM (before->name)::text
        ) difference
        OFFSET 0
    ) made;
    RETURN NULL;
END $$;

-- Writes one entry per removed row. Arguments of the trigger: as above.
CREATE FUNCTION audit_write_removed() RETURNS trigger LANGUAGE plpgsql SET timezone TO 'UTC' AS $$
DECLARE
    omitted text[] := string_to_array(TG_ARGV[2], ',');
    secret text[] := string_to_array(TG_ARGV[3], ',');
    at_work text := nullif(current_setting('pghistory.context_metadata', true), '')::jsonb->>'user';
    is_read boolean := TG_ARGV[0] <> '';
    act bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM removed) THEN RETURN NULL; END IF;
    act := audit_current_act();
    INSERT INTO audit_entry
        (id, act_id, at, person_id, kind, table_name, row_id, operation, case_id, row_uid, old,
         hash)
    SELECT (e).id, (e).act_id, (e).at, (e).person_id, (e).kind, (e).table_name, (e).row_id,
        (e).operation, (e).case_id, (e).row_uid, (e).old, audit_entry_hash(e)
    FROM (
        SELECT ROW(
            nextval('audit_entry_id_seq'), now(), TG_ARGV[0], TG_TABLE_NAME, content->>TG_ARGV[1],
            'D',
            CASE WHEN is_read THEN coalesce(content->>'uid', content->>'record_uid')::uuid END,
            CASE WHEN is_read THEN content - secret END,
            NULL, NULL, NULL, act,
            CASE WHEN is_read THEN audit_case_of(TG_TABLE_NAME, content) END,
            CASE WHEN is_read THEN at_work::bigint END
        )::audit_entry AS e
        FROM (SELECT to_jsonb(r) - omitted AS content FROM removed r OFFSET 0) c
        OFFSET 0
    ) made;
    RETURN NULL;
END $$;
"""
REMOVE = """
DROP FUNCTION audit_write_removed() CASCADE;
DROP FUNCTION audit_write_changed() CASCADE;
DROP FUNCTION audit_refuse_key(name);
DROP FUNCTION audit_case_of(name, jsonb);
"""


class Migration(migrations.Migration):

    dependencies = [("audit", "0003_rows_added_at_once")]

    operations = [migrations.RunSQL(WRITE, REMOVE)]
