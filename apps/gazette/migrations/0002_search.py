"""What is searched here."""

from django.db import migrations

from apps.registry.search import AddSearch


class Migration(migrations.Migration):

    dependencies = [("gazette", "0001_initial"), ("registry", "0002_search")]

    operations = [
        AddSearch("gazette_policy", ["title", "category", "note", "document_number"]),
        AddSearch("gazette_chronicleentry", ["title", "note"]),
    ]
