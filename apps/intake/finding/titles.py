"""What stands above a table: its title, and lines that are none."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from apps.intake.finding.rows import MONTH
from apps.intake.grid import Grid, Paragraph
from apps.intake.titles import A_PLACE, year_of

LONGEST_TITLE = 60
"""A line longer than this above a table is a paragraph, not a title."""

TABLE_LABEL = re.compile(
    r"^表\s*[0-9一二三四五六七八九十]+(?:\s*[-–—.．]\s*[0-9]+)*(?:\s*[:：、]\s*|\s+)"
)
"""The number of a table before its title: 表3 …, 表1-2：…."""
APPENDIX_LABEL = re.compile(
    r"^附[录件表]?\s*[0-9一二三四五六七八九十]*\s*(?:[（(]续[)）])?\s*[:：.．、]\s*|^附[录件表]\s*[0-9一二三四五六七八九十]*\s+"
)
APPENDIX_ALONE = re.compile(r"附[录件表]\s*[0-9一二三四五六七八九十]*\s*[:：]?")
CONTINUED_LABEL = re.compile(
    r"\s*[（(]?(?:续表?|接上[页表])\s*[0-9一二三]*\s*[)）]?$|^续表?\s*(?:[0-9一二三四五六七八九十]+(?:[-–—.．][0-9]+)*)?\s*[:：]?\s*"
)
UNIT_LINE = re.compile(r".{0,12}(?:计量|金额|数据)?单位\s*[:：]\s*\S{1,12}.{0,12}")
_FORM_LABEL = (
    r"(?:(?:填报|报送|制表|制定|批准|填表|主管|审核|复核|统计|推荐|申报|编制|印发|发布|截止|打印|导出)"
    r"(?:单位|机关|机构|部门|人|负责人|时间|日期)|单位负责人|负责人|联系人|联系电话|联系方式|电话|"
    r"表\s*号|文\s*号|有效期至|有效期|日期|时间|来源|数据来源)\s*(?:[（(][^（()）]*[)）])?\s*[:：]"
)
FORM_LINE = re.compile(rf"(?:{_FORM_LABEL}\s*(?:(?!{_FORM_LABEL}).)*)+")
"""What a form prints above its table: who filled it in, and when."""
FURNITURE = re.compile(
    r"[-—–·\s]*第?\s*\d{1,4}\s*页?[-—–·\s]*(?:[/共]\s*\d{1,4}\s*页?)?|"
    r"[（(]?(?:截至|数据截至)?\s*(?:19|20)\d\d年\d{1,2}月(?:\d{1,2}日)?[)）]?"
)
LEADS_IN = re.compile(r"(?:.*(?:，|如下|现将|予以).*|各.*|.*[局委办府校院所司位])[：:]")
"""The end of a sentence that leads to a table, or whom a letter is to: 名单如下：, 各有关单位：."""
OF_DOCUMENT = re.compile(
    r".{5,}(?:名单|公示|公告|通知|通报|决定|一览表|汇总表|清单|目录|统计表|情况表|结果)(?:[（(][^（()）]*[)）])?"
)
"""What a document is called; its text may stand between this and its table."""
REMARK = re.compile(r"[（(][^（()）]*[)）]")
"""A line that stands in brackets as a whole says something of the title above it: （共6家，排名不分先后）."""


def title_of(line: str) -> str:
    """A printed title without heading marks or an appendix label; "" for a paragraph."""
    title = re.sub(r"\s+", " ", line.strip().strip("*").lstrip("#").strip().strip("*"))
    title = TABLE_LABEL.sub("", APPENDIX_LABEL.sub("", title)).strip()
    if APPENDIX_ALONE.fullmatch(title):
        return ""
    is_paragraph = (
        len(title) > LONGEST_TITLE
        or title.endswith(("；", "，", "、"))
        or "。" in title
        or LEADS_IN.fullmatch(title) is not None
    )
    return "" if is_paragraph else title


def is_furniture(line: str) -> bool:
    """Whether a line is neither title nor text: a page number, a date, a unit line, a remark."""
    kinds = (UNIT_LINE, FORM_LINE, FURNITURE, MONTH, REMARK)
    return any(kind.fullmatch(line.strip()) for kind in kinds)


def bare_title(title: str) -> str:
    """A title as titles are compared: without blanks and without 续."""
    return re.sub(r"\s", "", CONTINUED_LABEL.sub("", title))


@dataclass(frozen=True)
class Above:
    """What stands above a table: its title, and the lines before it, the nearest first."""

    title: str = ""
    lines: tuple[str, ...] = ()


def above_of(lines: list[Paragraph]) -> Above:
    """The title is the nearest line that is neither furniture nor a label; none, if that is a
    paragraph. A title broken in two, whose end alone says nothing, is put together."""
    said = [line for line in lines if not APPENDIX_ALONE.fullmatch(line.text.strip("#* "))]
    wanted = [line for line in said if not is_furniture(line.text)]
    texts = tuple(line.text for line in reversed(said))[:6]
    if not wanted:
        return Above("", texts)
    title = title_of(wanted[-1].text)
    if not title:
        return Above(_of_document(wanted[:-1]), texts)
    return Above(put_together(title, wanted), texts)


def put_together(title: str, lines: Sequence[Paragraph]) -> str:
    """The title that the last of these lines is; where that is only its end, with the line before."""
    if len(lines) < 2 or not _is_tail(title) or lines[-1].line - lines[-2].line > 1:
        return title
    before = title_of(lines[-2].text)
    return before + title if before and not lines[-2].text.lstrip().startswith("#") else title


def with_sheet(above: Above, grid: Grid) -> Above:
    """What stands above a grid, and last what its sheet is called where that is a year or a place."""
    name = grid.rows[0].place.sheet if grid.rows else ""
    if not (A_PLACE.fullmatch(name) or year_of(name)[0]):
        return above
    return replace(above, lines=(*above.lines, name))


def stands_apart(above: tuple[str, ...]) -> bool:
    """Whether a text stands between a table and its title; ``above`` are lines, the nearest first."""
    nearest = next((line for line in above if not is_furniture(line)), "")
    return nearest != "" and title_of(nearest) == "" and not APPENDIX_ALONE.fullmatch(nearest)


def _of_document(lines: list[Paragraph]) -> str:
    """The title that stands above a document's text; "" where none does."""
    titles = (title_of(line.text) for line in reversed(lines))
    return next((title for title in titles if OF_DOCUMENT.fullmatch(title)), "")


def _is_tail(title: str) -> bool:
    """Whether a title is only the end of one: short, without a year."""
    return (
        len(title) <= 14
        and re.search(r"(?:19|20)\d\d", title) is None
        and (
            re.match(r"认定|获奖|拟|项目|汇总|名单|一览|公示|奖|企业|新增|情况", title) is not None
        )
    )
