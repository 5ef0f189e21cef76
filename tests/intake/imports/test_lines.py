"""Lines written at a glance are the lines that a close look gives."""

import itertools
import weakref

import pytest

from apps.cases.domain.shapes import shape_of
from apps.intake.finding import find_tables
from apps.intake.grid import Table
from apps.intake.imports import copying, organisations, staging
from apps.intake.imports.glance import says_nothing
from apps.intake.imports.lines import LineReader
from apps.intake.imports.starting import take_in
from apps.intake.models import ImportTable
from apps.intake.readers.text import read_text
from tests import factories
from tests.intake.imports.support import taken

ROSTER = "序号,年度,企业名称,所属区县,证书编号,备注\n"
PLAIN = ["1,2019,宁波甲科技有限公司,海曙区,GR201933100001,"]
ROWS = [
    *PLAIN,
    "2,2019,宁波乙科技有限公司,海曙区,GR201933100002,",
    "3,2020,宁波甲科技有限公司,,GR201933100003,",
    "4,2020,宁波乙科技有限公司,海曙区,,",
    ",2020,宁波丙科技有限公司,海曙区,GR201933100005,",
    "6,,宁波丙科技有限公司,海曙区,GR201933100006,",
    "7,2020,,海曙区,GR201933100007,",
    "8,二〇二〇年,宁波丙科技有限公司,海曙区,GR201933100008,",
    "9,2020,宁波丙科技有限公司,无此区,GR201933100009,",
    "99999999999,2020,宁波丙科技有限公司,海曙区,GR201933100010,",
    '11,2020,"宁波丁""科技""有限公司",海曙区,GR201933100011,',
    "12,2020,宁波\\丁科技有限公司,海曙区,GR201933100012,",
    "13,2020,宁波丁公司、宁波戊公司,海曙区,GR201933100013,100% of it",
    "14,2020,宁波 丁科技有限公司,海曙区,GR2019,%s",
    "15,2020,宁波\ufffd科技有限公司,海曙区,GR201933100015,",
    f"16,2020,{'甲' * 201},海曙区,GR201933100016,",
    "17,2020,宁波丁科技有限公司,海曙区,9.13E+17,",
    "18,2021,宁波己科技有限公司,海曙区,GR201933100018,",
]


def stored_as(kind: str, text: str, constants: dict[str, str]) -> tuple[ImportTable, Table]:
    factories.district("haishu")
    revision = factories.open_list("roster-entries", 0)
    intake = take_in(factories.filler_of(revision), revision, "a.csv", b"a", is_queued=False)
    (table,) = find_tables(read_text(text))
    stored = ImportTable.objects.create(
        intake=intake,
        number=1,
        kind=kind,
        title=table.title,
        corrections={"constants": constants},
        frame={"header": table.header, "above": table.above, "merged": [], "places": []},
    )
    return stored, table


def by_one(stored: ImportTable, table: Table) -> list[str]:
    reading = staging.taken(stored, table)
    assert reading is not None
    reader = LineReader(stored, reading)
    rows = zip(itertools.count(10, 10), table.rows, reading.table.rows, strict=False)
    return [reader.line(position, row, moved, 0).text() for position, row, moved in rows]


@pytest.mark.parametrize(
    "constants",
    [{}, {"roster": "名单"}, {"roster": '5% "甲"\\'}, {"roster": "名单", "district": "海曙区"}],
    ids=["nothing-said", "roster-said", "with-signs", "over-a-column"],
)
def test_a_roster_line_by_line(db, constants):
    stored, table = stored_as("roster-entries", ROSTER + "\n".join(ROWS), constants)

    at_a_glance = [text for piece in staging.lines_of(stored, table) for text in piece]

    assert at_a_glance == by_one(stored, table)
    copying.write(at_a_glance)
    assert stored.rows.count() == len(ROWS)


OF_OTHER_KINDS = {
    "awards": "序号,奖项类别,项目名称,完成单位\n1,一等奖,海洋装备精密铸造关键技术,宁波大学\n2,,石化装置安全监测技术,\n",
    "laureates": "序号,姓名,工作单位\n1,张三丰,宁波大学\n2,李 四,宁波工程学院\n3,王五五,\n",
    "policies": "序号,文件名称,文号\n1,《科技创新条例》,甬政〔2023〕1号\n2,若干意见,\n",
    "events": "日期,事件\n2023-05-01,召开大会\n5月2日,举办展览\n2023-05-03,\n",
    "certifications": "序号,平台名称,依托单位\n1,智能制造重点实验室,宁波大学\n2,新材料研究院,\n",
    "indicator-values": "指标,单位,2023年\n研发经费,亿元,12.5\n高企数,家,—\n",
}


@pytest.mark.parametrize("kind", OF_OTHER_KINDS)
def test_a_list_of_another_kind_line_by_line(db, kind):
    stored, table = stored_as(kind, OF_OTHER_KINDS[kind], {})

    at_a_glance = [text for piece in staging.lines_of(stored, table) for text in piece]

    assert at_a_glance == by_one(stored, table)


def test_own_ids_are_read_closely(db):
    text = "id,年度,企业名称\nABC,2019,宁波甲科技有限公司\n,2020,宁波乙科技有限公司\n"
    stored, table = stored_as("roster-entries", text, {})

    at_a_glance = [text for piece in staging.lines_of(stored, table) for text in piece]

    assert at_a_glance == by_one(stored, table)
    assert '"id":"abc"' in at_a_glance[0]


def test_of_many_plain_rows_few_are_looked_at_closely(db, monkeypatch):
    plain = (f"{n},2019,宁波甲{n}科技有限公司,海曙区,GR{n:09},\n" for n in range(1, 101))
    stored, table = stored_as("roster-entries", ROSTER + "".join(plain), {})
    closely: list[int] = []
    line = LineReader.line

    def seen(self, position, *rest):
        closely.append(position)
        return line(self, position, *rest)

    monkeypatch.setattr(LineReader, "line", seen)
    texts = [text for piece in staging.lines_of(stored, table) for text in piece]

    assert (len(texts), closely) == (100, [10])


def test_what_was_typed_and_settled_stays_with_its_line(db):
    stored, table = stored_as("roster-entries", ROSTER + "\n".join(ROWS[:3]), {})
    for piece in staging.lines_of(stored, table):
        copying.write(piece)
    typed, settled, _other = stored.rows.all()
    typed.edits = {"organisation": "宁波丙科技有限公司"}
    typed.save()
    settled.settled = ["roster"]
    settled.save()

    staging.read_again(stored)

    assert [(line.edits, line.settled) for line in stored.rows.all()] == [
        ({"organisation": "宁波丙科技有限公司"}, []),
        ({}, ["roster"]),
        ({}, []),
    ]


def test_a_blank_cell_of_a_figure_says_something():
    assert says_nothing("roster-entries", "rank", "")
    assert not says_nothing("indicator-values", "value", "")


def test_no_table_is_kept_when_its_lines_are_stored(db, monkeypatch):
    tables: list[weakref.ref[Table]] = []
    held: list[bool] = []
    found = staging.tables_of

    def noted(blocks):
        every = found(blocks)
        tables.extend(weakref.ref(table) for table in every)
        return every

    monkeypatch.setattr(staging, "tables_of", noted)
    monkeypatch.setattr(
        organisations, "look", lambda _intake: held.extend(each() is not None for each in tables)
    )
    shape_of.cache_clear()
    factories.district("haishu")

    taken(factories.open_list("roster-entries", 0), (ROSTER + ROWS[0]).encode(), "a.csv")

    assert held == [False]
