"""Lines on their way into the table: what PostgreSQL reads is what was read; what fits is known."""

import json

import pytest

from apps.cases.kinds import record_kinds
from apps.intake.imports import copying
from apps.intake.imports.copying import NewLine
from apps.intake.imports.starting import take_in
from apps.intake.imports.values import MOST_KNOWN, Typist
from apps.intake.models import ImportRow, ImportTable
from tests import factories

TEXTS = [
    "宁波甲公司",
    "",
    'quote " and \\ backslash',
    "tab\there",
    "line\nbreak\r",
    "{1,2}",
    "NULL",
    "\\N",
    "\x01",
    "，、“”",
]


@pytest.fixture
def table(db):
    revision = factories.open_list("roster-entries", 0)
    intake = take_in(factories.filler_of(revision), revision, "a.csv", b"a", is_queued=False)
    return ImportTable.objects.create(intake=intake, number=1, kind="roster-entries")


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_any_text_comes_back_as_it_was(table, text):
    given = NewLine(
        table_id=table.pk,
        position=10,
        line=3,
        cells=["1", text],
        place=1,
        offset=-1,
        shift=2,
        marks=[(1, text)],
        values={"organisation": text, "title": text},
        edits={"organisation": [text, "乙"]},
        doubts=[["title", text]],
        settled=[text],
        is_doubtful=True,
        aside="total",
    )
    copying.store([given, NewLine(table.pk, 20, 4, [], is_faulty=True)])

    stored, bare = ImportRow.objects.order_by("position")
    for name in copying.NAMES:
        expected = getattr(given, name)
        assert getattr(stored, name) == (
            json.loads(json.dumps(expected)) if name == "marks" else expected
        )
    assert (bare.cells, bare.marks, bare.values, bare.doubts, bare.settled) == ([], [], {}, [], [])
    assert (bare.is_doubtful, bare.is_faulty, bare.aside) == (False, True, "")


def test_every_column_is_written():
    stored = {each.attname for each in ImportRow._meta.concrete_fields} - {"id"}
    assert set(copying.NAMES) == stored


GOOD = {"roster": "名单", "year": "2019", "organisation": "宁波甲公司"}
READ = [
    GOOD,
    {**GOOD, "id": "no-field-of-the-kind"},
    {**GOOD, "rank": "12", "district": "海曙区"},
    {**GOOD, "rank": "十二"},
    {**GOOD, "rank": "99999999999"},
    {**GOOD, "year": "二〇一九"},
    {**GOOD, "year": ""},
    {**GOOD, "organisation": "甲" * 201},
    {**GOOD, "organisation": " "},
    {**GOOD, "organisation": ["甲"]},
    {**GOOD, "district": "无此区"},
    {**GOOD, "credit_code": "9" * 19},
    {"roster": "名单", "year": "2019"},
    {},
]


@pytest.mark.parametrize("read", READ, ids=range(len(READ)))
def test_a_row_is_faulty_where_anything_is_wrong_with_it(db, read):
    factories.district("haishu")
    revision = factories.open_list("roster-entries", 0)
    typist = Typist(record_kinds["roster-entries"], revision)

    assert typist.is_faulty(read) == bool(typist.faults(read))
    # Known from before, it is the same.
    assert typist.is_faulty(read) == bool(typist.faults(read))


@pytest.mark.parametrize("kind", ["awards", "indicator-values", "policies", "events", "laureates"])
def test_a_row_of_any_kind_that_says_nothing_is_judged_alike(db, kind):
    typist = Typist(record_kinds[kind], factories.open_list("roster-entries", 0))

    for read in ({}, {"title": "甲"}, {"title": "甲", "organisations": ["乙", ""], "people": []}):
        assert typist.is_faulty(read) == bool(typist.faults(read))


def test_what_is_remembered_of_a_field_is_bounded(db):
    typist = Typist(record_kinds["roster-entries"], factories.open_list("roster-entries", 0))

    for number in range(MOST_KNOWN + 10):
        assert not typist.is_faulty({**GOOD, "rank": f"{number}"})

    assert len(typist.judged["rank"]) == MOST_KNOWN
