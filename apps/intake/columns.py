"""What a column of a table may be: the fields of each kind, and in words."""

from django.utils.translation import gettext as _

from apps.cases.desk.values import field_label
from apps.cases.kinds import record_kinds

COLUMNS: dict[str, tuple[str, ...]] = {
    "awards": (
        "programme",
        "award_class",
        "grade",
        "award_year",
        "announced_on",
        "title",
        "organisations",
        "people",
    ),
    "laureates": ("programme", "award_year", "name", "employer", "nominator"),
    "certifications": (
        "platform",
        "type",
        "level",
        "year",
        "batch",
        "hosts",
        "district",
        "status",
        "document_number",
        "valid_from",
        "valid_to",
    ),
    "roster-entries": (
        "roster",
        "year",
        "rank",
        "title",
        "organisation",
        "district",
        "certificate_number",
        "credit_code",
    ),
    "indicator-values": (
        "indicator",
        "unit",
        "reporting_unit",
        "subject",
        "period",
        "scope",
        "value",
        "blank",
        "qualifier",
        "comparison",
        "rank",
        "status",
        "quoted_from",
        "quoted_on",
    ),
    "policies": ("title", "category", "year", "note", "document_number", "issued_on"),
    "events": ("date_from", "date_to", "title", "note"),
}
"""The fields of each kind, in order (DESIGN §6); other rooms rely on these names."""

LISTS = {"organisations", "people", "hosts"}
WHOLE_NUMBERS = {"award_year", "year"}
REQUIRED = {
    "awards": ("programme", "grade", "award_year", "title"),
    "laureates": ("programme", "award_year", "name"),
    "certifications": ("platform", "type"),
    "roster-entries": ("roster", "year", "organisation"),
    "indicator-values": ("indicator", "unit", "period"),
    "policies": ("title",),
    "events": ("date_from", "title"),
}


def column_label(code: str, name: str) -> str:
    """Return a field of a kind in words, or one of those that only a column has."""
    special = {
        "award_category": _("class and grade together"),
        "date": _("day, or first and last day"),
        "id": _("permanent id: the row is changed, not added"),
    }
    return special.get(name) or field_label(record_kinds[code].model, name)
