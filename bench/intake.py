"""How much of a table comes back: the generator's documents through the readers, in numbers.

    python -m bench.intake [format …]
    python -m bench.intake SEEDS FIRST [LEAST MOST] [format …]

The first takes the lists and the choice of nastinesses that the readers were made with; the second
so many documents of the seeds from FIRST on, which nothing was tuned on, each with LEAST to MOST
nastinesses (none to five unless said) drawn from all; and as many that are written as lines,
without a table. The seconds are those of the processor.

"more" are rows that a document does not have. Silent are wrong cells without a doubt, the cells of
such a row without one, and those of a row that is missing without a word. Of "not found but told"
a person is told: the document was refused, the row was set aside, or the row beside it says so.
"""

import itertools
import os
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from apps.intake.candidates import candidates
from apps.intake.readers import read_blocks
from tests.intake import documents as d

TRUTHS = {
    "awards": lambda: d.awards(24),
    "provincial": lambda: d.provincial(),
    "laureates": d.laureates,
    "firms": d.firms,
    "top50": d.top50,
    "institutions": d.institutions,
    "makerspaces": d.makerspaces,
    "policies": d.policies,
    "other city": lambda: d.made_up_awards(1),
    "other city 2": lambda: d.made_up_awards(2),
    "other city 3": lambda: d.made_up_awards(5),
    "coded firms": lambda: d.made_up_firms(1),
    "figures": lambda: d.made_up_figures(1),
    "events": lambda: d.made_up_events(1),
    "dated policies": lambda: d.made_up_policies(1),
    "one unit": lambda: d.made_up_amounts(1),
    "units in cells": lambda: d.made_up_glued(1),
    "platforms": lambda: d.made_up_platforms(1),
    "by year": lambda: d.made_up_by_year(1),
    "by district": lambda: d.made_up_by_district(1),
    "people of another city": lambda: d.made_up_laureates(1),
}
SHOWN = 12
Document = tuple[str, d.Truth, list]
"""A document: what it is called, what it says, and its blocks."""


def combinations() -> list[set[str]]:
    """No nastiness, each alone, and some together."""
    pairs = [
        {a, b}
        for a, b in itertools.combinations(
            (
                "merged",
                "pages",
                "unit_total_note",
                "semicolons",
                "padded",
                "title_within",
                "two_levels",
                "lost_first",
                "side_by_side",
            ),
            2,
        )
    ]
    more = [
        {"merged", "pages", "unit_total_note", "padded", "extra_columns", "page_numbers"},
        {"blank_below", "pages_bare", "lost_first", "commas", "full_width"},
        {"merged", "two_levels", "title_within", "unit_total_note", "lines", "column_numbers"},
        {"side_by_side", "pages", "unit_total_note", "full_width", "padded"},
        {"sections", "pages", "semicolons", "unit_total_note", "blank_rows"},
    ]
    return [set(), *({each} for each in d.NASTY), *pairs, *more]


MAKERS = (
    d.made_up_awards,
    d.made_up_firms,
    d.made_up_figures,
    d.made_up_events,
    d.made_up_policies,
    d.made_up_amounts,
    d.made_up_glued,
    d.made_up_platforms,
    d.made_up_laureates,
    d.made_up_by_year,
    d.made_up_by_district,
)


def held_out(
    count: int, first: int, least: int = 0, most: int = 5
) -> Iterator[tuple[str, d.Truth, set[str]]]:
    """Yield documents on which nothing was ever tuned: lists of other seeds, any nastinesses."""
    for seed in range(first, first + count):
        chance = random.Random(seed)
        nasty = set(chance.sample(d.NASTY, chance.randint(least, most)))
        yield f"seed {seed}", chance.choice(MAKERS)(seed), nasty


def held_out_lines(count: int, first: int) -> Iterator[tuple[str, d.Truth, list]]:
    """Yield documents of lines that nothing was tuned on, each in one of the ways to write them."""
    for seed in range(first, first + count):
        written = d.write_lines(d.LINE_MAKERS[seed % len(d.LINE_MAKERS)](seed), seed)
        yield f"seed {seed} {written.way}", written.truth, written.lines


def tuned() -> Iterator[tuple[str, d.Truth, set[str]]]:
    """Yield the documents that the readers were made with."""
    for name, make in TRUTHS.items():
        for nasty in combinations():
            yield name, make(), nasty


def printed(documents: Iterable[tuple[str, d.Truth, set[str]]]) -> Iterator[Document]:
    """Yield documents as they are laid out with their nastinesses."""
    for name, truth, nasty in documents:
        written = d.as_written(truth, nasty)
        yield f"{name} {'+'.join(sorted(nasty))}", written, d.lay_out(written, nasty)


def measure(label: str, write: Callable[[list], bytes], documents: Iterable[Document]) -> None:
    """Print rows and cells of documents, and the first wrong cells."""
    began = time.process_time()
    total, number = d.Score(), 0
    for name, truth, blocks in documents:
        found = candidates(read_blocks(write(blocks)))
        total.add(d.compare(truth, found, f"{label} {name}"))
        number += 1
    print(
        f"{label:11} {number:5} documents  rows {total.found}/{total.wanted}, "
        f"{total.more} more  cells {total.right:.4%} of {total.cells}  silent {total.silent}  "
        f"not found but told {total.missed}  "
        f"right but doubted {total.doubted / max(total.cells, 1):.2%}  "
        f"{time.process_time() - began:.0f} s",
        flush=True,
    )
    silent = [example for example in total.examples if example.endswith("silent")]
    # One of each document: its others say the same.
    shown = {example.partition(" row")[0]: example for example in reversed(total.examples)}
    shown |= {example.partition(" row")[0]: example for example in reversed(silent)}
    for example in sorted(shown.values(), key=lambda each: not each.endswith("silent"))[:SHOWN]:
        print("   ", example[:300])


def main(words: list[str]) -> None:
    """Measure the documents asked for in each format."""
    numbers = [int(word) for word in words if word.isdecimal()]
    formats = [word for word in words if word in d.WRITERS] or list(d.WRITERS)
    for form in formats:
        measure(form, d.WRITERS[form], printed(held_out(*numbers) if numbers else tuned()))
        if numbers and form in d.LINE_WRITERS:
            lines = held_out_lines(*numbers[:2])
            measure(f"{form} lines", d.LINE_WRITERS[form], lines)


if __name__ == "__main__":
    main(sys.argv[1:])
