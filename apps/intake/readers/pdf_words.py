"""Words of a page that no lines part: which stand on one line, and below one another in columns.

A word is a run of letters printed one after the other: what is printed over it is a word of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from apps.intake.readers.pdf_letters import Letter

WIDEST_BLANK = 0.35
"""Of the height of a letter: what stands further apart is two words."""
NARROWEST_GAP = 0.3
"""Of the height of a letter: columns stand at least so far apart."""

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """A run of letters, and where it stands."""

    letters: tuple[Letter, ...]
    left: float
    right: float
    top: float
    bottom: float
    size: float

    @property
    def text(self) -> str:
        """What it says."""
        return "".join(letter["text"] for letter in self.letters)


PrintedLine = list[Word]
"""The words that stand on one line, from left to right."""


def word(letters: Sequence[Letter]) -> Word:
    """Letters as one word."""
    return Word(
        tuple(letters),
        min(each["x0"] for each in letters),
        max(each["x1"] for each in letters),
        min(each["top"] for each in letters),
        max(each["bottom"] for each in letters),
        max(each["size"] for each in letters),
    )


def words_of(letters: Iterable[Letter]) -> list[Word]:
    """The words of letters in the order in which they were printed."""
    runs: list[list[Letter]] = []
    for letter in letters:
        is_blank = not letter["text"].strip()
        before = (
            next((each for each in reversed(runs[-1]) if each["text"].strip()), None)
            if (runs)
            else None
        )
        if before is not None and _goes_on(before, letter, is_blank):
            runs[-1].append(letter)
        elif not is_blank:
            runs.append([letter])
    for run in runs:
        while not run[-1]["text"].strip():
            run.pop()
    return list(map(word, runs))


def _goes_on(before: Letter, letter: Letter, is_blank: bool) -> bool:
    size = before["size"]
    gap = letter["x0"] - before["x1"]
    return abs(letter["bottom"] - before["bottom"]) < size * 0.3 and (
        -size * 0.4 < gap < size * (3 if is_blank else WIDEST_BLANK)
    )


def printed_lines(words: Iterable[Word]) -> list[PrintedLine]:
    """Words by the lines they stand on, from top to bottom and left to right."""
    lines: list[PrintedLine] = []
    for each in sorted(words, key=lambda each: each.bottom):
        if lines and each.bottom - lines[-1][0].bottom < each.size / 2:
            lines[-1].append(each)
        else:
            lines.append([each])
    return [sorted(line, key=lambda each: each.left) for line in lines]


def ink(line: PrintedLine) -> list[Interval]:
    """Where a line is printed on; of a word over which the next one is printed, the part before it."""
    found = []
    for at, each in enumerate(line):
        right = each.right
        if at + 1 < len(line) and line[at + 1].left < right:
            begins = line[at + 1].left
            ends = [letter["x1"] for letter in each.letters if letter["x1"] <= begins + 0.5]
            right = max(ends, default=each.left)
        found.append((each.left, right))
    return found


def merged(intervals: Iterable[Interval], gap: float) -> list[Interval]:
    """Intervals from left to right, those that overlap or stand nearer than ``gap`` as one."""
    found: list[Interval] = []
    for left, right in sorted(intervals):
        if found and left - found[-1][1] < gap:
            found[-1] = found[-1][0], max(found[-1][1], right)
        else:
            found.append((left, right))
    return found


def joined(line: PrintedLine, blank: float) -> list[PrintedLine]:
    """The words of a line in groups that stand no further apart than ``blank``."""
    groups: list[PrintedLine] = []
    for each in line:
        if groups and each.left - groups[-1][-1].right < blank:
            groups[-1].append(each)
        else:
            groups.append([each])
    return groups
