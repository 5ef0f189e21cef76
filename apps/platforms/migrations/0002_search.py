"""What is searched here."""

from django.db import migrations

from apps.registry.search import AddSearch


class Migration(migrations.Migration):

    dependencies = [("platforms", "0001_initial"), ("registry", "0002_search")]

    operations = [
        AddSearch("platforms_certification", ["platform", "type", "hosts[]"]),
    ]
