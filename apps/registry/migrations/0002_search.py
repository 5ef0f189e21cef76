"""The functions of the search, and what is searched here."""

from django.db import migrations

from apps.registry.search import DROP_FUNCTIONS, FUNCTIONS, AddSearch


class Migration(migrations.Migration):

    # Databases from before the migrations were joined go on.
    replaces = [("registry", "0006_search")]

    dependencies = [("registry", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        AddSearch("registry_organisationname", ["name"]),
        AddSearch("registry_indicator", ["name", "name_en", "code", "aliases[]"]),
        AddSearch("registry_district", ["name", "name_en"]),
    ]
