"""Every change that public pages tell of is noted; who asked how often is worth nothing for long."""

from django.db import migrations

# What is told on public pages beside the cases: names, units, sections, form heads.
DICTIONARIES = (
    "accounts_bureau",
    "registry_district",
    "registry_formversion",
    "registry_indicator",
    "registry_indicatorrelation",
    "registry_indicatorversion",
    "registry_reportingyear",
)
# New names and probable twins come with every draft; none is public before a person decides.
NAMES = ("registry_organisation", "registry_organisationname", "cases_twin")
ON_SHOW = "('published', 'superseded', 'withdrawn', 'on_notice')"

# The row of this very transaction is taken back and written anew: nobody else sees or waits for it,
# a savepoint that is rolled back takes its note with it, and a test, which is one transaction,
# still sees each change.
FUNCTION = """
CREATE FUNCTION yongke_new_edition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    own bigint := nullif(current_setting('yongke.edition', true), '')::bigint;
BEGIN
    IF own IS NOT NULL THEN
        DELETE FROM publications_edition WHERE id = own;
    END IF;
    INSERT INTO publications_edition (at) VALUES (now()) RETURNING id INTO own;
    -- To the end of the transaction, no longer.
    PERFORM set_config('yongke.edition', own::text, true);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION yongke_new_edition() IS
    'Notes that public pages made before this transaction are old.';
"""


def _triggers() -> tuple[str, str]:
    made = [
        f"""
        CREATE TRIGGER new_edition AFTER UPDATE ON cases_revision FOR EACH ROW
            WHEN (OLD.state IS DISTINCT FROM NEW.state
                AND (OLD.state IN {ON_SHOW} OR NEW.state IN {ON_SHOW}))
            EXECUTE FUNCTION yongke_new_edition();
        """
    ]
    made += [
        f"CREATE TRIGGER new_edition AFTER INSERT OR UPDATE OR DELETE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION yongke_new_edition();"
        for table in DICTIONARIES
    ]
    made += [
        f"CREATE TRIGGER new_edition AFTER UPDATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION yongke_new_edition();"
        for table in NAMES
    ]
    gone = [
        f"DROP TRIGGER new_edition ON {table};"
        for table in ("cases_revision", *DICTIONARIES, *NAMES)
    ]
    return "\n".join([FUNCTION, *made]), "\n".join([*gone, "DROP FUNCTION yongke_new_edition();"])


class Migration(migrations.Migration):

    # Databases from before the migrations were joined go on.
    replaces = [("publications", "0003_edition")]

    dependencies = [
        ("publications", "0001_initial"),
        ("accounts", "0001_initial"),
        ("cases", "0001_initial"),
        ("registry", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(*_triggers()),
        # Worth nothing after a minute: no log, no sync, nothing for the replicas.
        migrations.RunSQL(
            "ALTER TABLE publications_reader SET UNLOGGED",
            "ALTER TABLE publications_reader SET LOGGED",
        ),
    ]
