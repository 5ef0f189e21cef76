import runpy

import pytest

from apps.intake import packs
from apps.intake.lists import Reading
from apps.intake.packs import (
    PackList,
    digest,
    main,
    pack_lists,
    read_csv,
    reread,
    with_remarks,
    write_csv,
)

PACK = """
[[case]]
kind = "roster-entries"
file = "rosters/firms.csv"
subject = "名单"
lines = "3-4"
rows = 2
[case.reading]
title = "名单"
[case.reading.columns]
"序号" = "rank"
"名称" = "organisation"
[case.reading.constants]
roster = "名单"

[[case]]
kind = "events"
file = "events.csv"
subject = "大事记"
lines = "9-9"
rows = 0

[[case]]
kind = "figures"
"""
REPORT = "名单\n序号\t名称\n1\t甲公司\n2\t乙公司\n"


@pytest.fixture
def pack(tmp_path):
    (tmp_path / "pack.toml").write_text(PACK, encoding="utf-8")
    (tmp_path / "remarks.csv").write_text(
        "file,source_line,item,flag,note\nrosters/firms.csv,4,,organisation:doubtful,why\n",
        encoding="utf-8",
    )
    (tmp_path / "report.txt").write_text(REPORT, encoding="utf-8")
    return tmp_path


def test_pack_lists_leaves_out_cases_that_are_no_list(pack):
    firms, events = pack_lists(pack)

    assert firms.reading == Reading(
        "名单", {"序号": "rank", "名称": "organisation"}, constants={"roster": "名单"}
    )
    assert events == PackList("events", "events.csv", "大事记", "9-9", 0, None)


def test_main_writes_the_printed_lists_with_their_remarks(pack, capsys):
    main(pack, pack / "report.txt")

    rows = read_csv(pack / "rosters/firms.csv")
    assert [(row["rank"], row["organisation"], row["flags"]) for row in rows] == [
        ("1", "甲公司", ""),
        ("2", "乙公司", "organisation:doubtful"),
    ]
    assert capsys.readouterr().out == "rosters/firms.csv\t2\n"


def test_packs_runs_as_a_program(pack, monkeypatch):
    monkeypatch.setattr("sys.argv", ["packs", str(pack), str(pack / "report.txt")])

    runpy.run_path(packs.__file__, run_name="__main__")

    assert len(read_csv(pack / "rosters/firms.csv")) == 2


def test_write_csv_is_utf8_with_plain_line_ends(tmp_path):
    write_csv(tmp_path / "events.csv", "events", [{"source_line": "1", "title": "甲"}])

    assert (tmp_path / "events.csv").read_bytes() == (
        "source_line,date_from,date_to,title,note,flags\n1,,,甲,,\n".encode()
    )


def test_reread_refuses_a_list_that_was_no_table(pack):
    with pytest.raises(ValueError, match=r"events\.csv was not printed as a table"):
        reread(pack, pack_lists(pack)[1], REPORT)


def test_with_remarks_picks_one_of_two_rows_on_a_line_by_its_item():
    rows = [
        {"source_line": "5", "organisation": "甲公司", "flags": "rank:odd"},
        {"source_line": "5", "organisation": "乙公司", "flags": ""},
    ]
    remark = {"source_line": "5", "item": "甲公司", "flag": "organisation:doubtful"}

    assert [row["flags"] for row in with_remarks(rows, [remark])] == [
        "rank:odd|organisation:doubtful",
        "",
    ]


def test_with_remarks_without_a_line_is_about_every_row():
    rows = [{"source_line": "5", "flags": ""}, {"source_line": "6", "flags": ""}]
    remark = {"source_line": "", "item": "", "flag": "status:inferred"}

    assert [row["flags"] for row in with_remarks(rows, [remark])] == ["status:inferred"] * 2


def test_with_remarks_refuses_a_remark_that_meets_no_row():
    with pytest.raises(LookupError, match="no row for the remark"):
        with_remarks([], [{"source_line": "5", "item": "", "flag": "x"}])


def test_digest_changes_when_rows_change_places():
    rows = [{"a": "1"}, {"a": "2"}]

    assert digest(rows) != digest(rows[::-1])
    assert digest(rows) == digest([dict(row) for row in rows])
