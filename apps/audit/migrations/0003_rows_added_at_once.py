"""The entries of added rows are written a statement at a time: the same entries, by one INSERT.

What they are is unchanged (docs/canonical.md). Changed and removed rows stay with ``audit_write``,
a row at a time: only there a row's old and new state belong together. ``coverage.cover``, which
runs after every migration, puts the triggers on.
"""

from django.db import migrations

WRITE_ADDED = """
-- Writes one entry per added row. Arguments of the trigger: those of audit_write.
CREATE FUNCTION audit_write_added() RETURNS trigger LANGUAGE plpgsql SET timezone TO 'UTC' AS $$
DECLARE
    omitted text[] := string_to_array(TG_ARGV[2], ',');
    secret text[] := string_to_array(TG_ARGV[3], ',');
    at_work text := nullif(current_setting('pghistory.context_metadata', true), '')::jsonb->>'user';
    act bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM added) THEN RETURN NULL; END IF;
    act := audit_current_act();
    IF TG_ARGV[0] = '' THEN
        INSERT INTO audit_entry
            (id, act_id, at, kind, table_name, row_id, operation, digest, hash)
        SELECT (e).id, (e).act_id, (e).at, (e).kind, (e).table_name, (e).row_id, (e).operation,
            (e).digest, audit_entry_hash(e)
        FROM (
            SELECT ROW(
                nextval('audit_entry_id_seq'), now(), '', TG_TABLE_NAME, content->>TG_ARGV[1], 'I',
                NULL, NULL, NULL, audit_digest(content), NULL, act, NULL, NULL
            )::audit_entry AS e
            FROM (SELECT to_jsonb(a) - omitted AS content FROM added a OFFSET 0) c
            OFFSET 0
        ) made;
        RETURN NULL;
    END IF;
    INSERT INTO audit_entry
        (id, act_id, at, person_id, kind, table_name, row_id, operation, case_id, row_uid, new,
         digest, hash)
    SELECT (e).id, (e).act_id, (e).at, (e).person_id, (e).kind, (e).table_name, (e).row_id,
        (e).operation, (e).case_id, (e).row_uid, (e).new, (e).digest, audit_entry_hash(e)
    FROM (
        SELECT ROW(
            nextval('audit_entry_id_seq'), now(), TG_ARGV[0], TG_TABLE_NAME, content->>TG_ARGV[1],
            'I', coalesce(content->>'uid', content->>'record_uid')::uuid, NULL, content - secret,
            audit_digest(content), NULL, act,
            CASE
                WHEN TG_TABLE_NAME = 'cases_case' THEN (content->>'id')::bigint
                WHEN content ? 'case_id' THEN (content->>'case_id')::bigint
                WHEN content ? 'revision_id' THEN (
                    SELECT case_id FROM cases_revision
                    WHERE id = (content->>'revision_id')::bigint)
                WHEN content ? 'finding_id' THEN (
                    SELECT r.case_id FROM cases_finding f
                    JOIN cases_revision r ON r.id = f.revision_id
                    WHERE f.id = (content->>'finding_id')::bigint)
                WHEN content ? 'event_id' THEN (
                    SELECT r.case_id FROM cases_event ev
                    JOIN cases_revision r ON r.id = ev.revision_id
                    WHERE ev.id = (content->>'event_id')::bigint)
            END,
            -- Who: whom the row names as its doer, else the person at work, else its last one.
            coalesce(
                content->>'actor_id', content->>'author_id', content->>'raised_by_id',
                content->>'published_by_id', content->>'created_by_id', content->>'asked_by_id',
                content->>'started_by_id', content->>'by_id', at_work, content->>'updated_by_id'
            )::bigint
        )::audit_entry AS e
        FROM (SELECT to_jsonb(a) - omitted AS content FROM added a OFFSET 0) c
        OFFSET 0
    ) made;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [("audit", "0002_functions")]

    operations = [
        migrations.RunSQL(WRITE_ADDED, "DROP FUNCTION audit_write_added() CASCADE"),
    ]
