"""The data dictionary: every column of every list, in both languages, with its type."""

from dataclasses import dataclass
from functools import cache

from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from rest_framework import serializers

from apps.cases.fields import NameListField
from apps.cases.kinds import RecordKind

# Columns that every list has, or that are no field of its model, with what they mean.
NOTES = {
    "id": _("Permanent id of the row, the same in every revision"),
    "url": _("Permanent address of the row's page"),
    "report_year": _("Year of the report that prints it"),
    "release": _("Number of the release that made it public"),
    "revision": _("Number of the revision of its case"),
    "source_line": _("Line of the printed report, where it came from one"),
    "flags": _("Doubts about what was printed, field and kind of doubt"),
    "scope": _("Over which area it is counted; blank where the source does not say"),
    "value": _("Digits as printed; blank where “blank” says why"),
    "blank": _("Why there is no value: missing, not_applicable or withheld"),
    "quoted_from": _("The document or table of another office that the figure is quoted from"),
    "quoted_on": _("The date of that document"),
    "qualifier": _("Word that belongs to the value, such as 超, 近 or 约"),
    "status": _("What the value or the certification is: reached, expected, revoked and so on"),
    "organisations": _("Names in printed order, parted by a vertical bar"),
    "people": _("Names in printed order, parted by a vertical bar"),
    "hosts": _("Names in printed order, parted by a vertical bar"),
}


@dataclass(frozen=True)
class Column:
    """A column: its name, its type as Frictionless Table Schema names it, and its meaning."""

    name: str
    type: str
    title: str
    title_en: str
    note: str
    note_en: str
    is_list: bool


@cache
def columns_of(kind: RecordKind) -> list[Column]:
    """Return the columns of a kind's rows, in the order of the API, CSV and XLSX."""
    columns = []
    for name, field in kind.serializer().fields.items():
        title, title_en = (_in(language, _title(kind, name)) for language in ("zh-hans", "en"))
        note, note_en = (_in(language, NOTES.get(name, "")) for language in ("zh-hans", "en"))
        columns.append(
            Column(name, _type(field), title, title_en, note, note_en, _is_list(kind, name))
        )
    return columns


def _in(language: str, text: object) -> str:
    with override(language):
        return str(text)


def _title(kind: RecordKind, name: str) -> object:
    try:
        return kind.model._meta.get_field(name).verbose_name  # type: ignore[union-attr]
    except FieldDoesNotExist:
        return NOTES.get(name, name)


def _is_list(kind: RecordKind, name: str) -> bool:
    try:
        return isinstance(kind.model._meta.get_field(name), NameListField)
    except FieldDoesNotExist:
        return False


def _type(field: serializers.Field) -> str:
    if isinstance(field, serializers.IntegerField):
        return "integer"
    if isinstance(field, serializers.DecimalField):
        return "number"
    if isinstance(field, serializers.DateField):
        return "date"
    return "string"
