"""References, marks, the count of characters and the versions of a narrative, each by itself."""

import datetime as dt
from types import SimpleNamespace

import pytest

from apps.cases.models import State
from apps.districts.narrative import references as refs
from apps.districts.narrative.versions import ADDED, KEPT, REMOVED, Piece, difference, versions_of
from apps.districts.narrative.words import word_count
from tests import factories as f


def _references(*rows):
    revision = f.open_return(rows=rows or [f.figure_values(qualifier="超")])
    return refs.References.of_revision(revision)


@pytest.mark.django_db
def test_reference_reads_as_value_unit_and_qualifier():
    references = _references()

    assert references.token(references.rows[0]) == "{{indicator-1}}"
    assert references.told("研发经费{{indicator-1}}。") == "研发经费超13.50亿元。"
    assert references.told("研发经费{{ indicator-1 }}。") == "研发经费超13.50亿元。"


@pytest.mark.django_db
def test_figure_of_a_body_or_another_period_is_told_by_its_permanent_id():
    rows = [
        f.figure_values(subject="甲", value="2"),
        f.figure_values(period="2022", value="3"),
        f.figure_values(status="forecast", value="4"),
        f.figure_values(unit="万元", value="5"),
        f.figure_values(value="6"),
        f.figure_values(value="7"),
    ]
    references = _references(*rows)

    tokens = [references.token(row) for row in references.rows]

    assert tokens[4] == "{{indicator-1}}"
    assert all("@" in token for token in [*tokens[:4], tokens[5]])
    assert [references.told(token) for token in tokens] == [
        "2亿元",
        "3亿元",
        "4亿元",
        "5万元",
        "6亿元",
        "7亿元",
    ]


@pytest.mark.django_db
def test_what_refers_to_nothing_stays_as_typed_and_a_mark_reads_as_its_number():
    references = _references()

    assert references.told("{{none}}、{{indicator-1@00000000}}、{{=32家}}") == (
        "{{none}}、{{indicator-1@00000000}}、32家"
    )
    assert references.told("没有引用") == "没有引用"


@pytest.mark.django_db
def test_reference_follows_the_figure_while_it_is_written_and_is_frozen_with_its_revision():
    revision = f.open_return()
    section = f.records_of(revision, "narrative-sections")[0]
    type(section).objects.filter(pk=section.pk).update(text="经费{{indicator-1}}")

    def told(of):
        return f.records_of(of, "narrative-sections")[0].told

    assert told(revision) == "经费13.50亿元"
    revision = f.change_first_row(revision, value="20.00")
    assert told(revision) == "经费20.00亿元"
    published = f.advance(revision, State.PUBLISHED)
    correction = f.change_first_row(f.successor_of(published), value="21.00")
    assert (told(f.fresh(published)), told(correction)) == ("经费20.00亿元", "经费21.00亿元")


def test_insert_takes_the_marked_place_else_the_end():
    assert refs.insert("甲{{}}乙", "{{a}}") == "甲{{a}}乙"
    assert refs.insert("甲乙", "{{a}}") == "甲乙{{a}}"


def test_mark_and_its_undoing():
    marked = refs.mark("另有32家。", 2, "32家")

    assert marked == "另有{{=32家}}。"
    assert refs.unmark(marked, 2, "32家") == "另有32家。"


@pytest.mark.parametrize(("start", "number"), [(1, "32家"), (2, "33家"), (2, "")])
def test_number_that_moved_is_not_marked(start, number):
    with pytest.raises(ValueError):  # noqa: PT011 - it says the number, which may be nothing
        refs.mark("另有32家。", start, number)


@pytest.mark.parametrize("text", ["另有32家。", "另有{{=33家}}。", "另有{{firms}}。"])
def test_mark_that_is_not_there_is_not_undone(text):
    with pytest.raises(ValueError, match="32家"):
        refs.unmark(text, 2, "32家")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        (" \n ", 0),
        ("全区科技工作。", 7),
        ("“科技创新鼎”", 7),
        ("增长12.5%", 3),
        ("R&D经费 104.2 亿元", 6),
        ("第１批", 3),
        ("two words", 2),
        ("甲—乙…", 4),
    ],
)
def test_characters_are_counted_as_offices_do(text, count):
    assert word_count(text) == count


def test_difference_goes_by_characters_and_keeps_numbers_and_references_whole():
    assert difference("有效高企670家", "有效高企702家") == (
        Piece(KEPT, "有效高企"),
        Piece(REMOVED, "670"),
        Piece(ADDED, "702"),
        Piece(KEPT, "家"),
    )
    assert difference("", "全年") == (Piece(ADDED, "全年"),)
    assert difference("经费{{a}}", "经费") == (Piece(KEPT, "经费"), Piece(REMOVED, "{{a}}"))


_NOON = dt.datetime(2024, 1, 5, 12, tzinfo=dt.UTC)


def _event(text, minutes, by=1, revision=1, label="update"):
    return SimpleNamespace(
        heading="总览",
        text=text,
        updated_by_id=by,
        revision_id=revision,
        updated_at=_NOON + dt.timedelta(minutes=minutes),
        pgh_label=label,
    )


def test_saves_of_one_sitting_are_one_version():
    versions = versions_of(
        [
            _event("一", 0),
            _event("一二", 1),
            _event("一二三", 9),
            _event("一二三四", 30),
            _event("一二三四五", 31, by=2),
            _event("一二三四五", 40, by=2, revision=2),
            _event("一二三四五六", 41, by=2, revision=2),
            _event("一二三四五六", 42, by=2, revision=2, label="delete"),
        ]
    )

    assert [(v.number, v.event.text, v.is_current) for v in versions] == [
        (4, "一二三四五六", True),
        (3, "一二三四五", False),
        (2, "一二三四", False),
        (1, "一二三", False),
    ]
    assert versions[0].pieces[-1] == Piece(ADDED, "六")


def test_sittings_do_not_run_on_for_ever():
    versions = versions_of([_event("一" * n, n * 6) for n in range(1, 6)])

    assert [len(v.event.text) for v in versions] == [5, 4, 2]
