"""Headers of PDF tables without lines whose cells stand on several lines, and tables that go on."""

import pytest

from apps.intake.candidates import candidates
from apps.intake.grid import Grid
from apps.intake.readers import read_blocks
from tests.intake.documents import Matrix, as_pdf

HEADER = ["序号", "企业名称", "所在区县"]
FIRMS = [[str(n), f"甬江第{n}仪表有限公司", "海曙区"] for n in range(1, 13)]
TITLE = "2021年度宁波市高成长企业名单"
UNRULED = ("unruled", "level_lines", "shaded")


def table(rows, paper, **more):
    return Matrix([list(row) for row in rows], heads=1, paper=frozenset({paper}), **more)


def grids(*parts):
    blocks = read_blocks(as_pdf(list(parts)))
    return [[list(row.cells) for row in each.rows] for each in blocks if isinstance(each, Grid)]


def found(*parts):
    return candidates(read_blocks(as_pdf(list(parts))))


def firms(candidate):
    return [
        [record.values[name] for name in ("rank", "organisation", "district")]
        for record in candidate.records
    ]


@pytest.mark.parametrize("paper", UNRULED)
def test_header_written_downwards_is_read(paper):
    head = ["\n".join(cell) for cell in HEADER]

    (one,) = found(TITLE, table([head, *FIRMS], paper))

    assert firms(one) == FIRMS


@pytest.mark.parametrize("paper", UNRULED)
def test_header_broken_over_lines_is_read(paper):
    (one,) = found(TITLE, table([["序\n号", "企业\n名称", "所在\n区县"], *FIRMS], paper))

    assert firms(one) == FIRMS


def test_level_of_a_header_below_a_broken_one_is_a_row_of_its_own():
    rows = [
        ["序号", "指标", "计量\n单位", "主要情况", ""],
        ["", "", "", "2020", "2021"],
        ["1", "研发经费支出", "亿元", "12.5", "14.1"],
        ["2", "技术交易额", "亿元", "8.2", "9.7"],
        ["3", "新产品产值", "亿元", "80.1", "91.2"],
    ]
    merges = [(0, 0, 2, 1), (0, 1, 2, 1), (0, 2, 2, 1), (0, 3, 1, 2)]

    (grid,) = grids("科技指标情况表", table(rows, "unruled", merges=merges))

    assert grid[1][3:] == ["2020", "2021"]
    assert grid[2:] == rows[2:]


@pytest.mark.parametrize("paper", UNRULED)
def test_table_goes_on_at_other_places_below_the_head_of_a_page(paper):
    later = [[number, f"{name}（集团）研究院", place] for number, name, place in FIRMS[6:]]

    (one,) = found(
        TITLE, table([HEADER, *FIRMS[:6]], paper), "科技统计资料汇编", table(later, paper)
    )

    assert firms(one) == [*FIRMS[:6], *later]


@pytest.mark.parametrize("paper", UNRULED)
def test_line_beside_the_columns_is_no_column(paper):
    rows = [HEADER, *FIRMS[:5]]

    first, second = grids("名单", table(rows, paper), "二、附", table(rows, paper))

    assert first == second == rows


def test_heading_in_the_first_column_is_no_part_of_the_row_above():
    header = ["发文字号", "政策名称", "序号"]
    rows = [[f"甬科〔2021〕{n}号", f"甬江产业扶持办法{n}", str(n)] for n in range(1, 7)]
    body = [*rows[:3], ["六、人才", "", ""], *rows[3:]]
    lines = table([header, *body], "level_lines", merges=[(4, 0, 1, 3)])

    assert grids("清单", lines) == [[header, *body]]


def test_names_below_one_another_in_a_narrow_column_are_doubtful():
    people = ["郭军\n罗磊", "王伟强", "赵丽娜", "何勇敏"]
    rows = [["序号", "项目名称", "完成人"]]
    rows += [[str(n), f"甬江海水淡化膜{n}", names] for n, names in enumerate(people, start=1)]

    blocks = read_blocks(as_pdf(["名单", table(rows, "unruled")]))
    (grid,) = [each for each in blocks if isinstance(each, Grid)]

    assert grid.rows[1].cells[2] == "郭军\n罗磊" or grid.rows[1].marks
