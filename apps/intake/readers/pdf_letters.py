"""Letters of a PDF that cannot be told: each stands as one sign, and none falls out unseen.

A font need not say which character a code of it means. pdfminer writes such a letter as
``(cid:7)``, and leaves out, without a word, a code that the font's table does not hold: 智汇·宁海
came out as 智汇宁海. Both become ``UNREADABLE`` here, which makes the cell doubtful.
"""

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from pdfminer.cmapdb import CMap
from pdfplumber.page import Page

from apps.intake.readers.tidy import raised

UNREADABLE = "\ufffd"
UNTOLD = re.compile(r"\(cid:\d+\)|[\x00\ufffd\ue000-\uf8ff]")
"""A letter without a character: no meaning given, or one of the font's own (private use)."""


def told(chars: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The letters, each that means no character replaced by the sign for it."""
    return [{**char, "text": UNREADABLE} if UNTOLD.search(char["text"]) else char for char in chars]


RAISED_BY, SMALLER = 0.1, 0.85


def raised_digits(letters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The letters, each small digit that stands higher than the letter before it as what it is: ¹.

    It is put on the line of that letter, so that it stays behind it.
    """
    found: list[dict[str, Any]] = []
    for letter in letters:
        before = found[-1] if found else letter
        size, base = letter["size"], before["size"]
        if (
            size < base * SMALLER
            and letter["text"].isdecimal()
            and abs(letter["x0"] - before["x1"]) < base / 3
            and base * RAISED_BY < before["bottom"] - letter["bottom"] < base
        ):
            box = {name: before[name] for name in ("top", "bottom", "size")}
            letter = {**letter, **box, "text": raised(letter["text"])}
        found.append(letter)
    return found


Letter = dict[str, Any]
Box = tuple[float, float, float, float]
UPRIGHT, UPWARDS, DOWNWARDS, OVERHEAD, SLANTING = "upright", "upwards", "downwards", "overhead", ""
TURNS = {UPWARDS: 90, DOWNWARDS: 270, OVERHEAD: 180}
"""By how much a page is turned so that letters that run so stand upright."""
LARGER = 1.4
"""So many times as high as most letters of a page are those of a word stamped over it."""


def direction(letter: Letter) -> str:
    """Which way a letter runs; "" where it slants, as only what is printed over a page does."""
    a, b, c, d = letter["matrix"][:4]
    size = max(abs(a), abs(b), abs(c), abs(d)) / 20
    if abs(b) <= size and abs(c) <= abs(d):
        return UPRIGHT if a > 0 else OVERHEAD
    if abs(a) <= size and abs(d) <= size:
        return UPWARDS if b > 0 else DOWNWARDS
    return SLANTING


def turned_upright(page: Page) -> Page:
    """The page, turned where most of its letters lie on their side or stand on their head."""
    ways = Counter(map(direction, page.chars))
    way = max(TURNS, key=lambda each: ways[each])
    if ways[way] <= ways[UPRIGHT]:
        return page
    page.page_obj.rotate = (page.rotation + TURNS[way]) % 360
    page.page_obj.attrs["Rotate"] = page.page_obj.rotate
    return Page(page.pdf, page.page_obj, page.page_number, page.initial_doctop)


def lying(letter: Letter) -> Letter:
    """A letter that runs up or down, in the coordinates of one who has turned his head."""
    x0, x1, top, bottom = (letter[name] for name in ("x0", "x1", "top", "bottom"))
    if direction(letter) == UPWARDS:
        box = {"x0": -bottom, "x1": -top, "top": x0, "bottom": x1}
    else:
        box = {"x0": top, "x1": bottom, "top": -x1, "bottom": -x0}
    return {**letter, **box, "size": x1 - x0}


Stamps = set[tuple[object, ...]]
"""Words stamped over pages: font, size, colour and the words."""


def by_size(letters: list[Letter]) -> list[list[Letter]]:
    """Letters as they are, and much larger ones apart: both never stand in one line of a text."""
    sizes = Counter(round(letter["size"]) for letter in letters)
    if not sizes:
        return []
    most = sizes.most_common(1)[0][0]
    apart: list[list[Letter]] = [[], [], []]
    for letter in letters:
        size = letter["size"]
        apart[2 if size > most * LARGER else 1 if size * LARGER >= most else 0].append(letter)
    return [each for each in (apart[1], apart[2], apart[0]) if each]


def stamped(
    letters: list[Letter], cells: Iterable[Box], known: Stamps | None = None
) -> list[Letter]:
    """Letters that are no part of the text: slanting ones, and large ones across lines or letters.

    Letters of one size and colour are one print: where some lie across, all do. So do those of
    ``known`` stamps, wherever they stand; what is found is known from then on.
    """
    known = set() if known is None else known
    slanting = [letter for letter in letters if direction(letter) == SLANTING]
    upright = [letter for letter in letters if direction(letter) == UPRIGHT]
    if not upright:
        return slanting
    sizes = Counter(round(letter["size"]) for letter in upright)
    most = max(sizes, key=lambda size: sizes[size])
    large: dict[tuple[Any, ...], list[Letter]] = {}
    for letter in upright:
        if letter["size"] > most * LARGER:
            kind = letter["fontname"], round(letter["size"]), str(letter["non_stroking_color"])
            large.setdefault(kind, []).append(letter)
    if not large:
        return slanting
    boxes = list(cells)
    plain = [letter for letter in upright if letter["size"] <= most * LARGER]
    over = []
    for kind, group in large.items():
        stamp = (*kind, "".join(letter["text"] for letter in group).strip())
        if (
            stamp in known
            or _runs_on(group, boxes)
            or any(_crosses(letter, box) for letter in group for box in boxes)
            or any(_lies_over(letter, small) for letter in group for small in plain)
        ):
            known.add(stamp)
            over += group
    return [*slanting, *over]


def _runs_on(group: list[Letter], boxes: list[Box]) -> bool:
    """Whether a word of large letters goes on from one cell into the next."""

    def place(letter: Letter) -> Box | None:
        return next((box for box in boxes if _is_in(letter, box)), None)

    for letter, following in itertools.pairwise(sorted(group, key=lambda each: each["x0"])):
        is_word = abs(following["x0"] - letter["x1"]) < letter["size"] / 4
        if (
            is_word
            and abs(following["top"] - letter["top"]) < 2
            and place(letter) != place(following)
        ):
            return True
    return False


def _is_in(letter: Letter, box: Box) -> bool:
    x, y = (letter["x0"] + letter["x1"]) / 2, (letter["top"] + letter["bottom"]) / 2
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])


