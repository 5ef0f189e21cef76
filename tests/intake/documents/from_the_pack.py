"""Truths out of the data pack: the lists of the printed report."""

import csv
from pathlib import Path

from tests.intake.documents.truth import Truth, numbered

PACK = Path(__file__).resolve().parents[3] / "data" / "ningbo-2023"
LISTS = ("organisations", "people", "hosts")


def pack_rows(file: str, limit: int | None = None) -> list[dict]:
    """Rows of the data pack, lists as lists."""
    with (PACK / file).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))[:limit]
    return [
        {
            name: value.split("|") if name in LISTS and value else [] if name in LISTS else value
            for name, value in row.items()
            if name not in ("source_line", "flags")
        }
        for row in rows
    ]


AWARD_COLUMNS = (
    ("奖励类别", "category"),
    ("项目名称", "title"),
    ("主要完成单位", "organisations"),
    ("主要完成人员", "people"),
)


def category(row: dict) -> str:
    """Class and grade in one cell, as the report prints them."""
    short = {
        "科学技术进步奖": "科学技术进步",
        "技术发明奖": "省技术发明",
        "自然科学奖": "省自然科学",
    }
    return short[row["award_class"]] + row["grade"]


def awards(rows: int | None = None) -> Truth:
    """The city's prize-winning projects."""
    found = [
        {**row, "category": category(row)} for row in pack_rows("awards/ningbo-2022.csv", rows)
    ]
    return Truth(
        "awards",
        "2022年度宁波市科学技术进步奖获奖项目名单",
        AWARD_COLUMNS,
        tuple(found),
        grouped="category",
    )


def provincial(rows: int | None = None) -> Truth:
    """The provincial prizes led from the city, three classes of them."""
    found = [
        {**row, "category": category(row)} for row in pack_rows("awards/zhejiang-2022.csv", rows)
    ]
    return Truth(
        "awards",
        "宁波企事业单位牵头获2022年度浙江省科学技术奖项目汇总表",
        AWARD_COLUMNS,
        tuple(found),
        grouped="category",
    )


def laureates() -> Truth:
    """Young laureates."""
    columns = (
        ("序号", "number"),
        ("姓名", "name"),
        ("工作单位", "employer"),
        ("提名单位", "nominator"),
    )
    return Truth(
        "laureates",
        "2022年度宁波市青年科技创新奖获奖人员名单",
        columns,
        tuple(numbered(pack_rows("laureates/ningbo-youth-2022.csv"))),
    )


def firms() -> Truth:
    """A roster with districts."""
    columns = (("序号", "rank"), ("企业名称", "organisation"), ("所属区（县、市）", "district"))
    return Truth(
        "roster-entries",
        "2023年度浙江省科技小巨人企业认定名单（宁波）",
        columns,
        tuple(pack_rows("rosters/little-giants-2023.csv")),
    )


def top50() -> Truth:
    """A roster of names alone."""
    columns = (("序号", "rank"), ("集团（企业）名称", "organisation"))
    return Truth(
        "roster-entries",
        "2023年度宁波市企业研发投入50强榜单",
        columns,
        tuple(pack_rows("rosters/rd-investment-top50-2023.csv")),
    )


def institutions() -> Truth:
    """Certified institutions with their years."""
    columns = (("序号", "number"), ("机构名称", "platform"), ("认定时间", "year"))
    return Truth(
        "certifications",
        "宁波市省级新型研发机构名单",
        columns,
        tuple(numbered(pack_rows("certifications/new-rd-institutions.csv"))),
    )


def makerspaces() -> Truth:
    """Recognised makerspaces with their hosts."""
    columns = (("序号", "number"), ("众创空间名称", "platform"), ("依托机构名称", "hosts"))
    return Truth(
        "certifications",
        "2023年宁波市新增省级众创空间",
        columns,
        tuple(numbered(pack_rows("certifications/makerspaces-provincial-2023.csv"))),
    )


def policies() -> Truth:
    """Policies under merged categories."""
    rows = [
        {**row, "printed": f"《{row['title']}》" + (f"（{row['note']}）" if row["note"] else "")}
        for row in pack_rows("policies/2023.csv")
    ]
    columns = (("序号", "number"), ("政策名称", "printed"), ("分类", "category"))
    return Truth(
        "policies",
        "2023年宁波市科技政策制（修）订情况",
        columns,
        tuple(numbered(rows)),
        grouped="category",
    )
