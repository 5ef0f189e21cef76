"""Lists that are written as lines of text and not as a table: found among the paragraphs.

Each way of writing one has a file: columns parted by tabs, one cell a line, label and value,
days with what happened, names one below the other, a card for each record. Beside a table, and in
a PDF, only what is surely a list is one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from apps.intake.finding.titles import title_of
from apps.intake.finding.written.below import one_below_another
from apps.intake.finding.written.cards import joined_cards
from apps.intake.finding.written.columns import in_columns
from apps.intake.finding.written.dated import by_days
from apps.intake.finding.written.items import one_a_line
from apps.intake.finding.written.labelled import by_labels
from apps.intake.finding.written.passage import title_above
from apps.intake.finding.written.plain_names import plain_names
from apps.intake.finding.written.printed import Way, whole
from apps.intake.finding.written.printed_days import by_printed_days
from apps.intake.grid import Block, Grid, Paragraph, Table
from apps.intake.titles import year_of

WAYS: tuple[Way, ...] = (
    by_labels,
    one_below_another,
    in_columns,
    by_days,
    one_a_line,
)
"""The surest first."""
ALONE: tuple[Way, ...] = (*WAYS, plain_names)
"""What is looked for in a document without any table, which may be nothing but its list."""
PRINTED: tuple[Way, ...] = (
    whole(by_labels),
    whole(one_below_another),
    by_printed_days,
    whole(one_a_line),
    whole(plain_names),
)
"""What is looked for on the pages of a PDF without any table: where lines break says nothing there
of what is one line."""
HEAD_LINES = 20

__all__ = ["with_written_lists"]


def with_written_lists(blocks: Iterable[Block]) -> Iterator[Block | Table]:
    """The blocks of a document, each list among its lines as a grid, or as the table it is.

    What the document is called stands above each such table, the farthest of the lines that may
    name its year.
    """
    every = list(joined_cards(blocks))
    ways = _ways_for(every)
    run: list[Paragraph] = []
    head: tuple[str, ...] | None = None
    for block in every:
        if isinstance(block, Paragraph):
            run.append(block)
            continue
        head = _head(run) if head is None else head
        yield from _below(head, lists_in(run, ways))
        if isinstance(block, Table):
            title, near = title_above(run)
            yield replace(block, title=title, above=(*near, *head))
        else:
            yield block
        run = []
    yield from _below(_head(run) if head is None else head, lists_in(run, ways))


def _ways_for(blocks: Sequence[Block | Table]) -> Sequence[Way]:
    """The ways in which a document may have written lists: more, where it holds no table."""
    has_table = any(not isinstance(block, Paragraph) for block in blocks)
    is_printed = any(
        block.place.format == "pdf" for block in blocks if isinstance(block, Paragraph)
    )
    if is_printed:
        return () if has_table else PRINTED
    return WAYS if has_table else ALONE


def _head(run: Sequence[Paragraph]) -> tuple[str, ...]:
    """The first line of a document that is no prose and names a year."""
    lines = (line.text for line in run[:HEAD_LINES])
    return tuple(text for text in lines if title_of(text) and year_of(text)[0])[:1]


def _below(head: tuple[str, ...], found: Iterable[Block | Table]) -> Iterator[Block | Table]:
    for block in found:
        if isinstance(block, Table):
            yield replace(block, above=(*block.above, *head))
        else:
            yield block


def lists_in(run: list[Paragraph], ways: Sequence[Way]) -> Iterator[Paragraph | Grid | Table]:
    """Lines between two tables of a document, what is a list among them taken out as such."""
    if not run or not ways:
        yield from run
        return
    way, *others = ways
    while found := way(run):
        yield from lists_in(run[: found.start], others)
        yield found.block
        run = run[found.end :]
    yield from lists_in(run, others)
