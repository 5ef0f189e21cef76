"""What is told of a cell at a glance is what a close look says."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.intake.cells import CODE, HAN, class_of, closely_seen
from apps.intake.fields import READERS, Fields, plain_cells, read_field
from apps.intake.records import COLUMNS
from apps.intake.synonyms.headers import _KNOWN, is_known_header, may_be_known

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


@given(CODES)
def test_no_code_is_a_word_above_a_column(text):
    assert not may_be_known(text)
    assert not is_known_header(text)


def test_every_word_above_a_column_may_be_one():
    assert all(may_be_known(word) for word in _KNOWN)
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
