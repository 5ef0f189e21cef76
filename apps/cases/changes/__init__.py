"""What differs between any two states of a case: row by row, field by field, name by name.

``sides`` says what is compared and asks the database which rows differ; ``diff`` holds the answer
and loads the rows that are looked at; ``fields`` compares two rows; ``sheet`` writes it all out.
"""

from apps.cases.changes.diff import ADDED, CHANGED, MOVED, REMOVED, WHAT, Diff, RowChange
from apps.cases.changes.fields import FieldChange, Piece, field_changes
from apps.cases.changes.sides import Side

__all__ = [
    "ADDED",
    "CHANGED",
    "MOVED",
    "REMOVED",
    "WHAT",
    "Diff",
    "FieldChange",
    "Piece",
    "RowChange",
    "Side",
    "field_changes",
]
