"""Names one below the other: firms, bodies, documents, people; with what their brackets say."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from apps.intake.cells import BLANK_IN_HAN, DISTRICT, HAN, ORGANISATION, PERSON
from apps.intake.finding.headings import is_heading
from apps.intake.finding.rows import HEADING_MARK, is_note
from apps.intake.finding.titles import is_furniture
from apps.intake.finding.written.labelled import pairs
from apps.intake.finding.written.passage import (
    LEFT_OVER,
    Found,
    headings_before,
    is_list_title,
    numbered,
    table_of_rows,
    title_above,
)
from apps.intake.grid import Aside, Mark, Paragraph, Table
from apps.intake.repair import UNLIKE_COLUMN
from apps.intake.synonyms import KINDS
from apps.intake.titles import TYPE

LEAST, LEAST_NUMBERED = 3, 2
MOSTLY = 0.8
LONGEST, LONGEST_SAID = 120, 1000
"""Letters of a name; of a line with all that its labels say."""
PEOPLE, FIRM, BODY, DOCUMENT, OTHER = "姓名", "企业名称", "单位名称", "文件名称", "项目名称"
PLATFORM = "机构名称"
"""The headers of the names, by what they are; none of them is printed."""
CALLED = {
    "awards": OTHER,
    "laureates": PEOPLE,
    "certifications": PLATFORM,
    "policies": DOCUMENT,
    "roster-entries": FIRM,
}
"""What the names below a title are, by the kind of list it is of; the first that fits."""
EMPLOYER, HOST, DISTRICT_HEAD, NUMBER_OF = "工作单位", "依托单位", "所属区县", "文号"
DOCUMENT_NAME = re.compile(
    r"(?P<title>(?:关于[^《》]{0,40})?《.+》[^《》（(]{0,12}(?:[（(][\u4e00-\u9fff]{1,8}[)）])?)\s*(?:[（(]\s*(?P<number>[^（()）]*?[〔\[【（(]\s*(?:19|20)\d\d\s*[〕\]】)）][^（()）]*号)\s*[)）]|(?P<bare>\s+\S*[〔\[【（(]\s*(?:19|20)\d\d\s*[〕\]】)）]\S*号))?"
)
BARE_DOCUMENT = re.compile(
    r"(?P<title>[^。；《》]+?)\s*[（(](?P<number>[^（()）]*[〔\[【](?:19|20)\d\d[〕\]】]\s*\d+\s*号)[)）]"
)
"""A document without 《》, told by its number: 科技保险管理办法（厦科〔2016〕11号）."""
IN_BRACKETS = re.compile(r"(?P<name>.+?)\s*[（(](?P<inner>[^：:（()）]{2,12}[：:].+)[)）]")
WITH_EMPLOYER = re.compile(
    rf"(?P<name>[{HAN}]\s+[{HAN}]|[{HAN}]{{2,4}}|[{HAN}]{{1,6}}·[{HAN}·]{{1,10}}|[A-Z][A-Za-z.\-' ]+[A-Za-z])"
    r"\s*(?:[（(](?P<inner>.+)[)）]|(?:\s+|[，,、：:—–\-]+\s*)(?P<behind>\S.+))"
)
WITH_DISTRICT = re.compile(
    r"(?P<name>.+?)\s*[（(](?P<district>[^（()）]{2,9}(?:[区县市]|新区|高新区))[)）]"
)
FIRM_END = re.compile(r"(?:公司|厂|集团)(?:[（(][^（()）]+[)）])?")
GOVERNMENT = re.compile(r".{2,24}(?:局|委员会|厅|政府|办公室|管委会|委|党组)")
PROSE = re.compile(r"[。！？!?]|[：:；;]$|为|的通知|请|应当|要求")
PLATFORM_END = re.compile(rf"(?:{TYPE.pattern})(?:[（(][^（()）]+[)）])?$")


@dataclass
class Item:
    """One name of a list: its line, its number, the make of it, and what else the line says."""

    line: Paragraph
    number: int | None
    name: str
    make: str
    more: dict[str, str] = field(default_factory=dict)
    marks: tuple[Mark, ...] = ()


def one_a_line(run: list[Paragraph]) -> Found | None:
    """The first lines that are a list of names of one make, below a title that says of what."""
    at = 0
    while at < len(run):
        items, aside, end = _items(run, at)
        names = [each for each in items if isinstance(each, Item)]
        if names:
            start = headings_before(run, at, are_several=len(names) < len(items))
            title, _near = title_above(run[:start])
            if make := _make_of_list(names, title):
                heads: list[Item | Paragraph] = [*run[start:at]]
                table = _table(run[:start], [*heads, *items], make, bool(title))
                return Found(start, end, table.with_rows(table.rows, aside))
        at = max(end, at + 1)
    return None


def item_of(line: Paragraph) -> Item | None:
    """A line as a name with what it says of it; None for prose, a title, or a label with its value."""
    number, text = numbered(line.text)
    text = text.rstrip("；;。，, ")
    if not text or len(text) > LONGEST_SAID or (number is None and is_furniture(text)):
        return None
    if found := DOCUMENT_NAME.fullmatch(text):
        said = (found["number"] or found["bare"] or "").strip()
        return Item(
            line, number, found["title"].strip(), DOCUMENT, {NUMBER_OF: said} if said else {}
        )
    if found := BARE_DOCUMENT.fullmatch(text):
        return Item(line, number, found["title"], DOCUMENT, {NUMBER_OF: found["number"].strip()})
    if found := IN_BRACKETS.fullmatch(text):
        before, said_in = pairs(found["inner"])
        if said_in and not before and len(found["name"]) <= LONGEST:
            return Item(line, number, found["name"], _make(found["name"]) or OTHER, dict(said_in))
    before, labels = pairs(text)
    if labels:
        more = {
            label: value.rstrip("）)") if value.count("）") > value.count("（") else value
            for label, value in labels
        }
        is_name = before and len(before) <= LONGEST and not PROSE.search(before)
        return (
            Item(line, number, before.rstrip("（("), _make(before) or OTHER, more)
            if is_name
            else None
        )
    if len(text) > LONGEST or (PROSE.search(text) and not ORGANISATION.fullmatch(text)):
        return None
    if (found := WITH_EMPLOYER.fullmatch(text)) and PERSON.fullmatch(
        BLANK_IN_HAN.sub("", found["name"])
    ):
        employer = (found["inner"] or found["behind"]).strip()
        if ORGANISATION.fullmatch(employer):
            return Item(line, number, found["name"], PEOPLE, {EMPLOYER: employer})
    if (found := WITH_DISTRICT.fullmatch(text)) and _make(found["name"]):
        return Item(
            line, number, found["name"], _make(found["name"]), {DISTRICT_HEAD: found["district"]}
        )
    if two := _two_names(text):
        name, host = two
        return Item(line, number, name, _make(name), {HOST: host})
    make = _make(text)
    return Item(line, number, text, make) if make else None


def _make(name: str) -> str:
    """What a name is the name of; "" where it does not tell."""
    if (
        len(name) < 4
        or re.search(r"[：:，,；;。]", re.sub(r"[（(].*?[)）]", "", name))
        or DISTRICT.fullmatch(name)
    ):
        return ""
    if PLATFORM_END.search(name):
        return PLATFORM
    if ORGANISATION.fullmatch(name):
        return FIRM if FIRM_END.search(name) else BODY
    return ""


def _two_names(text: str) -> tuple[str, str] | None:
    """A body and who runs it, parted by a dash or by blanks."""
    parts = re.split(r"\s*(?:——|—|--|－)\s*|\s+", text)
    if len(parts) == 2 and _make(parts[0]) == PLATFORM and ORGANISATION.fullmatch(parts[1]):
        return parts[0], parts[1]
    return None


def several_in_line(line: Paragraph) -> list[Item]:
    """The names of a line that holds two or three beside each other, each as a line of its own."""
    parts = re.split(r"\t+|\s{2,}|\s+(?=\d{1,4}[.．、])", line.text.strip())
    if len(parts) < 2:
        return []
    found = [item_of(Paragraph(part, line.line, line.place)) for part in parts]
    items = [each for each in found if each is not None]
    return items if len(items) == len(parts) and len({each.make for each in items}) == 1 else []


def _items(run: Sequence[Paragraph], start: int) -> tuple[list[Item | Paragraph], list[Aside], int]:
    """Names and headings from a line on, what stood between them, and the place behind the last."""
    items: list[Item | Paragraph] = []
    aside: list[Aside] = []
    end = start
    for at in range(start, len(run)):
        line = run[at]
        last = next((each for each in reversed(items) if isinstance(each, Item)), None)
        if last is not None and is_heading(line.text) and not _goes_on_with(line, last):
            items.append(line)
            continue
        found = several_in_line(line)
        if not found and (one := item_of(line)) is not None:
            found = [one]
        if found and (last is None or (found[0].number is None) == (last.number is None)):
            items += found
            end = at + 1
        elif last is not None and last.number is not None and _is_between(run, at, last):
            aside.append(Aside(line.text, "left-over", line.line))
            last.marks = (LEFT_OVER,)
        else:
            break
    while items and isinstance(items[-1], Paragraph):
        items.pop()
    return items, aside, end


def _goes_on_with(line: Paragraph, last: Item) -> bool:
    """Whether a line that looks like a heading is the next number of the list."""
    number = numbered(line.text)[0]
    return number is not None and last.number is not None and number == last.number + 1


def _is_between(run: Sequence[Paragraph], at: int, last: Item) -> bool:
    """Whether a line stands between two numbers of a list that follow one another."""
    text = run[at].text
    if is_note(text) or is_list_title(text) or numbered(text)[0] is not None:
        return False
    following = item_of(run[at + 1]) if at + 1 < len(run) else None
    return following is not None and following.number == (last.number or 0) + 1


def _make_of_list(items: Sequence[Item], title: str) -> str:
    """What a list is of; "" where it is none: too short, of several makes, or below no title."""
    makes = Counter(each.make for each in items)
    make, times = makes.most_common(1)[0]
    if {FIRM, BODY, PLATFORM} >= set(makes):
        is_of_platforms = re.search(KINDS["certifications"].titles, title) is not None
        make, times = (PLATFORM if is_of_platforms else FIRM if make == FIRM else BODY), len(items)
    elif OTHER in makes and all(each.more for each in items):
        make, times = _called(title), len(items)
    is_numbered = all(each.number is not None for each in items)
    numbers = [each.number for each in items]
    least = LEAST_NUMBERED if is_numbered and any(each.more for each in items) else LEAST
    if len(items) < least or times < len(items) * MOSTLY:
        return ""
    if is_numbered and numbers[0] != 1:
        return ""
    if make in (DOCUMENT, FIRM, BODY, PLATFORM) and not title:
        return make if is_numbered and make == FIRM and len(items) > LEAST else ""
    of_offices = sum(1 for each in items if GOVERNMENT.fullmatch(each.name))
    return "" if of_offices * 2 > len(items) else make


def _called(title: str) -> str:
    """What the names below a title are, where they do not tell it themselves."""
    kinds = ((KINDS[kind], make) for kind, make in CALLED.items())
    return next(
        (
            make
            for kind, make in kinds
            if re.search(kind.titles, title) and not re.search(kind.not_titles, title)
        ),
        OTHER,
    )


def _table(
    above: Sequence[Paragraph], items: Sequence[Item | Paragraph], make: str, is_sure: bool
) -> Table:
    """The list as a table: number, name, and a column for each thing that lines say besides."""
    items = list(items)
    while make in (FIRM, BODY) and _is_signature(items[-1]):
        items.pop()  # Who signs stands below the list.
    names = [each for each in items if isinstance(each, Item)]
    more = list(dict.fromkeys(label for each in names for label in each.more))
    has_number = names[0].number is not None
    header = [*(["序号"] if has_number else []), make, *more]
    if len(header) == 1:
        header.append("")
    rows: list[tuple[Paragraph, Sequence[str], tuple[Mark, ...]]] = []
    for each in items:
        if isinstance(each, Paragraph):
            rows.append((each, [each.text], (HEADING_MARK,)))
        else:
            cells = [each.name, *(each.more.get(label, "") for label in more)]
            odd = () if _fits(each, make) else (Mark(int(has_number), UNLIKE_COLUMN),)
            number = [str(each.number)] if has_number else []
            rows.append((each.line, [*number, *cells], (*each.marks, *odd)))
    return table_of_rows(above, header, rows, is_sure)


def _is_signature(last: Item | Paragraph) -> bool:
    return isinstance(last, Item) and last.number is None and bool(GOVERNMENT.fullmatch(last.name))


def _fits(each: Item, of_list: str) -> bool:
    """Whether a name is like those of its list; what labels say of others may be called anyhow."""
    if each.make == OTHER:
        return of_list != PEOPLE or PERSON.fullmatch(BLANK_IN_HAN.sub("", each.name)) is not None
    return each.make == of_list or {each.make, of_list} <= {FIRM, BODY, PLATFORM}
