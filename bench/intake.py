"""How much of a table comes back: the generator's documents through the readers, in numbers.

python -m bench.intake [format …]
"""

import itertools
import sys
import time

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
}


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


def main(formats: list[str]) -> None:
    """Print rows and cells by format, and the first wrong cells."""
    for form in formats or list(d.WRITERS):
        began = time.monotonic()
        total, documents = d.Score(), 0
        for name, make in TRUTHS.items():
            truth = make()
            for nasty in combinations():
                data = d.WRITERS[form](d.lay_out(truth, nasty))
                found = candidates(read_blocks(data))
                total.add(d.compare(truth, found, f"{form} {name} {'+'.join(sorted(nasty))}"))
                documents += 1
        print(
            f"{form:5} {documents:5} documents  rows {total.found}/{total.wanted}  "
            f"cells {total.right:.4%} of {total.cells}  silent {total.silent}  "
            f"{time.monotonic() - began:.0f} s",
            flush=True,
        )
        for example in total.examples[:12]:
            print("   ", example[:300])


if __name__ == "__main__":
    main(sys.argv[1:])
