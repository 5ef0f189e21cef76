"""The measure itself: what the bench counts as wrong, as silent, and as not found but told."""

from dataclasses import replace

from apps.intake.candidates import Candidate, candidates
from apps.intake.grid import Aside
from apps.intake.readers import read_blocks
from tests.intake import documents as d

TRUTH = d.made_up_firms(1, 6)
CELLS = 8


def found():
    """What is read of a list of six firms."""
    return candidates(read_blocks(d.as_text(d.lay_out(TRUTH, set()))))


def with_records(candidate, change):
    return [replace(candidate, records=tuple(change(list(candidate.records))))]


def score_of(candidates_found):
    score = d.compare(TRUTH, candidates_found)
    return score.found, score.more, score.wrong, score.silent, score.missed


def test_whole_list_has_nothing_wrong():
    assert score_of(found()) == (6, 0, 0, 0, 0)


def test_document_refused_in_words_is_not_silent():
    refused = Candidate("", TRUTH.title, 0.0)

    assert score_of([]) == score_of([refused]) == (0, 0, 6 * CELLS, 0, 6 * CELLS)


def test_missing_row_is_silent_and_the_others_are_not_wrong():
    (whole,) = found()
    less = with_records(whole, lambda records: records[:2] + records[3:])

    assert score_of(less) == (5, 0, CELLS, CELLS, 0)


def test_missing_row_that_was_set_aside_is_told():
    (whole,) = found()
    (less,) = with_records(whole, lambda records: records[:2] + records[3:])
    told = replace(less, aside=(Aside(f"3 {TRUTH.rows[2]['organisation']}", "note"),))

    assert score_of([told]) == (5, 0, CELLS, 0, CELLS)


def test_missing_row_that_the_next_one_tells_of_is_told():
    (whole,) = found()
    after = replace(whole.records[3], doubts=(("organisation", "number-gap"),))
    less = with_records(whole, lambda records: [*records[:2], after, *records[4:]])

    assert score_of(less) == (5, 0, CELLS, 0, CELLS)


def test_row_too_many_is_silent_unless_it_is_doubted():
    (whole,) = found()
    extra = whole.records[1]
    doubted = replace(extra, doubts=(("organisation", "row-twice"),))

    assert score_of(with_records(whole, lambda records: [*records, extra])) == (6, 1, 0, CELLS, 0)
    assert score_of(with_records(whole, lambda records: [*records, doubted])) == (6, 1, 0, 0, 0)


def test_rows_of_another_kind_are_too_many():
    other = candidates(read_blocks(d.as_text(d.lay_out(d.made_up_events(1), set()))))
    rows = len(other[0].records)

    assert score_of([*found(), *other]) == (6, rows, 0, 3 * rows, 0)
