"""Where the lines of an import stand in their file, in words."""

from collections.abc import Collection
from typing import Any

from apps.intake import sentences
from apps.intake.imports.comparing import Line as Compared
from apps.intake.models import ImportRow, ImportTable


def parts_of(table: ImportTable) -> list[dict[str, Any]]:
    """Return the sheets, pages or tables that the rows of a table stand in."""
    return table.frame.get("places", [])


def place_of(table: ImportTable, line: int, place: int) -> str:
    """Return where a line stands in the file; of a table joined of several, in which of them too."""
    words = f"line {line or '–'}"
    places = parts_of(table)
    for key in ("sheet", "page", "table"):
        if len({each[key] for each in places}) > 1:
            return sentences.place(f"{key} {places[place][key]}, {words}")
    return sentences.place(words)


def places_of(lines: Collection[ImportRow | Compared]) -> dict[int, str]:
    """Return where lines that are compared stand, by their keys. One query at most."""
    joined = [line.pk for line in lines if len(parts_of(line.table)) > 1]
    found = ImportRow.objects.filter(pk__in=joined).values_list("pk", "place")
    at = dict(found) if joined else {}
    return {line.pk: place_of(line.table, line.line, at.get(line.pk, 0)) for line in lines}
