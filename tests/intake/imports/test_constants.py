"""A value said for all rows of a table, set in its lines, gives what reading them again gives."""

from typing import Any

import pytest

from apps.intake.imports import constants, organisations, review, staging, twins
from apps.intake.imports.lines import AT_ONCE
from apps.intake.models import Import, ImportRow, ImportTable
from tests import factories
from tests.intake.imports.support import lines, taken
from tests.intake.imports.test_lines import OF_OTHER_KINDS, ROSTER, ROWS

pytestmark = pytest.mark.django_db

LISTS = {
    "roster-entries": ROSTER + "\n".join(ROWS) + "\n",
    **OF_OTHER_KINDS,
    "awards": (
        "序号,项目名称,完成单位,完成人\n1,海洋装备精密铸造关键技术,宁波大学,张三丰\n"
        "2,石化装置安全监测技术,,王 五五\n3,杨梅保鲜与加工技术,宁波市农科院、,钱七七\n"
    ),
}
OWN = {"id", "table_id"}
ROADS = pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("roster-entries", {"roster": "名单"}),
        ("roster-entries", {"roster": '5% "甲"\\', "year": "2021"}),
        ("roster-entries", {"roster": "名" * 301}),
        ("roster-entries", {"district": "无此区"}),
        ("roster-entries", {"district": "海曙区", "rank": "一"}),
        ("roster-entries", {"organisation": "宁波甲科技有限公司"}),
        ("awards", {"programme": "宁波市科学技术奖", "award_year": "2022", "grade": "一等奖"}),
        ("awards", {"award_year": "2022", "people": "张三丰\n李四光"}),
        ("awards", {"title": "一个项目"}),
        ("laureates", {"programme": "青年科技奖", "award_year": "二〇二二"}),
        ("policies", {"year": "2023"}),
    ],
    ids=range(11),
)


def read(kind: str) -> Import:
    """Return the list of a kind, read, with lines typed and settled by hand."""
    factories.district("haishu")
    revision = factories.open_list(kind, 0)
    intake = taken(revision, LISTS[kind].encode(), "名单.csv")
    person, first, second = factories.filler_of(revision), *lines(intake)[:2]
    assert intake.tables.get().kind == kind
    field = {"roster-entries": "district", "awards": "title"}.get(kind, "year")
    if kind in ("roster-entries", "awards", "policies"):
        review.edit(person, intake.pk, first.pk, {field: "人手所写"})
    review.settle(person, intake.pk, second.pk)
    if kind == "roster-entries":
        review.edit(person, intake.pk, lines(intake)[4].pk, {"roster": "另一名单", "year": ""})
    return intake


def as_they_stand(intake: Import) -> list[dict[str, Any]]:
    names = [each.attname for each in ImportRow._meta.concrete_fields if each.attname not in OWN]
    return [{name: getattr(line, name) for name in names} for line in lines(intake)]


def of_table(intake: Import) -> dict[str, Any]:
    table = intake.tables.get()
    found = intake.names.order_by("printed").values_list("printed", "rows", "candidates")
    names = [each.attname for each in ImportTable._meta.concrete_fields]
    return {
        **{name: getattr(table, name) for name in names if name not in ("id", "intake_id")},
        "names": list(found),
    }


def say(intake: Import, said: dict[str, str], columns: dict[int, str] | None = None) -> None:
    kind = intake.tables.get().kind
    person = factories.filler_of(intake.revision)
    review.map_columns(person, intake.pk, 1, kind, columns or {}, said)


def columns_of(intake: Import) -> dict[int, str]:
    """Return the columns as the page sends them: each of them, as it was read."""
    return {at: each["field"] for at, each in enumerate(intake.tables.get().columns)}


def never(*_given: object) -> None:
    raise AssertionError("nothing is read again here")


@ROADS
@pytest.mark.parametrize("are_named", [False, True], ids=["no-column", "every-column"])
def test_the_lines_are_what_reading_them_again_gives(kind, said, are_named, monkeypatch):
    intake, other = read(kind), read(kind)
    columns = columns_of(intake) if are_named else {}
    first = [line.pk for line in lines(intake)]

    with monkeypatch.context() as one:
        one.setattr(staging, "read_again", never)
        say(intake, said, columns)
    with monkeypatch.context() as one:
        one.setattr(constants, "may_be_set", lambda *_: False)
        say(other, said, columns)

    assert as_they_stand(intake) == as_they_stand(other)
    assert of_table(intake) == of_table(other)
    assert [line.pk for line in lines(intake)] == first != [line.pk for line in lines(other)]


def test_a_value_is_said_otherwise(monkeypatch):
    intake, other = read("roster-entries"), read("roster-entries")
    said = [{"roster": "名" * 301, "district": "无此区"}, {"roster": "名单", "district": "海曙区"}]

    with monkeypatch.context() as one:
        one.setattr(staging, "read_again", never)
        for each in said:
            say(intake, each)
    say(other, said[0])
    monkeypatch.setattr(constants, "may_be_set", lambda *_: False)
    say(other, said[1])

    assert as_they_stand(intake) == as_they_stand(other)
    assert {line.values["district"] for line in lines(intake)} == {"海曙区"}


