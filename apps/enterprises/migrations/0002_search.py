"""What is searched here."""

from django.db import migrations

from apps.registry.search import AddSearch


class Migration(migrations.Migration):

    dependencies = [("enterprises", "0001_initial"), ("registry", "0002_search")]

    operations = [
        AddSearch("enterprises_rosterentry", ["organisation", "title", "roster", "certificate_number", "credit_code"]),
    ]
