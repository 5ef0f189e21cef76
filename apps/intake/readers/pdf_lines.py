"""The lines of a PDF: letters beside one another, and the lines of a cell as its text.

Whether a line break inside a cell is only the end of a printed line is measured: the next word
would not have fitted.
"""

import itertools
import re
from dataclasses import dataclass

from apps.intake.readers.pdf_letters import Letter

WORD = re.compile(
    r"[（《“‘〈【〔]*(?:[A-Za-z0-9.,%\-]+|—+|…+|[^\sA-Za-z0-9])[、，。；：！？）》”’〉】〕]*"
)
"""What no line end parts: a Latin word, a long dash, a letter with the signs that cling to it."""
NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")
MOST_ARE_NAMES, SOME_END_EARLY = 0.9, 5
SEPARATOR = re.compile(r"[、，,；;]")
BLANK, BETWEEN_SCRIPTS = 0.25, 0.4
"""Letters that stand further apart than so much of their height have a blank between them."""
MOST_OVERLAP = 0.4
"""Letters of one line that overlap by more of their height are printed over each other."""
CODE = re.compile(r"(?=(?:[A-Z\-]*[0-9]){4})[0-9A-Z\-]{12,}")
"""A number of a certificate or an enterprise: no blank stands in it, however it is broken."""


@dataclass
class Line:
    """A printed line inside a cell or on a page, with its ends and the size of its letters."""

    text: str
    left: float
    right: float
    top: float
    size: float
    width_of_first: float
    is_over: bool = False
    """Whether letters of it are printed over one another."""


def lines_of(chars: list[Letter]) -> list[Line]:
    """Characters as lines, from top to bottom, with a blank where there is a gap."""
    lines: list[list[Letter]] = []
    for char in sorted(chars, key=lambda each: (round(each["bottom"], 0), each["x0"])):
        if lines and abs(lines[-1][-1]["bottom"] - char["bottom"]) < char["size"] * 0.5:
            lines[-1].append(char)
        else:
            lines.append([char])
    return [_line(sorted(line, key=lambda each: each["x0"])) for line in lines]


def _are_of_two_scripts(before: Letter, char: Letter) -> bool:
    """Whether one of two letters is Chinese and the other Latin or a digit: programs set these a
    quarter of a height apart, where nobody typed a blank."""
    first, second = before["text"][-1:], char["text"][:1]
    latin = [letter.isascii() and letter.isalnum() for letter in (first, second)]
    han = ["\u3400" <= letter <= "\u9fff" for letter in (first, second)]
    return (latin[0] and han[1]) or (han[0] and latin[1])


def _line(chars: list[Letter]) -> Line:
    text, before, is_over = "", chars[0], False
    for char in chars:
        overlap = before["x1"] - char["x0"] if text else 0.0
        if (
            overlap > before["size"] * MOST_OVERLAP
            and char["text"].strip()
            and before["text"].strip()
        ):
            if char["text"] == before["text"]:
                continue  # Printed twice, to be bold.
            is_over = True
        least = BETWEEN_SCRIPTS if _are_of_two_scripts(before, char) else BLANK
        if text and char["x0"] - before["x1"] > before["size"] * least and text[-1:] != " ":
            text += " "
        text += char["text"]
        before = char
    printed = [char for char in chars if char["text"].strip()] or chars
    first = WORD.match(text.lstrip())
    wide = len(first[0]) if first else 1
    width = printed[min(wide, len(printed)) - 1]["x1"] - printed[0]["x0"]
    return Line(
        text,
        printed[0]["x0"],
        printed[-1]["x1"],
        min(c["top"] for c in chars),
        max(c["size"] for c in chars),
        width,
        is_over,
    )


def is_list_of_names(cells: list[tuple[list[Line], float]]) -> bool:
    """Whether a column lists people line by line, of its cells' lines and the room of each cell.

    So it is where nearly every line is as long as a name, some end early, and no cell has a
    separator. Then a name that fills its line ends there, too.
    """
    broken = [(lines, room) for lines, room in cells if len(lines) > 1]
    texts = [line.text.strip() for lines, _room in broken for line in lines]
    names = sum(1 for text in texts if NAME.fullmatch(text))
    joints = [
        ends_early(line, following, room)
        for lines, room in broken
        for line, following in itertools.pairwise(lines)
    ]
    return (
        len(texts) > 3
        and names >= len(texts) * MOST_ARE_NAMES
        and sum(joints) * SOME_END_EARLY >= len(joints)
        and not any(SEPARATOR.search(line.text) for lines, _room in cells for line in lines)
    )


def is_list_by_lines(cells: list[tuple[list[Line], float]]) -> bool:
    """Whether a column holds lists whose members a line end parts: lines end early, no separator."""
    broken = [(lines, room) for lines, room in cells if len(lines) > 1]
    return any(
        ends_early(line, following, room)
        for lines, room in broken
        for line, following in itertools.pairwise(lines)
    ) and not any(SEPARATOR.search(line.text) for lines, _room in broken for line in lines)


def ends_early(line: Line, following: Line, room: float) -> bool:
    """Whether a line ends although the next word would have fitted behind it."""
    return line.right - line.left + following.width_of_first < room - 0.5


def unwrap(lines: list[Line], room: float, is_listed: bool = False) -> tuple[str, bool]:
    """The text of a cell, lines joined where the next word would not have fitted; and whether
    that is sure: between two Latin words a blank may or may not have stood. Where each line
    ``is_listed``, none is joined, which is not sure where one is full."""
    whole = "".join(line.text.strip() for line in lines)
    if CODE.fullmatch(whole):
        return whole, True
    text, is_sure = lines[0].text.rstrip("\n"), True
    for line, following in itertools.pairwise(lines):
        is_early = ends_early(line, following, room)
        if is_early or is_listed:
            text += "\n" + following.text
            is_sure = is_sure and is_early
            continue
        glue, sure = joint(text, following.text)
        is_sure = is_sure and sure
        text += glue + following.text.lstrip()
    return text, is_sure


def joint(before: str, after: str) -> tuple[str, bool]:
    """What stands between two pieces of a wrapped line, and whether that is sure."""
    if before.endswith(" ") or after.startswith(" "):
        return "", True
    last, first = before[-1:], after[:1]
    if last == "." and first.isascii() and first.isalpha() and before[-2:-1].isalpha():
        return " ", False  # John A. Smith, or Co.Ltd
    if last.isascii() and last.isalnum() and first.isascii() and first.isalnum():
        return ("" if last.isdigit() and first.isdigit() else " "), False
    return "", True
