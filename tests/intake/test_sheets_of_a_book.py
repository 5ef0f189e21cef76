"""What a workbook's sheets are called by says what their rows are of; headers with counted columns."""

from apps.intake.candidates import candidates
from apps.intake.grid import Grid, Place, Row, Span


def sheet(name, *rows, spans=()):
    place = Place("xlsx", table=1, sheet=name)
    return Grid(
        tuple(Row(at, cells, place=place) for at, cells in enumerate(rows, 1)), tuple(spans)
    )


def test_a_sheet_for_each_year_is_a_table_of_its_own():
    header, rows = (
        ("区县", "高企数（家）", "研发经费（亿元）"),
        (("东山区", "8", "1.5"), ("南江区", "9", "2")),
    )

    first, second = candidates([sheet("2021年", header, *rows), sheet("2022年", header, *rows)])

    assert {record.values["period"] for record in first.records} == {"2021"}
    assert {record.values["period"] for record in second.records} == {"2022"}
    assert ("period", "from-context") in first.records[0].doubts


def test_a_sheet_for_each_district_says_the_district():
    header = ("序号", "企业名称", "认定年度")
    found = candidates(
        [
            sheet("东山区", header, ("1", "东海科技有限公司", "2022")),
            sheet("南江区", header, ("2", "南海科技有限公司", "2022")),
        ]
    )

    assert [one.records[0].values["district"] for one in found] == ["东山区", "南江区"]
    assert ("district", "from-context") in found[0].records[0].doubts


def test_sheets_of_any_name_go_on():
    header = ("序号", "企业名称", "认定年度")
    (one,) = candidates(
        [
            sheet("Sheet1", header, ("1", "东海科技有限公司", "2022")),
            sheet("Sheet2", header, ("2", "南海科技有限公司", "2022")),
        ]
    )

    assert len(one.records) == 2
    assert one.records[0].values["district"] == ""


def test_columns_counted_below_a_header_are_a_level_of_it():
    spans = [Span(0, at, 2, 1) for at in (0, 1)] + [Span(0, 2, 1, 2)]
    rows = (
        ("项目名称", "完成单位", "完成人", ""),
        ("", "", "1", "2"),
        ("甲技术研究", "东山大学", "李东", "王晓"),
    )
    grid = sheet("名单", *rows, spans=spans)

    (one,) = candidates([grid])

    assert [record.values["title"] for record in one.records] == ["甲技术研究"]
    assert one.records[0].values["people"] == ["李东", "王晓"]
