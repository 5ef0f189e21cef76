"""The functions that write the audit. What they write is defined in docs/canonical.md."""

from django.db import migrations

DIGEST = """
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

WRITE = """
-- Writes one entry per row. Arguments of the trigger: the kind of entry ('' where there is nothing
-- to read in it), the primary key's column, the columns that are not audited, the columns whose
-- values are hashed but not kept.
CREATE FUNCTION audit_write() RETURNS trigger LANGUAGE plpgsql SET timezone TO 'UTC' AS $$
DECLARE
    omitted text[] := string_to_array(TG_ARGV[2], ',');
    secret text[] := string_to_array(TG_ARGV[3], ',');
    before jsonb;
    after jsonb;
    present jsonb;
    entry audit_entry;
BEGIN
    IF TG_OP <> 'INSERT' THEN before := to_jsonb(OLD) - omitted; END IF;
    IF TG_OP <> 'DELETE' THEN after := to_jsonb(NEW) - omitted; END IF;
    -- As text: to jsonb 58.8 and 58.80 are one number.
    IF before::text = after::text THEN RETURN NULL; END IF;
    present := coalesce(after, before);
    entry.id := nextval('audit_entry_id_seq');
    entry.act_id := audit_current_act();
    entry.at := now();
    entry.kind := TG_ARGV[0];
    entry.table_name := TG_TABLE_NAME;
    entry.row_id := present->>TG_ARGV[1];
    entry.operation := left(TG_OP, 1);
    entry.digest := audit_digest(after);
    IF TG_OP = 'UPDATE' AND before->>TG_ARGV[1] <> entry.row_id THEN
        RAISE EXCEPTION 'the key of a row of % cannot change', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF entry.kind <> '' THEN
        -- Who: whom a new row names as its doer, else the person at work, else the row's last one.
        entry.person_id := coalesce(
            CASE WHEN TG_OP = 'INSERT' THEN coalesce(
                after->>'actor_id', after->>'author_id', after->>'raised_by_id',
                after->>'published_by_id', after->>'created_by_id', after->>'asked_by_id',
                after->>'started_by_id', after->>'by_id'
            ) END,
            nullif(current_setting('pghistory.context_metadata', true), '')::jsonb->>'user',
            after->>'updated_by_id'
        )::bigint;
        entry.row_uid := coalesce(present->>'uid', present->>'record_uid')::uuid;
        entry.case_id := CASE
            WHEN TG_TABLE_NAME = 'cases_case' THEN (present->>'id')::bigint
            WHEN present ? 'case_id' THEN (present->>'case_id')::bigint
            WHEN present ? 'revision_id' THEN
                (SELECT case_id FROM cases_revision WHERE id = (present->>'revision_id')::bigint)
            WHEN present ? 'finding_id' THEN
                (SELECT r.case_id FROM cases_finding f JOIN cases_revision r ON r.id = f.revision_id
                 WHERE f.id = (present->>'finding_id')::bigint)
            WHEN present ? 'event_id' THEN
                (SELECT r.case_id FROM cases_event e JOIN cases_revision r ON r.id = e.revision_id
                 WHERE e.id = (present->>'event_id')::bigint)
        END;
        IF TG_OP = 'UPDATE' THEN
            SELECT jsonb_object_agg(key, value) INTO entry.old FROM jsonb_each(before - secret)
            WHERE value::text IS DISTINCT FROM (after->key)::text;
            SELECT jsonb_object_agg(key, value) INTO entry.new FROM jsonb_each(after - secret)
            WHERE value::text IS DISTINCT FROM (before->key)::text;
        ELSE
            entry.old := before - secret;
            entry.new := after - secret;
        END IF;
    END IF;
    entry.hash := audit_entry_hash(entry);
    INSERT INTO audit_entry SELECT entry.*;
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
DROP FUNCTION audit_seal, audit_current_act, audit_act_hash, audit_entry_hash;
DROP FUNCTION audit_write, audit_no_truncate CASCADE;
DROP FUNCTION audit_digest;
"""


class Migration(migrations.Migration):

    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunSQL(DIGEST + CURRENT_ACT + WRITE + SEAL + NO_TRUNCATE, REMOVE),
    ]
