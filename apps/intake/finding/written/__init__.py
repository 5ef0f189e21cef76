"""Lists that are written as lines of text and not as a table: found among the paragraphs.

Each way of writing one has a file: columns parted by tabs, one cell a line, label and value,
days with what happened, names one below the other, a card for each record.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from apps.intake.finding.titles import title_of
from apps.intake.finding.written.below import one_below_another
from apps.intake.finding.written.cards import joined_cards
from apps.intake.finding.written.columns import in_columns
from apps.intake.finding.written.dated import by_days
from apps.intake.finding.written.items import one_a_line
from apps.intake.finding.written.labelled import by_labels
from apps.intake.finding.written.passage import Found, title_above
from apps.intake.grid import Block, Grid, Paragraph, Table
from apps.intake.titles import year_of

Way = Callable[[list[Paragraph]], Found | None]
WAYS: tuple[Way, ...] = (
    one_below_another,
    in_columns,
    by_labels,
    by_days,
    one_a_line,
)
"""The surest first."""
HEAD_LINES = 20

__all__ = ["with_written_lists"]


def with_written_lists(blocks: Iterable[Block]) -> Iterator[Block | Table]:
    """The blocks of a document, each list among its lines as a grid, or as the table it is.

    Lines of a PDF are left: where they break says nothing of what is one line. What the document
    is called stands above each such table, the farthest of the lines that may name its year.
    """
    run: list[Paragraph] = []
    head: tuple[str, ...] | None = None
    for block in joined_cards(blocks):
        if isinstance(block, Paragraph) and block.place.format != "pdf":
            run.append(block)
            continue
        head = _head(run) if head is None else head
        yield from _below(head, lists_in(run))
        if isinstance(block, Table):
            title, near = title_above(run)
            yield replace(block, title=title, above=(*near, *head))
        else:
            yield block
        run = []
    yield from _below(_head(run) if head is None else head, lists_in(run))


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


def lists_in(
    run: list[Paragraph], ways: Sequence[Way] = WAYS
) -> Iterator[Paragraph | Grid | Table]:
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
