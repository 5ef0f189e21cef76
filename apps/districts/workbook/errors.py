"""What is said about an uploaded workbook: refusals of the whole file, faults and notes of cells."""

from dataclasses import dataclass


class Refused(Exception):
    """The file as a whole cannot be read. ``str()`` is a sentence for the person, with its cure."""


class WrongCell(Exception):
    """One cell cannot be read: the rule it breaks, and how to put it right."""

    def __init__(self, rule: str, cure: str) -> None:
        """Keep both sentences."""
        super().__init__(rule)
        self.rule = rule
        self.cure = cure


@dataclass(frozen=True)
class Fault:
    """A cell that is not stored: where, what was found, the rule in a sentence and the cure."""

    sheet: str
    cell: str
    found: str
    rule: str
    cure: str
    label: str = ""

    @property
    def where(self) -> str:
        """Return the place as spreadsheets write it."""
        return f"{self.sheet}!{self.cell}"


@dataclass(frozen=True)
class Note:
    """Something that was read otherwise than it looks, or not read; said, and no hindrance."""

    sheet: str
    cell: str
    text: str

    @property
    def where(self) -> str:
        """Return the place as spreadsheets write it."""
        return f"{self.sheet}!{self.cell}" if self.cell else self.sheet
