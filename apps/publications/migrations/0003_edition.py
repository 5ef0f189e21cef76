import django.db.models.functions.datetime
from django.db import migrations, models

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

FUNCTION = """
CREATE FUNCTION yongke_new_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO publications_edition (at) VALUES (now());
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

    dependencies = [
        ('accounts', '0001_initial'),
        ('cases', '0007_twins'),
        ('registry', '0013_form_head_editions'),
        ('publications', '0002_reader'),
    ]

    operations = [
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='at')),
            ],
            options={
                'verbose_name': 'edition',
                'verbose_name_plural': 'editions',
            },
        ),
        migrations.RunSQL(*_triggers()),
    ]
