"""Fifty rows and more that one statement adds are one entry: their keys and the digest of each.

So are rows of cases, whose histories say what was added and are covered too, and rows of which
there is nothing to read. All others have an entry each as ever, and so has every row that is
changed or removed. What was written before stays. Defined in docs/canonical.md.
"""

from importlib import import_module

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

LAST = """
-- Hashes do not get shorter: do not try.
ALTER TABLE audit_addedrows ALTER COLUMN row_ids SET STORAGE EXTERNAL,
    ALTER COLUMN digests SET STORAGE EXTERNAL;

-- The digest of an entry of many rows: of their keys, and of the digest of each in the same order.
CREATE FUNCTION audit_digest_of_rows(row_ids text[], digests bytea[]) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN audit_digest(jsonb_build_array(row_ids, digests));

-- What the last entry of each row of a table says the row is: no digest where it was removed.
CREATE FUNCTION audit_last_of_rows(wanted text)
RETURNS TABLE (row_id text, act_id bigint, digest bytea) LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (said.row_id) said.row_id, said.act_id, said.digest
    FROM (
        SELECT e.row_id, e.act_id, e.digest, e.id
        FROM audit_entry e WHERE e.table_name = wanted AND e.operation <> 'A'
        UNION ALL
        SELECT one.row_id, e.act_id, one.digest, e.id
        FROM audit_entry e JOIN audit_addedrows many ON many.entry_id = e.id
        CROSS JOIN LATERAL unnest(many.row_ids, many.digests) AS one(row_id, digest)
        WHERE e.table_name = wanted
    ) said
    ORDER BY said.row_id, said.id DESC
$$;
"""

ADDED_TOGETHER = """
-- Returns the statement that writes the entries of many added rows: one for each two thousand of
-- one revision and person. It takes the act and the person at work. The columns stand in it by
-- name: what the database computes would cost more to write down than all that is audited.
CREATE FUNCTION audit_added_together(audited oid, kind text, key text, omitted text[]) RETURNS text
LANGUAGE sql STABLE RETURN format(
    $statement$
    WITH piece AS MATERIALIZED (
        SELECT nextval('audit_entry_id_seq') AS id, person_id, revision_id,
            array_agg(row_id) AS row_ids, array_agg(digest) AS digests
        FROM (
            SELECT content.%1$I::text AS row_id, audit_digest(to_jsonb(content)) AS digest,
                %2$s AS person_id, %3$s AS revision_id, row_number() OVER () / 2000 AS part
            FROM (SELECT %4$s FROM added) content
        ) row_of
        GROUP BY part, person_id, revision_id
    ), kept AS (
        INSERT INTO audit_addedrows (entry_id, row_ids, digests)
        SELECT id, row_ids, digests FROM piece
    )
    INSERT INTO audit_entry
        (id, act_id, at, person_id, kind, table_name, row_id, operation, case_id, digest, hash)
    SELECT (e).id, (e).act_id, (e).at, (e).person_id, (e).kind, (e).table_name, (e).row_id,
        (e).operation, (e).case_id, (e).digest, audit_entry_hash(e)
    FROM (
        SELECT ROW(
            id, now(), %5$L, %6$L, '', 'A', NULL, NULL, NULL,
            audit_digest_of_rows(row_ids, digests), NULL, $1,
            (SELECT case_id FROM cases_revision WHERE cases_revision.id = piece.revision_id),
            person_id
        )::audit_entry AS e
        FROM piece
        OFFSET 0
    ) made
    $statement$,
    key,
    -- Who: the person at work, else the row's last one.
    CASE kind WHEN '' THEN '$2 * NULL' ELSE 'coalesce($2, content.updated_by_id)' END,
    CASE kind WHEN '' THEN 'NULL::bigint' ELSE 'content.revision_id' END,
    (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
     WHERE attrelid = audited AND attnum > 0 AND NOT attisdropped AND attname <> ALL(omitted)),
    kind,
    (SELECT relname FROM pg_class WHERE oid = audited)
);
"""

WRITE_ADDED = """
-- Writes one entry per added row, or one for many. Arguments of the trigger: those of audit_write.
CREATE OR REPLACE FUNCTION audit_write_added() RETURNS trigger LANGUAGE plpgsql SET timezone TO 'UTC' AS $$
DECLARE
    omitted text[] := string_to_array(TG_ARGV[2], ',');
    secret text[] := string_to_array(TG_ARGV[3], ',');
    at_work text := nullif(current_setting('pghistory.context_metadata', true), '')::jsonb->>'user';
    act bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM added) THEN RETURN NULL; END IF;
    act := audit_current_act();
    -- What of single rows is to be read is kept: only rows of cases have a history of their own.
    IF TG_ARGV[0] IN ('', 'row') AND EXISTS (SELECT FROM added OFFSET 49) THEN
        EXECUTE audit_added_together(TG_RELID, TG_ARGV[0], TG_ARGV[1], omitted)
            USING act, at_work::bigint;
        RETURN NULL;
    END IF;
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

# Backwards: as it was first written.
FORMER_WRITE_ADDED = import_module("apps.audit.migrations.0003_rows_added_at_once").WRITE_ADDED.replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1
)

REMOVE = """
DROP FUNCTION audit_added_together(oid, text, text, text[]);
DROP FUNCTION audit_last_of_rows(text);
DROP FUNCTION audit_digest_of_rows(text[], bytea[]);
"""


class Migration(migrations.Migration):

    dependencies = [("audit", "0004_rows_written_at_once")]

    operations = [
        migrations.CreateModel(
            name='AddedRows',
            fields=[
                ('entry', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='added_rows', serialize=False, to='audit.entry')),
                ('row_ids', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('digests', django.contrib.postgres.fields.ArrayField(base_field=models.BinaryField(), size=None)),
            ],
            options={
                'verbose_name': 'rows added together',
                'verbose_name_plural': 'rows added together',
            },
        ),
        migrations.AlterField(
            model_name='entry',
            name='operation',
            field=models.CharField(choices=[('I', 'added'), ('U', 'changed'), ('D', 'removed'), ('A', 'added together'), ('T', 'taken over as it was')], max_length=1, verbose_name='done'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='addedrows',
            trigger=pgtrigger.compiler.Trigger(name='written_by_triggers', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (pg_trigger_depth() = 0)', func="\n            IF current_setting('yongke.taking_over', true) = 'on' AND false THEN\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION 'the audit is written by triggers only'\n                USING ERRCODE = 'integrity_constraint_violation';\n        ", hash='9f4d76d46622db3545216ab8e5644f39a2ce856a', operation='INSERT', pgid='pgtrigger_written_by_triggers_6926b', table='audit_addedrows', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='addedrows',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='25124fbe4459752f41398ccdc3d9824b7c2d3a61', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_44c73', table='audit_addedrows', when='BEFORE')),
        ),
        migrations.RunSQL(LAST + ADDED_TOGETHER + WRITE_ADDED, FORMER_WRITE_ADDED + REMOVE),
    ]
