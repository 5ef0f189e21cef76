"""Two states of one row: fields, names in their order, texts piece by piece."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.awards.models import Award
from apps.cases.changes.fields import (
    Piece,
    field_changes,
    name_pieces,
    text_pieces,
    whole_pieces,
)
from apps.cases.desk.values import in_words
from apps.cases.kinds import record_kinds
from apps.districts.models import IndicatorValue, NarrativeSection, Scope
from tests import factories as f

AWARDS = record_kinds["awards"]
FIGURES = record_kinds["indicator-values"]


def award(**values: Any) -> Award:
    return Award(**f.award_values(1, **values))


def told(pieces: tuple[Piece, ...]) -> str:
    """Return pieces on one line: -removed-, +added+, ~moved~."""
    signs = {"": "", "removed": "-", "added": "+", "moved": "~"}
    return "|".join(f"{signs[p.mark]}{p.text}{signs[p.mark]}" for p in pieces)


@pytest.mark.parametrize(
    ("old", "new", "before", "after"),
    [
        (["甲", "乙"], ["甲", "乙"], "甲|乙", "甲|乙"),
        (["甲", "乙"], ["乙"], "-甲-|乙", "乙"),
        (["甲"], ["甲", "乙"], "甲", "甲|+乙+"),
        (["甲", "乙", "丙"], ["丙", "甲", "乙"], "甲|乙|~丙~", "~丙~|甲|乙"),
        (["甲", "甲"], ["甲"], "甲|-甲-", "甲"),
        (["甲", "乙"], ["丙", "甲"], "甲|-乙-", "+丙+|甲"),
        ([], ["甲"], "", "+甲+"),
    ],
)
def test_names_are_told_one_by_one(old: list[str], new: list[str], before: str, after: str) -> None:
    assert tuple(map(told, name_pieces(old, new))) == (before, after)


NAMES = st.lists(st.sampled_from("甲乙丙丁戊"), max_size=8)


@given(NAMES, NAMES)
def test_pieces_of_names_are_the_names_and_what_is_kept_or_moved_is_on_both_sides(
    old: list[str], new: list[str]
) -> None:
    before, after = name_pieces(old, new)

    assert [p.text for p in before] == old
    assert [p.text for p in after] == new
    assert [p.text for p in before if not p.mark] == [p.text for p in after if not p.mark]
    moved = [sorted(p.text for p in side if p.mark == "moved") for side in (before, after)]
    assert moved[0] == moved[1]
    gone = {p.text for p in before if p.mark == "removed"}
    assert not gone & {p.text for p in after if p.mark == "added"}


@pytest.mark.parametrize(
    ("old", "new", "before", "after"),
    [
        (
            "全年研发投入104.20亿元，增长8%。",
            "全年研发投入118.60亿元，增长8%。",
            "全年研发投入|-104.20-|亿元，增长8%。",
            "全年研发投入|+118.60+|亿元，增长8%。",
        ),
        ("高端装备技术", "高端装备关键技术", "高端装备技术", "高端装备|+关键+|技术"),
        ("alpha beta", "alpha gamma", "alpha |-beta-", "alpha |+gamma+"),
        ("甲乙丙", "子丑寅", "-甲乙丙-", "+子丑寅+"),
    ],
)
def test_texts_are_told_in_pieces(old: str, new: str, before: str, after: str) -> None:
    assert tuple(map(told, text_pieces(old, new))) == (before, after)


@given(st.text(alphabet="甲乙丙 a1.%", max_size=20), st.text(alphabet="甲乙丙 a1.%", max_size=20))
def test_pieces_of_a_text_make_the_text(old: str, new: str) -> None:
    before, after = text_pieces(old, new)

    assert "".join(p.text for p in before) == old
    assert "".join(p.text for p in after) == new


def test_value_is_replaced_as_a_whole() -> None:
    assert whole_pieces("1", "2") == ((Piece("1", "removed"),), (Piece("2", "added"),))
    assert whole_pieces("", "2") == ((), (Piece("2", "added"),))
    assert whole_pieces("1", "") == ((Piece("1", "removed"),), ())


def test_digits_and_doubts_and_the_printed_line_are_content() -> None:
    old = IndicatorValue(value=Decimal("58.8"), period="2023", unit="亿元", flags=["value:unclear"])
    new = IndicatorValue(value=Decimal("58.80"), period="2023", unit="亿元", source_line=7)

    found = field_changes(FIGURES, old, new, say_flag=str.upper)

    assert [(c.name, c.before, c.after) for c in found] == [
        ("value", "58.8", "58.80"),
        ("source_line", "—", "7"),
        ("flags", "VALUE:UNCLEAR", ""),
    ]


def test_choice_is_told_in_words_and_whole() -> None:
    old, new = (IndicatorValue(value=Decimal(1), scope=scope) for scope in ("whole", "own"))

    [change] = field_changes(FIGURES, old, new)

    assert [len(side) for side in (change.pieces_before, change.pieces_after)] == [1, 1]
    assert (change.before, change.after) == (
        str(Scope("whole").label),
        str(Scope("own").label),
    )


def test_row_that_only_one_state_has_differs_in_all_it_fills() -> None:
    added = field_changes(AWARDS, None, award())
    removed = field_changes(AWARDS, award(), None)

    assert [c.name for c in added] == [c.name for c in removed]
    assert {c.name for c in added} == {
        "programme",
        "award_class",
        "grade",
        "award_year",
        "title",
        "organisations",
        "people",
    }
    assert all(c.before == "" for c in added)
    assert all(c.after == "" for c in removed)


def test_same_row_has_no_change() -> None:
    assert field_changes(AWARDS, award(), award()) == ()


def test_narrative_is_compared_piece_by_piece() -> None:
    old = NarrativeSection(heading="一", text="全年科技工作稳步推进。")
    new = NarrativeSection(heading="一", text="全年科技创新工作稳步推进。")

    [change] = field_changes(record_kinds["narrative-sections"], old, new)

    assert told(change.pieces_after) == "全年科技|+创新+|工作稳步推进。"


def test_comparison_of_a_figure_reads_as_print_has_it_in_its_history_too() -> None:
    text = "比上年+8%|占全市12%"
    history = SimpleNamespace(comparison=text, pgh_tracked_model=IndicatorValue)
    assert in_words(IndicatorValue(comparison=text), "comparison") == "比上年+8%；占全市12%"
    assert in_words(history, "comparison") == "比上年+8%；占全市12%"