def _lies_over(letter: Letter, small: Letter) -> bool:
    """Whether the middle of a small letter lies well inside a large one."""
    x, y = (small["x0"] + small["x1"]) / 2, (small["top"] + small["bottom"]) / 2
    spare = letter["size"] / 8
    return bool(
        letter["x0"] + spare < x < letter["x1"] - spare
        and letter["top"] + spare < y < letter["bottom"] - spare
        and small["text"].strip()
    )


def _crosses(letter: Letter, box: Box) -> bool:
    """Whether a letter's middle lies inside a cell, and the letter reaches well out of it."""
    if not _is_in(letter, box):
        return False
    spare = letter["size"] / 8
    return bool(
        letter["x0"] < box[0] - spare
        or letter["x1"] > box[2] + spare
        or letter["top"] < box[1] - spare
        or letter["bottom"] > box[3] + spare
    )


def _decode(self: CMap, code: bytes) -> Iterator[int]:
    """The glyphs that codes of a font stand for; 0, which has no character, for an unknown code."""
    table: Any = self.code2cid
    for byte in code:
        found = table.get(byte)
        if isinstance(found, dict):
            table = found
            continue
        yield 0 if found is None else found
        table = self.code2cid


# The library leaves no other place to see a code that it does not know.
CMap.decode = _decode  # type: ignore[method-assign]
