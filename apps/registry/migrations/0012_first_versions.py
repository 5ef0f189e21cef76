"""Each indicator that is there gets its first version, from the beginning."""

from django.db import migrations

DEFINED = (
    "name, name_en, units, value_type, precision, measure, aggregation, scope, source, definition"
)
FILL = f"""
    UPDATE registry_indicator SET aggregation = 'none'
        WHERE measure IN ('ratio', 'growth', 'rank')
        AND NOT EXISTS (SELECT 1 FROM registry_indicatorversion v WHERE v.indicator_id = registry_indicator.id);
    INSERT INTO registry_indicatorversion
        (indicator_id, from_year, is_break, reason, created_at, {DEFINED})
    SELECT id, 0, false, '', now(), {DEFINED} FROM registry_indicator
    ON CONFLICT DO NOTHING;
"""  # noqa: S608 - the columns are ours


class Migration(migrations.Migration):

    dependencies = [("registry", "0011_indicator_versions")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
