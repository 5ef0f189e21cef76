"""What accepting an import would do, in words: changes, repeats, and what stands in its way."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from apps.cases.desk.values import field_label, words
from apps.cases.kinds import record_kinds
from apps.intake.imports.comparing import Fault, Item, Lacking


def changes_of(items: Sequence[Item], places: Mapping[int, str]) -> list[dict[str, Any]]:
    """Return what lines would change, field by field, in words. One query for each dictionary."""
    known = _names_before(items)
    return [
        {
            "title": _title_of(item),
            "place": places[item.line.pk],
            "changes": [
                {
                    "label": field_label(record_kinds[item.line.table.kind].model, name),
                    "before": words(known.get((item.line.table.kind, name, before), before)),
                    "after": words(after),
                }
                for name, (before, after) in item.changes.items()
            ],
        }
        for item in items
    ]


def _names_before(items: Sequence[Item]) -> dict[tuple[str, str, Any], Any]:
    """Return what the keys of relations mean that would be changed: by kind, field and key."""
    keys: dict[tuple[str, str], set[Any]] = {}
    for item in items:
        kind = record_kinds[item.line.table.kind]
        for name, (before, _after) in item.changes.items():
            if before is not None and kind.model._meta.get_field(name).is_relation:
                keys.setdefault((kind.code, name), set()).add(before)
    found: dict[tuple[str, str, Any], Any] = {}
    for (code, name), wanted in keys.items():
        model = record_kinds[code].model._meta.get_field(name).related_model
        entries = model._default_manager.in_bulk(wanted)  # type: ignore[union-attr]
        found |= {(code, name, key): entry for key, entry in entries.items()}
    return found


def _title_of(item: Item) -> str:
    kind = record_kinds[item.line.table.kind]
    return str(item.line.result.get(kind.title_field) or item.line.line)


def repeat_of(item: Item, places: Mapping[int, str]) -> dict[str, Any]:
    """Return a line that says the same as an earlier one of the file."""
    return {
        "row": item.line,
        "title": _title_of(item),
        "place": places[item.line.pk],
        "first": item.repeats,
    }


def lacking_of(lacking: Sequence[Lacking]) -> list[dict[str, Any]]:
    """Return fields that whole tables lack, in words, with the number of their rows."""
    found = []
    for each in lacking:
        label = field_label(record_kinds[each.table.kind].model, each.name)
        text = _("%(field)s is missing in all %(rows)s rows, and must not be.") % {
            "field": label,
            "rows": each.rows,
        }
        found.append({"table": each.table, "label": label, "text": text})
    return found


def fault_of(fault: Fault, places: Mapping[int, str]) -> dict[str, Any]:
    """Return a fault with its place in words."""
    kind = record_kinds[fault.line.table.kind]
    return {
        "row": fault.line,
        "place": places[fault.line.pk],
        "label": field_label(kind.model, fault.name) if fault.name else _("the row"),
        "text": fault.text,
    }
