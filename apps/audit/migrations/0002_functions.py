"""The functions that write the audit. What they write is defined in docs/canonical.md."""

from django.db import migrations

DIGESTS = """
-- The SHA-256 of a value in PostgreSQL's own text form of jsonb: keys in one order, digits kept.
CREATE FUNCTION audit_digest(content jsonb) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN sha256(convert_to(content::text, 'UTF8'));

-- The hash of an entry: every column of it. Times in UTC: the caller sets the time zone.
CREATE FUNCTION audit_entry_hash(e audit_entry) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
RETURN audit_digest(jsonb_build_array(
    e.id, e.act_id, e.at, e.person_id, e.kind, e.table_name, e.row_id, e.operation, e.case_id,
    e.row_uid, e.old, e.new, encode(e.digest, 'hex')
));

-- The hash of an act: every column of it, the hash of the act before it among them.
CREATE FUNCTION audit_act_hash(a audit_act) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN encode(audit_digest(jsonb_build_array(
    a.id, a.sequence, a.at, a.person_id, a.context, a.entries, a.digest, a.previous
)), 'hex');

-- The digest of an entry of many rows: of their keys, and of the digest of each in the same order.
CREATE FUNCTION audit_digest_of_rows(row_ids text[], digests bytea[]) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN audit_digest(jsonb_build_array(row_ids, digests));
"""

CURRENT_ACT = """
-- Returns the act of this transaction; its first entry makes it. The number is kept in a setting
-- of the transaction, which a savepoint that is rolled back takes back with the act itself.
CREATE FUNCTION audit_current_act() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    act bigint := nullif(current_setting('yongke.audit_act', true), '')::bigint;
    metadata jsonb := nullif(current_setting('pghistory.context_metadata', true), '')::jsonb;
BEGIN
    IF act IS NULL THEN
        INSERT INTO audit_act (at, person_id, context) VALUES (
            now(),
            (metadata->>'user')::bigint,
            nullif(current_setting('pghistory.context_id', true), '')::uuid
        ) RETURNING id INTO act;
        IF (SELECT sequence FROM audit_act WHERE id = act) IS NOT NULL THEN
            RAISE EXCEPTION 'the audit seals an act when it commits: defer its constraint';
        END IF;
        PERFORM set_config('yongke.audit_act', act::text, true);
    END IF;
    RETURN act;
END $$;
"""

LAST_OF_ROWS = """
-- Hashes do not get shorter: do not try.
ALTER TABLE audit_addedrows ALTER COLUMN row_ids SET STORAGE EXTERNAL,
    ALTER COLUMN digests SET STORAGE EXTERNAL;

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

CASE_OF = """
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
"""

WRITE_ADDED = """
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

-- Writes one entry per added row, or one for many. Arguments of the trigger: the kind of entry (''
-- where there is nothing to read in it), the primary key's column, the columns that are not
-- audited, the columns whose values are hashed but not kept.
CREATE FUNCTION audit_write_added() RETURNS trigger LANGUAGE plpgsql SET timezone TO 'UTC' AS $$
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
            audit_case_of(TG_TABLE_NAME, content),
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

WRITE_CHANGED = """
CREATE FUNCTION audit_refuse_key(table_name name) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the key of a row of % cannot change', table_name
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

-- Writes one entry per changed row. Arguments of the trigger: as above.
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
"""

WRITE_REMOVED = """
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

SEAL = """
-- Seals an act at commit: counts and digests its entries, gives it the next number of the chain
-- and the hash of the act before it. The lock that orders the chain is held from here to the end
-- of the commit only. It is taken in a second round of the deferred triggers, after every foreign
-- key was checked: nothing is waited for while it is held, so no two transactions can wait for
-- each other over it.
CREATE FUNCTION audit_seal() RETURNS trigger LANGUAGE plpgsql SET timezone TO 'UTC' AS $$
DECLARE
    act audit_act;
    digest bytea;
BEGIN
    IF NEW.sequence IS NOT NULL THEN RETURN NULL; END IF;
    IF NEW.entries IS NULL THEN
        UPDATE audit_act SET entries = 0 WHERE id = NEW.id;
        RETURN NULL;
    END IF;
    act := NEW;
    PERFORM pg_advisory_xact_lock(7301002);
    SELECT count(*), sha256(coalesce(string_agg(e.hash, ''::bytea ORDER BY e.id), ''::bytea))
        INTO act.entries, digest FROM audit_entry e WHERE e.act_id = act.id;
    act.digest := encode(digest, 'hex');
    SELECT a.sequence + 1, a.hash INTO act.sequence, act.previous FROM audit_act a
        WHERE a.sequence IS NOT NULL ORDER BY a.sequence DESC LIMIT 1;
    act.sequence := coalesce(act.sequence, 1);
    act.hash := audit_act_hash(act);
    UPDATE audit_act SET (sequence, entries, digest, previous, hash)
        = (act.sequence, act.entries, act.digest, act.previous, act.hash) WHERE id = act.id;
    IF current_setting('yongke.audit_act', true) = act.id::text THEN
        PERFORM set_config('yongke.audit_act', '', true);
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER audit_seal AFTER INSERT OR UPDATE ON audit_act
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_seal();
"""

NO_TRUNCATE = """
CREATE FUNCTION audit_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % is covered by the audit and cannot be truncated', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""

REMOVE = """
DROP TRIGGER audit_seal ON audit_act;
DROP FUNCTION audit_seal;
DROP FUNCTION audit_write_added, audit_write_changed, audit_write_removed, audit_no_truncate CASCADE;
DROP FUNCTION audit_added_together, audit_refuse_key, audit_case_of, audit_last_of_rows;
DROP FUNCTION audit_current_act, audit_act_hash, audit_entry_hash, audit_digest_of_rows;
DROP FUNCTION audit_digest;
"""


class Migration(migrations.Migration):

    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunSQL(
            DIGESTS
            + CURRENT_ACT
            + LAST_OF_ROWS
            + CASE_OF
            + WRITE_ADDED
            + WRITE_CHANGED
            + WRITE_REMOVED
            + SEAL
            + NO_TRUNCATE,
            REMOVE,
        ),
    ]
