"""The functions of the search compute the same in less than half the time."""

from django.db import migrations

from apps.registry.search import FUNCTIONS


class Migration(migrations.Migration):

    dependencies = [("registry", "0013_form_head_editions")]

    operations = [migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop)]
