"""The printed lists of the Ningbo 2023 pack: nothing lost, nothing moved.

The literals below hold the committed rows, with or without the printed report at hand; they
change only together with rows that were read by eye. Where the report is at hand (beside the
repository, in ``shared/seed``), the reader must give the same rows again from its text.
"""

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from apps.intake.cells import split_people
from apps.intake.days import read_days
from apps.intake.lists import COLUMNS
from apps.intake.packs import digest, pack_lists, read_csv, reread

ROOT = Path(__file__).resolve().parents[2]
PACK = ROOT / "data" / "ningbo-2023"
REPORT = ROOT.parent / "shared" / "seed" / "ningbo-2023-report.txt"
LISTS = {wanted.file: wanted for wanted in pack_lists(PACK)}
PRINTED = [wanted.file for wanted in LISTS.values() if wanted.reading]

needs_report = pytest.mark.skipif(
    not REPORT.exists(), reason="the printed report is not at hand; rows are held by their digests"
)

ROWS_AND_DIGESTS = {
    "awards/zhejiang-2022.csv": (
        27,
        "e039d559788d1b9b519682280b47f0ff3b76744ec33a58b968d2e3274f9ae6ae",
    ),
    "awards/ningbo-2022.csv": (
        79,
        "7751c6714d77c84436e38c59edfee13146f99c2e42d77e67e979d2f428009479",
    ),
    "laureates/ningbo-youth-2022.csv": (
        9,
        "df2d6d0c2ec28e4de59f983a3fbe92eb758db1a62ca5e9e4a96721345dbd9698",
    ),
    "certifications/new-rd-institutions.csv": (
        23,
        "916a9283c8eb44d3970a2b853f8a23aa8d96d4bfa8c9cf51ab2254d0dc2581dd",
    ),
    "certifications/incubators-national-2023.csv": (
        3,
        "73116f884f7145b70febacbc1e6bb697638455f1502d41a312c9a415363e1ec1",
    ),
    "certifications/incubators-provincial-2023.csv": (
        2,
        "6eba7d6415796cb67d3426771316c1f60cbfe88b4da0614d26deb2f69341bc61",
    ),
    "certifications/makerspaces-provincial-2023.csv": (
        10,
        "5be8c1dceadfc14a50dccdf7aa12e85b8f34ba137fbac682b0cd0ffb4775b5b4",
    ),
    "certifications/named-in-text.csv": (
        67,
        "1fa8675c0589c869f3ef8a1e93f346be3258fa4408124f4d0dfcb27f9e68302b",
    ),
    "rosters/leading-enterprises-2023.csv": (
        6,
        "3c5f1561cb17ca73311487df7e1afe1070fdf43c8e28b4f4d406851ef6c4f139",
    ),
    "rosters/little-giants-2023.csv": (
        22,
        "6b01b43c521087f2dbac5f36855c4bb8c89870786d6be4ba1d27ae0f2a451962",
    ),
    "rosters/rd-investment-top50-2023.csv": (
        50,
        "bf95e5382a3f8d1a7ea27cd34b3fada26572f667767e7a29d134c7c6a8ede75e",
    ),
    "rosters/low-carbon-cases-2023.csv": (
        10,
        "f7f950da970d82029f45d34dcef9ab5650b48610acefd8d6f77bb5824025a081",
    ),
    "policies/2023.csv": (
        23,
        "b67581ca014032798fa4072460fc840fa7bfbd05332bdd6eeddc2f90057bc2bc",
    ),
    "events/2023.csv": (
        50,
        "5d17b7669468a1775ae471d7ee88dc228efc5b454e3405d0bd11f4aa338e2e95",
    ),
}

DISTRICTS = [
    "海曙区",
    "江北区",
    "北仑区",
    "镇海区",
    "鄞州区",
    "奉化区",
    "象山县",
    "宁海县",
    "余姚市",
    "慈溪市",
    "宁波高新区",
    "宁波前湾新区",
]


def rows_of(file):
    return read_csv(PACK / file)


def all_rows():
    return [(file, row) for file in LISTS for row in rows_of(file)]


def names_in(text):
    return text.split("|") if text else []