def test_what_was_typed_is_still_undone():
    intake = read("roster-entries")
    person = factories.filler_of(intake.revision)

    say(intake, {"roster": "名单"})
    review.undo(person, intake.pk)

    fifth = lines(intake)[4]
    assert (fifth.edits, fifth.result["roster"]) == ({}, "名单")


def read_again(monkeypatch) -> list[ImportTable]:
    found: list[ImportTable] = []
    again = staging.read_again

    def seen(table: ImportTable) -> None:
        found.append(table)
        again(table)

    monkeypatch.setattr(staging, "read_again", seen)
    return found


def test_a_value_taken_back_shows_what_the_cells_say(monkeypatch):
    intake = read("roster-entries")
    before = [line.values for line in lines(intake)]
    seen = read_again(monkeypatch)

    say(intake, {"year": "2020", "roster": "名单"})
    say(intake, {})

    assert [line.values for line in lines(intake)] == before
    assert len(seen) == 1


def test_lines_are_read_again_where_anything_else_is_new(monkeypatch):
    seen = read_again(monkeypatch)
    intake = read("roster-entries")
    columns = columns_of(intake)

    say(intake, {"roster": "名单"}, {**columns, 5: "title"})
    assert len(seen) == 1
    # As it was said before.
    say(intake, {"roster": "另一名单"}, {**columns, 5: "title"})
    assert len(seen) == 1
    # Not named, a column is what it is taken for.
    say(intake, {"roster": "名单"}, {})
    assert len(seen) == 2


@pytest.mark.parametrize("is_put_back", [False, True], ids=["set-aside", "put-back"])
def test_lines_are_read_again_where_some_are_no_rows_any_more(is_put_back, monkeypatch):
    seen = read_again(monkeypatch)
    intake = read("roster-entries")
    person, line = factories.filler_of(intake.revision), lines(intake)[0]
    review.set_aside(person, intake.pk, line.pk)
    if is_put_back:
        review.put_back(person, intake.pk, line.pk)

    say(intake, {"roster": "名单"})

    assert len(seen) == 1


def test_a_kind_judged_as_a_whole_is_read_again(monkeypatch):
    seen = read_again(monkeypatch)
    factories.indicator("rnd", name="研发经费")
    factories.district("beilun")
    intake = taken(
        factories.open_list("district-returns", 0), LISTS["indicator-values"].encode(), "表.csv"
    )

    say(intake, {"unit": "亿元"})

    assert len(seen) == 1


def test_a_table_put_right_is_read_again_where_columns_are_named(monkeypatch):
    seen = read_again(monkeypatch)
    intake = read("roster-entries")
    table = intake.tables.get()
    table.frame["is_steady"] = False
    table.save()

    say(intake, {"roster": "名单"}, columns_of(intake))

    assert len(seen) == 1


@pytest.mark.parametrize(
    ("said", "looks"),
    [
        ({"roster": "名单"}, False),
        ({"organisation": "宁波甲公司"}, True),
        ({"credit_code": "1"}, True),
    ],
    ids=["roster", "organisation", "credit-code"],
)
def test_names_are_compared_again_where_some_are_new(said, looks, monkeypatch):
    intake = read("roster-entries")
    found: list[object] = []
    monkeypatch.setattr(organisations, "look", found.append)
    monkeypatch.setattr(twins, "look", found.append)

    say(intake, said)

    assert bool(found) is looks


def test_names_of_a_table_that_was_not_taken_are_compared(monkeypatch):
    intake = read("roster-entries")
    person = factories.filler_of(intake.revision)
    review.choose(person, intake.pk, 1, False)
    found: list[object] = []
    monkeypatch.setattr(organisations, "look", found.append)

    say(intake, {"roster": "名单"})

    assert found


def test_the_title_of_a_project_is_what_its_twin_is_found_by():
    assert constants.name_somebody("awards", ["title"])
    assert constants.name_somebody("awards", ["award_class", "programme"])
    assert not constants.name_somebody("awards", ["award_year"])


def test_a_long_list_takes_as_many_questions_as_a_short_one(django_assert_max_num_queries):
    rows = "".join(f"{n},2019,宁波甲{n}科技有限公司,海曙区,GR{n:09},\n" for n in range(AT_ONCE + 5))
    factories.district("haishu")
    intake = taken(factories.open_list("roster-entries", 0), (ROSTER + rows).encode(), "a.csv")

    with django_assert_max_num_queries(30):
        say(intake, {"roster": "名单"})

    assert {line.values["roster"] for line in lines(intake)} == {"名单"}
    assert not any(line.is_faulty or line.is_doubtful for line in lines(intake))
