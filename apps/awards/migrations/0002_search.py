"""What is searched here."""

from django.db import migrations

from apps.registry.search import AddSearch


class Migration(migrations.Migration):

    dependencies = [("awards", "0001_initial"), ("registry", "0002_search")]

    operations = [
        AddSearch("awards_award", ["title", "organisations[]", "people[]"]),
        AddSearch("awards_laureate", ["name", "employer", "nominator"]),
    ]
