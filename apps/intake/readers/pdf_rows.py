"""Printed lines of a table without lines between its cells, put together to rows."""

import itertools
from bisect import bisect_right
from collections.abc import Mapping, Sequence

from apps.intake.finding.rows import printed_number
from apps.intake.readers.pdf_words import Word

Placed = Mapping[int, Sequence[Word]]
"""The words of a line by column."""
LEAST_RULED = 3
"""Groups of lines that level lines must part to be rows."""
LEAST_JUMP = 0.25
"""Of the height of a letter: by so much the gap between two rows is wider than that inside one."""
LINE_GAP = 0.5
"""Of the height of a letter: lines of one cell stand no further apart."""
SAME_GAP = 0.06
MOST_ODD = 10
"""One row in so many may have no number, or two."""


def grouped(
    lines: Sequence[Placed], across: set[int], levels: Sequence[float], heads: int
) -> tuple[list[list[int]], bool]:
    """Lines by rows; and whether that is sure. Lines ``across`` the columns are each a row.

    The first ``heads`` lines begin a level of the header each.
    """
    key = key_column([line for at, line in enumerate(lines) if at not in across], heads)
    ruled = by_levels(lines, across, levels)
    if heads > 1 and len(ruled[0]) > 1:
        ruled = [[0], ruled[0][1:], *ruled[1:]]
    numbered = {at for at, line in enumerate(lines) if key is not None and key in line}
    odd = _one_each(ruled[heads:], numbered, across) if key is not None else 0
    parted = sum(not across.intersection(row) for row in ruled)
    if levels and parted >= LEAST_RULED and odd * MOST_ODD <= len(ruled):
        return ruled, True
    head, body = _head(lines, heads)
    if key is not None and heads and not across.intersection(body[: _before(body, numbered)]):
        head, body = _with_levels_below(lines, head, body, numbered)
    if key is not None:
        rows, is_sure = by_numbers(lines, body, numbered, across)
    else:
        rows, is_sure = by_gaps(lines, body, across)
    return [*head, *rows], is_sure


def _head(lines: Sequence[Placed], heads: int) -> tuple[list[list[int]], list[int]]:
    """The lines of the header as one row, and those below: what stands closer to it than the
    next row stands to the one before is a part of it."""
    everything = list(range(len(lines)))
    if not heads:
        return [], everything
    end = heads
    gaps = _gaps(lines, everything)
    while (
        end + 1 < len(lines)
        and len(lines[end]) < len(lines[heads - 1]) / 2
        and (gaps[end - 1] < gaps[end] - _size(lines) * LEAST_JUMP)
    ):
        end += 1
    upper = [[at] for at in range(heads - 1)]
    return [*upper, everything[heads - 1 : end]], everything[end:]


def _with_levels_below(
    lines: Sequence[Placed], head: list[list[int]], body: list[int], numbered: set[int]
) -> tuple[list[list[int]], list[int]]:
    """The header with the lines above the first number, and those below; what stands close to the
    line with the number is a part of its row.

    Such a line is a level of its own where a word of it stands further below the one above it than
    lines of a cell do.
    """
    first = _before(body, numbered)
    gaps, apart = _gaps(lines, body), _size(lines) * LINE_GAP
    while first and gaps[first - 1] < apart:
        first -= 1
    rows = [*head[:-1], list(head[-1])]
    ends = {column: _bottom({column: lines[at][column]}) for at in head[-1] for column in lines[at]}
    for at in body[:first]:
        tops = {column: min(each.top for each in words) for column, words in lines[at].items()}
        if any(top - ends.get(column, top) >= apart for column, top in tops.items()):
            rows.append([at])
        else:
            rows[-1].append(at)
        ends |= {column: _bottom({column: words}) for column, words in lines[at].items()}
    return rows, body[first:]


def _before(body: list[int], numbered: set[int]) -> int:
    """How many lines stand above the first number."""
    return next((place for place, at in enumerate(body) if at in numbered), 0)


