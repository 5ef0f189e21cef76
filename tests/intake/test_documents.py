"""The same truth in every format, with what offices do to tables: all of it comes back.

A bounded choice of ``bench/intake.py``: every nastiness alone and some together, spread over
the formats, so that it stays quick.
"""

import itertools

import pytest

from apps.intake.candidates import candidates
from apps.intake.readers import read_blocks
from tests.intake import documents

TRUTHS = {
    "awards": lambda: documents.awards(20),
    "provincial": lambda: documents.provincial(20),
    "laureates": documents.laureates,
    "firms": documents.firms,
    "top50": documents.top50,
    "institutions": documents.institutions,
    "makerspaces": documents.makerspaces,
    "policies": documents.policies,
    "another city": lambda: documents.made_up_awards(1),
    "class and grade apart": lambda: documents.made_up_awards(5),
    "codes": lambda: documents.made_up_firms(1),
    "figures": lambda: documents.made_up_figures(1),
    "events": lambda: documents.made_up_events(1),
    "dated policies": lambda: documents.made_up_policies(1),
    "one unit": lambda: documents.made_up_amounts(1),
    "units in cells": lambda: documents.made_up_glued(1),
    "platforms": lambda: documents.made_up_platforms(1),
    "people of another city": lambda: documents.made_up_laureates(1),
}
TOGETHER = [
    {"merged", "pages", "unit_total_note", "padded", "extra_columns", "page_numbers"},
    {"blank_below", "pages_bare", "lost_first", "commas", "full_width"},
    {"merged", "two_levels", "title_within", "unit_total_note", "lines", "column_numbers"},
    {"side_by_side", "pages", "unit_total_note", "full_width", "padded"},
    {"sections", "pages", "semicolons", "unit_total_note", "blank_rows"},
]
# Every nastiness meets every format, each time with another list.
EACH = [
    (form, name, {nasty})
    for (nasty, form), name in zip(
        itertools.product(documents.NASTY, documents.WRITERS),
        itertools.cycle([*TRUTHS, "awards"]),
        strict=False,
    )
]
SOME = [
    (form, name, nasty)
    for (nasty, form), name in zip(
        itertools.product([set(), *TOGETHER], documents.WRITERS),
        itertools.cycle(["awards", "firms", "another city", "policies", "codes"]),
        strict=False,
    )
]


def found_in(form, truth, nasty):
    return candidates(read_blocks(documents.WRITERS[form](documents.lay_out(truth, nasty))))


@pytest.mark.parametrize("form", documents.WRITERS)
def test_every_row_comes_back_and_no_cell_is_silently_wrong(form):
    total = documents.Score()
    for _form, name, nasty in (each for each in [*EACH, *SOME] if each[0] == form):
        truth = documents.as_written(TRUTHS[name](), nasty)
        label = f"{form} {name} {'+'.join(sorted(nasty))}"
        total.add(documents.compare(truth, found_in(form, truth, nasty), label))

    assert (total.found, total.more) == (total.wanted, 0), total.examples
    assert total.silent == 0, total.examples
    assert total.right >= 0.995, total.examples


@pytest.mark.parametrize("name", TRUTHS)
def test_plain_list_comes_back_exactly(name):
    truth = TRUTHS[name]()

    score = documents.compare(truth, found_in("text", truth, set()))

    assert (score.found, score.more, score.wrong) == (len(truth.rows), 0, 0), score.examples


@pytest.mark.parametrize("form", documents.LINE_WRITERS)
def test_lists_written_as_lines_come_back_and_no_cell_is_silently_wrong(form):
    total = documents.Score()
    for seed in range(48):
        truth = documents.LINE_MAKERS[seed % len(documents.LINE_MAKERS)](seed)
        written = documents.write_lines(truth, seed)
        found = candidates(read_blocks(documents.LINE_WRITERS[form](written.lines)))
        total.add(documents.compare(written.truth, found, f"{form} {seed} {written.way}"))

    assert total.found == total.wanted, total.examples
    assert total.silent == 0, total.examples
    assert total.right >= 0.995, total.examples


def test_several_lists_of_one_file_are_a_candidate_each():
    blocks = [
        *documents.lay_out(documents.firms(), set()),
        "## 第二节",
        *documents.lay_out(documents.laureates(), {"merged"}),
        *documents.lay_out(documents.policies(), {"merged"}),
    ]

    found = candidates(read_blocks(documents.as_docx(blocks)))

    assert [(each.kind, len(each.records)) for each in found] == [
        ("roster-entries", 22),
        ("laureates", 9),
        ("policies", 23),
    ]


def report_text():
    """The printed report's lists as text, the way the report prints them."""
    blocks = []
    for make, nasty in (
        (documents.institutions, set()),
        (documents.firms, {"pages"}),
        (documents.top50, {"side_by_side"}),
        (documents.makerspaces, set()),
        (documents.policies, {"pages", "blank_below"}),
        (documents.provincial, {"pages", "blank_below", "lost_first"}),
        (documents.awards, {"pages", "blank_below", "lost_first", "padded"}),
        (documents.laureates, set()),
    ):
        blocks += [(make(), documents.lay_out(make(), nasty))]
    return blocks


def test_report_of_many_lists_comes_back_in_order():
    parts = report_text()
    text = b"\n\n".join(documents.as_text(blocks) for _truth, blocks in parts)

    found = candidates(read_blocks(text))

    assert len(found) == len(parts)
    for (truth, _blocks), each in zip(parts, found, strict=True):
        score = documents.compare(truth, [each])
        assert (score.found, score.more) == (len(truth.rows), 0), score.examples
        assert (score.silent, score.wrong) == (0, 0), score.examples
