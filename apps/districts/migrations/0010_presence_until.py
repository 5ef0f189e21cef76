from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("districts", "0009_years_counted")]

    operations = [
        migrations.RenameField("presence", "seen_at", "here_until"),
        migrations.AlterField(
            "presence", "here_until", models.DateTimeField(verbose_name="here until")
        ),
    ]
