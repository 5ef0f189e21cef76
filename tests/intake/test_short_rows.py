"""Rows of fewer cells than the header, as pages and torn files have them: read, never a crash."""

import random
from dataclasses import replace

import pytest

from apps.intake.candidates import candidates
from apps.intake.grid import Block, Grid
from apps.intake.readers import read_blocks
from tests.intake import documents

LISTS = {
    "awards": lambda: documents.awards(12),
    "awards of another city": lambda: documents.made_up_awards(1),
    "firms": lambda: documents.made_up_firms(1),
    "figures": lambda: documents.made_up_figures(1),
    "platforms": lambda: documents.made_up_platforms(1),
}


def written(name: str, nasty: set[str]) -> bytes:
    """One of the lists as a web page."""
    truth = documents.as_written(LISTS[name](), nasty)
    return documents.WRITERS["html"](documents.lay_out(truth, nasty))


def torn(block: Block, chance: random.Random) -> Block:
    """A table of which rows lack their last cells, have more, or are gone."""
    if not isinstance(block, Grid):
        return block
    rows = []
    for row in block.rows:
        way = chance.random()
        if way < 0.25:
            row = replace(row, cells=row.cells[: chance.randint(1, len(row.cells))])
        elif way < 0.3:
            row = replace(row, cells=(*row.cells, "甲"))
        rows.append(row)
    rows = rows[: chance.randint(1, len(rows))]
    spans = tuple(span for span in block.spans if span.row < len(rows))
    return replace(block, rows=tuple(rows), spans=spans)


@pytest.mark.parametrize("nasty", [set(), {"pages"}, {"pages_bare"}, {"merged"}], ids=str)
@pytest.mark.parametrize("name", LISTS)
def test_torn_rows_are_read(name: str, nasty: set[str]) -> None:
    blocks = list(read_blocks(written(name, nasty)))

    for seed in range(15):
        chance = random.Random(seed)
        candidates([torn(block, chance) for block in blocks])


def test_last_row_of_a_page_that_was_cut_off() -> None:
    cells = "<td>{}</td>" * 4
    rows = [
        "<tr>" + cells.format("一等奖", f"第{n}项技术", f"第{n}研究所", "张三、李四") + "</tr>"
        for n in range(6)
    ]
    head = "<tr>" + cells.format("等级", "项目名称", "完成单位", "完成人") + "</tr>"
    page = f"<p>2021年科学技术进步奖获奖项目</p><table>{head}{''.join(rows)}<tr><td>一等奖"

    (found,) = candidates(read_blocks(page.encode()))

    assert len(found.records) == 6
