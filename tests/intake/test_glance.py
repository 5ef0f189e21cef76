"""What is told of a cell at a glance is what a close look says."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.intake.cells import HAN
from apps.intake.columns import COLUMNS
from apps.intake.fields import READERS, Fields, read_field
from apps.intake.makes import CODE, class_of, closely_seen, count_classes
from apps.intake.plain import plain_cells, plain_column
from apps.intake.synonyms.headers import _KNOWN, is_known_header

WORDS = st.text("2019年12月GRab0 宁波公司区（）()、·-.\n", max_size=12)
FIRMS = st.builds("{}公司{}".format, WORDS, st.sampled_from(["", " ", "、", "市"]))
CODES = st.from_regex(re.compile(r"[0-9A-Za-z]{0,8}[0-9]"), fullmatch=True)


@given(st.one_of(WORDS, FIRMS, CODES))
def test_what_a_cell_looks_like(text):
    assert class_of(text) == closely_seen(text)


@pytest.mark.parametrize(
    "text", ["2019年宁波公司", "宁波甲公司", "GR201933100001", "１２", "12", "2019-01", "公司"]
)
def test_what_single_cells_look_like(text):
    assert class_of(text) == closely_seen(text)


COLUMNS_OF_CELLS = st.lists(st.one_of(st.just(""), WORDS, FIRMS, CODES, st.just("1\x1f2")))


@given(COLUMNS_OF_CELLS, st.sampled_from(["", "12", "GR1", "宁波甲公司", "海曙区"]))
def test_what_the_cells_of_a_column_look_like(texts, most):
    column = [*texts, *[most] * 1001, *texts]

    found = count_classes(column)

    assert list(found.items()) == list(Counter(map(class_of, column)).items())


@given(CODES)
def test_no_code_is_a_word_above_a_column(text):
    assert CODE.fullmatch(text)
    assert not is_known_header(text)


def test_no_word_above_a_column_is_a_code():
    assert not any(CODE.fullmatch(word) for word in _KNOWN)
    assert re.match(f"[{HAN}]", "宁")


FIELDS = sorted({(kind, name) for kind, names in COLUMNS.items() for name in names})
CELLS = st.one_of(
    WORDS,
    FIRMS,
    CODES,
    st.text("无暂没有空不详—-/NA9E+17年名第《》、 \n", max_size=8),
    st.from_regex(r"[0-9]E[0-9]{2,16}|[0-9A-Z]{18}|(?:19|20)[0-9]{2}", fullmatch=True),
)


@pytest.mark.parametrize(("kind", "name"), FIELDS, ids="-".join)
@given(cell=CELLS)
def test_what_a_plain_cell_says(kind, name, cell):
    if plain_cells(kind, name)(cell):
        assert read_field(kind, name, cell) == Fields({name: cell})


@pytest.mark.parametrize(("kind", "name"), FIELDS, ids="-".join)
@given(cells=st.lists(CELLS, min_size=1, max_size=4))
def test_what_a_column_of_plain_cells_says(kind, name, cells):
    assert plain_column(kind, name)(cells) == all(
        bool(plain_cells(kind, name)(cell)) for cell in cells
    )


@pytest.mark.parametrize(
    ("name", "cells", "are_plain"),
    [
        ("certificate_number", ["GR2019", "9E17", "GR2020"], False),
        ("certificate_number", ["GR2019", "9E17A", "GR2020"], True),
        ("title", ["甲乙丙丁", "甲乙丙丁-之一二三", "甲乙丙"], True),
        ("title", ["甲乙丙丁", "甲乙"], False),
        ("rank", ["1\x1f2", "3"], False),
    ],
    ids=["digits-lost", "code", "words", "short-word", "separator-in-a-cell"],
)
def test_what_many_cells_say_together(name, cells, are_plain):
    assert plain_column("roster-entries", name)(cells) is are_plain
    assert plain_column("roster-entries", name)(cells[::-1]) is are_plain


@pytest.mark.parametrize(
    ("kind", "name", "cell"),
    [
        ("roster-entries", "rank", "12"),
        ("roster-entries", "year", "2019"),
        ("roster-entries", "organisation", "宁波甲（集团）有限公司"),
        ("roster-entries", "district", "海曙区"),
        ("roster-entries", "certificate_number", "GR201933100001"),
        ("roster-entries", "credit_code", "91330200724912340X"),
        ("awards", "title", "高性能铜合金的关键技术"),
    ],
    ids=lambda text: text if text.isascii() else "",
)
def test_what_most_lists_hold_is_plain(kind, name, cell):
    assert plain_cells(kind, name)(cell)
    assert (kind, name) not in READERS


def test_a_column_that_gives_other_fields_is_never_plain():
    assert not plain_cells("events", "date")("2024年5月22日至24日")
    assert not plain_cells("policies", "title")("《甲》（修订）的若干意见")
