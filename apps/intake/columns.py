"""What a column of a table may be, in words."""

from django.utils.translation import gettext as _

from apps.cases.desk.values import field_label
from apps.cases.kinds import record_kinds


def column_label(code: str, name: str) -> str:
    """Return a field of a kind in words, or one of those that only a column has."""
    special = {
        "award_category": _("class and grade together"),
        "date": _("day, or first and last day"),
        "id": _("permanent id: the row is changed, not added"),
    }
    return special.get(name) or field_label(record_kinds[code].model, name)
