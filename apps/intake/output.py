"""What the intake prints and what the API will answer: one form, with fixed names (DESIGN §6)."""

from typing import Any

from apps.intake import sentences
from apps.intake.candidates import Candidate
from apps.intake.columns import LISTS, WHOLE_NUMBERS
from apps.intake.reading import Intake
from apps.intake.records import Record


def as_json(intake: Intake) -> dict[str, Any]:
    """Tables and errors, with sentences in the reader's language."""
    return {
        "tables": [table(each) for each in intake.candidates],
        "errors": [
            {
                "message": sentences.refusal(each.code, each.params),
                "where": sentences.place(each.where),
            }
            for each in intake.refusals
        ],
    }


def table(candidate: Candidate) -> dict[str, Any]:
    """One candidate, with how sure its kind and its columns are."""
    return {
        "kind": candidate.kind,
        "title": candidate.title,
        "confidence": candidate.confidence,
        "columns": [
            {
                "header": column.header,
                "field": column.field,
                "confidence": column.confidence,
                "samples": list(column.samples),
            }
            for column in candidate.columns
        ],
        "rows": [row(each, candidate.kind) for each in candidate.records],
        "set_aside": [
            {"text": each.text, "reason": sentences.aside(each.code)} for each in candidate.aside
        ],
    }


def row(record: Record, kind: str) -> dict[str, Any]:
    """One row as the API names and types its fields, its doubts in words, and its source."""
    values: dict[str, Any] = {
        name: typed(kind, name, value) for name, value in record.values.items()
    }
    if record.id:
        values["id"] = record.id
    return {
        **values,
        "flags": [f"{name}:{code}" for name, code in record.doubts],
        "doubts": [
            {"field": name, "reason": sentences.doubt(code)} for name, code in record.doubts
        ],
        "source": record.source,
    }


def typed(kind: str, name: str, value: object) -> object:
    """Years, and ranks of rosters, as numbers; what is none stays a text, and a blank is null."""
    if name in LISTS:
        return value
    is_number = name in WHOLE_NUMBERS or (name == "rank" and kind == "roster-entries")
    if is_number:
        return int(str(value)) if str(value).isdecimal() else (value or None)
    return value