def report_lines():
    return ["", *REPORT.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("file", ROWS_AND_DIGESTS)
def test_list_holds_the_rows_that_were_read_by_eye(file):
    rows = rows_of(file)

    assert (len(rows), digest(rows)) == ROWS_AND_DIGESTS[file]


@needs_report
@pytest.mark.parametrize("file", PRINTED)
def test_printed_list_is_what_the_reader_gives_from_the_report(file):
    text = REPORT.read_text(encoding="utf-8")

    assert rows_of(file) == reread(PACK, LISTS[file], text)


def test_every_list_is_declared_and_held():
    found = {path.relative_to(PACK).as_posix() for path in PACK.glob("*/*.csv")}
    others = {file for file in found if file.startswith(("figures/", "returns/"))}

    assert found - others == set(LISTS) == set(ROWS_AND_DIGESTS)


@pytest.mark.parametrize("file", ROWS_AND_DIGESTS)
def test_pack_declares_rows_lines_and_columns_of_each_list(file):
    rows = rows_of(file)
    first, last = map(int, LISTS[file].lines.split("-"))
    lines = [int(row["source_line"]) for row in rows]

    assert tuple(rows[0]) == COLUMNS[LISTS[file].kind]
    assert LISTS[file].rows == len(rows)
    assert first <= min(lines)
    assert last >= max(lines)
    if LISTS[file].reading:
        assert (first, last) == (min(lines), max(lines))


def test_awards_have_every_grade_as_often_as_printed():
    grades = {
        file: Counter((row["award_class"], row["grade"]) for row in rows_of(f"awards/{file}.csv"))
        for file in ("zhejiang-2022", "ningbo-2022")
    }

    assert grades == {
        "zhejiang-2022": {
            ("技术发明奖", "一等奖"): 1,
            ("技术发明奖", "三等奖"): 1,
            ("自然科学奖", "二等奖"): 2,
            ("自然科学奖", "三等奖"): 2,
            ("科学技术进步奖", "一等奖"): 3,
            ("科学技术进步奖", "二等奖"): 6,
            ("科学技术进步奖", "三等奖"): 12,
        },
        "ningbo-2022": {
            ("科学技术进步奖", "一等奖"): 8,
            ("科学技术进步奖", "二等奖"): 20,
            ("科学技术进步奖", "三等奖"): 51,
        },
    }


@pytest.mark.parametrize("file", ["awards/zhejiang-2022.csv", "awards/ningbo-2022.csv"])
def test_awards_hold_whole_names_only(file):
    for row in rows_of(file):
        people, organisations = names_in(row["people"]), names_in(row["organisations"])

        assert 4 <= len(people) <= 13, row
        assert 1 <= len(organisations) <= 9, row
        assert all(re.fullmatch(r"[\u4e00-\u9fff]{2,4}|.*[A-Za-z].*", name) for name in people), row
        assert not any(re.search(r"[、，,；;\s]", name) for name in organisations), row
        assert all(len(name) > 3 for name in organisations), row


@needs_report
@pytest.mark.parametrize("file", ["awards/zhejiang-2022.csv", "awards/ningbo-2022.csv"])
def test_awards_have_each_printed_person_once_and_in_place(file):
    lines = report_lines()
    for row in rows_of(file):
        *_, people = lines[int(row["source_line"])].rstrip("\t").split("\t")

        assert names_in(row["people"]) == split_people(people)


@needs_report
def test_awards_take_every_row_of_the_two_appendices():
    lines = report_lines()
    printed = [
        number
        for number in range(lines.index("附录1:"), len(lines))
        if lines[number].count("\t") == 3 and "项目名称" not in lines[number]
    ]
    taken = [
        int(row["source_line"])
        for file in ("zhejiang-2022", "ningbo-2022")
        for row in rows_of(f"awards/{file}.csv")
    ]

    assert taken == printed


def test_rosters_are_numbered_without_a_gap():
    for file in (file for file in LISTS if file.startswith("rosters/")):
        rows = rows_of(file)

        assert [int(row["rank"]) for row in rows] == list(range(1, len(rows) + 1))


def test_districts_are_written_in_full():
    named = {row["district"] for _, row in all_rows() if row.get("district")}

    assert named <= set(DISTRICTS)


def test_events_run_in_order_of_time_within_the_year():
    days = [
        (date.fromisoformat(row["date_from"]), date.fromisoformat(row["date_to"]))
        for row in rows_of("events/2023.csv")
    ]

    assert days == sorted(days)
    assert all(first <= last for first, last in days)
    assert {first.year for first, _ in days} == {last.year for _, last in days} == {2023}


@needs_report
def test_events_take_every_dated_line_of_the_chronicle():
    lines = report_lines()
    start, end = lines.index("# 大事记"), lines.index("附录1:")
    printed = {
        str(number): tuple(day.isoformat() for day in found[:2])
        for number in range(start, end)
        if (found := read_days(lines[number], 2023))
    }

    assert printed == {
        row["source_line"]: (row["date_from"], row["date_to"]) for row in rows_of("events/2023.csv")
    }


@needs_report
def test_events_are_told_in_words_of_our_own():
    lines = report_lines()

    for row in rows_of("events/2023.csv"):
        assert row["title"] + "。" not in lines[int(row["source_line"])]
        assert 10 <= len(row["title"]) <= 30


@needs_report
def test_certifications_named_in_text_stand_on_their_line():
    lines = report_lines()
    report = "\n".join(lines)

    for row in rows_of("certifications/named-in-text.csv"):
        line = lines[int(row["source_line"])]
        flags = row["flags"].split("|")
        assert row["platform"] in line or "platform:bearer-understood" in flags, row
        assert all(host in report for host in names_in(row["hosts"])), row
        if not any(flag.startswith("hosts:") for flag in flags):
            assert all(host in line for host in names_in(row["hosts"])), row


def test_certifications_named_in_text_stand_there_once():
    keys = Counter(
        (row["platform"], row["type"]) for row in rows_of("certifications/named-in-text.csv")
    )

    assert [key for key, times in keys.items() if times > 1] == []


def test_every_flag_names_a_column_and_is_explained():
    readme = (PACK / "README.md").read_text(encoding="utf-8")
    for file, row in all_rows():
        for flag in names_in(row["flags"]):
            field, code = flag.split(":")
            assert field in COLUMNS[LISTS[file].kind], (file, flag)
            assert f"`{code}`" in readme, (file, flag)
