import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0004_import_twins'),
    ]

    operations = [
        migrations.AddField(
            model_name='importrow',
            name='is_unfit',
            field=models.BooleanField(default=False),
        ),
        # Of rows read before it is not known: they are looked at again when it matters.
        migrations.RunSQL(
            "UPDATE intake_importrow SET is_unfit = true WHERE is_faulty",
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name='importrow',
            name='table',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='intake.importtable'),
        ),
    ]
