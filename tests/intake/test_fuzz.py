"""Mutated files: each gives rows or a refusal in words (5,000 of them: ``bench/fuzz.py``)."""

import pytest

from bench import fuzz


@pytest.mark.parametrize("seed", range(8))
def test_mutated_file_gives_rows_or_a_refusal_in_words(seed):
    outcomes = [fuzz.outcome(data) for _form, data in fuzz.files(20, seed)]

    assert len(outcomes) == 20
    assert set(outcomes) > {"rows"}