def key_column(lines: Sequence[Placed], heads: int) -> int | None:
    """The first column in which nothing but running numbers stand."""
    for column in sorted({column for line in lines for column in line}):
        texts = [
            "".join(each.text for each in line[column]) for line in lines[heads:] if column in line
        ]
        numbers = [printed_number(text) for text in texts]
        known = [number for number in numbers if number is not None]
        steps = sum(after - before == 1 for before, after in itertools.pairwise(known))
        if len(known) > 1 and len(known) * 4 >= len(texts) * 3 and steps * 2 >= len(known) - 1:
            return column
    return None


def by_levels(
    lines: Sequence[Placed], across: set[int], levels: Sequence[float]
) -> list[list[int]]:
    """Lines by the level lines between which they stand."""
    edges = sorted(levels)
    parts = [bisect_right(edges, (_top(line) + _bottom(line)) / 2) for line in lines]
    rows: list[list[int]] = []
    for at, part in enumerate(parts):
        if rows and part == parts[rows[-1][0]] and not {at, at - 1} & across:
            rows[-1].append(at)
        else:
            rows.append([at])
    return rows


def by_numbers(
    lines: Sequence[Placed], body: list[int], numbered: set[int], across: set[int]
) -> tuple[list[list[int]], bool]:
    """Rows that have one number each: by the gaps that bring this about, else from number to number."""
    best: list[list[int]] = []
    least = len(body)
    for least_gap in sorted({round(gap, 1) for gap in [-1e6, *_gaps(lines, body)]}):
        rows = _parted(lines, body, least_gap + SAME_GAP, across)
        odd = _one_each(rows, numbered, across)
        if odd < least:
            best, least = rows, odd
    if best and least * MOST_ODD <= len(best):
        return best, not least
    rows = []
    for at in body:
        if not rows or at in numbered or {at, at - 1} & across:
            rows.append([at])
        else:
            rows[-1].append(at)
    return rows, False


def by_gaps(
    lines: Sequence[Placed], body: list[int], across: set[int]
) -> tuple[list[list[int]], bool]:
    """Rows parted by gaps wider than those inside of them; where all are alike, each line is a row,
    but for lines that have nothing in the first column and little elsewhere."""
    width = len({column for line in lines for column in line})
    gaps = sorted(_gaps(lines, body))
    jumps = [(after - before, before) for before, after in itertools.pairwise(gaps)]
    widest, least_gap = max(jumps, default=(0.0, 0.0))
    if widest > _size(lines) * LEAST_JUMP:
        rows = _parted(lines, body, least_gap + SAME_GAP, across)
        later = [(row[0], at) for row in rows for at in row[1:]]
        whole = sum(set(lines[at]) >= set(lines[first]) for first, at in later)
        if whole * 3 <= len(later):
            steady = any(
                all(
                    sum(column in lines[at] for at in row) == 1
                    for row in rows
                    if not set(row) & across
                )
                for column in range(width)
            )
            return rows, steady
    rows = []
    for at in body:
        is_rest = 0 not in lines[at] and len(lines[at]) * 2 <= width
        if rows and is_rest and not {at, at - 1} & across:
            rows[-1].append(at)
        else:
            rows.append([at])
    return rows, False


def _parted(
    lines: Sequence[Placed], body: list[int], least_gap: float, across: set[int]
) -> list[list[int]]:
    gaps = _gaps(lines, body)
    rows = [[body[0]]]
    for at, gap in zip(body[1:], gaps, strict=True):
        if gap > least_gap or {at, at - 1} & across:
            rows.append([at])
        else:
            rows[-1].append(at)
    return rows


def _one_each(rows: list[list[int]], numbered: set[int], across: set[int]) -> int:
    """How many rows have no number, or more than one."""
    return sum(len(numbered.intersection(row)) != 1 for row in rows if not across.intersection(row))


def _gaps(lines: Sequence[Placed], body: list[int]) -> list[float]:
    """The blank heights between each line and those above it."""
    gaps = []
    bottom = _bottom(lines[body[0]]) if body else 0.0
    for at in body[1:]:
        gaps.append(_top(lines[at]) - bottom)
        bottom = max(bottom, _bottom(lines[at]))
    return gaps


def _top(line: Placed) -> float:
    return min(each.top for words in line.values() for each in words)


def _bottom(line: Placed) -> float:
    return max(each.bottom for words in line.values() for each in words)


def _size(lines: Sequence[Placed]) -> float:
    return max(each.size for words in lines[-1].values() for each in words)
