"""What is searched here."""

from django.db import migrations

from apps.registry.search import AddSearch


class Migration(migrations.Migration):

    # Databases from before the migrations were joined go on.
    replaces = [("districts", "0003_search")]

    dependencies = [("districts", "0001_initial"), ("registry", "0002_search")]

    operations = [
        AddSearch("districts_indicatorvalue", ["subject", "comparison"]),
        AddSearch("districts_narrativesection", ["heading", "text"]),
        AddSearch("districts_liststatement", ["title", "reason"]),
    ]
