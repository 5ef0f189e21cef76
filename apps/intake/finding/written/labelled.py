"""Records of label and value: 项目名称：…, 完成单位：…; one below the other, or in one line."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from apps.intake.finding.headings import is_heading
from apps.intake.finding.rows import HEADING_MARK, is_note
from apps.intake.finding.titles import is_furniture
from apps.intake.finding.written.passage import (
    LEFT_OVER,
    Found,
    headings_before,
    is_list_title,
    numbered,
    table_of_rows,
)
from apps.intake.grid import Mark, Paragraph
from apps.intake.synonyms import KINDS
from apps.intake.synonyms.headers import header_fits, is_known_header

LABEL = re.compile(
    r"(?:^|(?<=[\s，,；;。、（(【\[]))(?=([【\[]?([\u4e00-\u9fff（）()/、 ]{2,16}?)[】\]]?\s*[:：]\s*))"
)
"""Where a label may begin, itself, and what it is called; another one may begin within it."""
SEVERAL = re.compile(r"[\s、]")
JOINED = "lines-joined"
LEAST_RECORDS, LEAST_LABELS = 2, 2
CHIEF = [
    kind.columns[name]
    for kind in KINDS.values()
    for group in kind.needs[:1]
    for name in group
    if name in kind.columns
]
CONTACT = {"联系人", "联系电话", "电话", "地址", "邮箱", "传真"}


def pairs(text: str) -> tuple[str, list[tuple[str, str]]]:
    """What stands before the first label of a line, and each label that heads a column, with its value."""
    found: dict[int, tuple[int, str]] = {}
    for each in LABEL.finditer(text):
        if not is_known_header(each[2]):
            continue
        end = each.end(1)
        # The end of a value may stand before a label like its first words: of two, the single word.
        if end not in found or (SEVERAL.search(found[end][1]) and not SEVERAL.search(each[2])):
            found[end] = (each.start(), each[2])
    if not found:
        return text.strip(), []
    starts = [start for start, _label in found.values()]
    ends = [*starts[1:], len(text)]
    return text[: starts[0]].strip(" ，,；;、"), [
        (re.sub(r"\s", "", label), text[begin:end].strip().rstrip("，,；; "))
        for (begin, (_start, label)), end in zip(found.items(), ends, strict=True)
    ]


@dataclass
class Entry:
    """A record as it is gathered: its first line, its number, its values by label."""

    line: Paragraph
    number: int | None
    values: dict[str, str]
    marks: set[Mark] = field(default_factory=set)
    joined: set[str] = field(default_factory=set)
    holds_several: bool = False
    """Whether one line of it holds several labels."""


def by_labels(run: list[Paragraph]) -> Found | None:
    """The first lines that are records of labels and values, two at least."""
    start = 0
    while start < len(run):
        before, said = pairs(numbered(run[start].text)[1])
        if not said or before:
            start += 1
            continue
        entries, end = _entries(run, start)
        if _are_records([each for each in entries if isinstance(each, Entry)]):
            begin = headings_before(run, start)
            return Found(begin, end, _table(run[:begin], [*run[begin:start], *entries]))
        start = max(end, start + 1)
    return None


def _entries(run: Sequence[Paragraph], start: int) -> tuple[list[Entry | Paragraph], int]:
    """The records from ``start`` on, headings between them, and the place behind the last."""
    entries: list[Entry | Paragraph] = []
    last, end = "", start
    for at in range(start, len(run)):
        line = run[at]
        is_printed = line.place.format == "pdf"
        number, rest = numbered(line.text)
        before, said = pairs(rest)
        current = next((each for each in reversed(entries) if isinstance(each, Entry)), None)
        if said and not before:
            several = current is not None and current.holds_several
            for label, value in said:
                if current is None or label in current.values or (number and label == said[0][0]):
                    current = Entry(line, number, {})
                    entries.append(current)
                    number = None
                elif is_printed and line is not current.line and (several or len(said) > 1):
                    current.marks.add(LEFT_OVER)  # The line may have broken within this label.
                current.values[label] = value
                current.holds_several = current.holds_several or len(said) > 1
                last = label
            end = at + 1
        elif is_heading(line.text) and not is_list_title(line.text):
            entries.append(line)
            last = ""
        elif not last or current is None or _ends_records(line.text, number):
            break
        elif _goes_on(run, at):
            # The value runs on over the end of its line.
            current.values[last] += "\n" + line.text
            current.joined.add(last)
            if is_printed and re.search("[:：]", line.text):
                current.marks.add(LEFT_OVER)  # A label may be broken in two.
            end = at + 1
        elif not _is_label_of_number(run, at):
            break
    while entries and isinstance(entries[-1], Paragraph):
        entries.pop()
    return entries, end


def _ends_records(text: str, number: int | None) -> bool:
    """Whether a line without a label belongs to no record: a note, a date, the next title."""
    return is_note(text) or is_furniture(text) or (number is None and is_list_title(text))


def _goes_on(run: Sequence[Paragraph], at: int) -> bool:
    """Whether a line without a label stands between two lines with labels."""
    following = run[at + 1 : at + 2]
    if numbered(run[at].text)[0] is not None or len(run[at].text) > 200:
        return False
    return any(pairs(numbered(each.text)[1])[1] for each in following)


def _is_label_of_number(run: Sequence[Paragraph], at: int) -> bool:
    """Whether a line only numbers the record below it: 项目1, 案例二."""
    text = run[at].text
    return (
        len(text) <= 8
        and re.fullmatch(r"\D{1,5}\s*[\d一二三四五六七八九十]{1,3}", text) is not None
    )


def _are_records(entries: Sequence[Entry]) -> bool:
    """Whether records are alike, and one label of them is what a list cannot be without."""
    if len(entries) < LEAST_RECORDS:
        return False
    first = set(entries[0].values)
    if len(first - CONTACT) < LEAST_LABELS or not any(
        header_fits(label, words) for label in first for words in CHIEF
    ):
        return False
    return all(len(first & set(each.values)) * 2 >= len(first) for each in entries)


def _table(above: Sequence[Paragraph], entries: Sequence[Entry | Paragraph]):  # type: ignore[no-untyped-def]
    """The table whose columns are the labels, in the order they are first met in."""
    records = [each for each in entries if isinstance(each, Entry)]
    _mend_broken_labels(records)
    labels = list(dict.fromkeys(label for each in records for label in each.values))
    has_number = all(each.number is not None for each in records)
    header = ["序号", *labels] if has_number else labels
    return table_of_rows(above, header, list(_rows(entries, labels, has_number)), is_sure=True)


def _mend_broken_labels(records: Sequence[Entry]) -> None:
    """On pages a rare label may be the end of one that a line broke: 所在 | 单位. The row is marked."""
    times = Counter(label for each in records for label in each.values)
    rare = {label for label in times if times[label] * 2 < len(records)}
    for each in records:
        if each.line.place.format != "pdf" or not rare & set(each.values):
            continue
        each.marks.add(LEFT_OVER)
        for end in rare & set(each.values):
            missing = (label for label in times if label not in {*each.values, *rare})
            if whole := next((label for label in missing if label.endswith(end)), ""):
                each.values[whole] = each.values.pop(end)


def _rows(
    entries: Sequence[Entry | Paragraph], labels: Sequence[str], has_number: bool
) -> Iterator[tuple[Paragraph, list[str], tuple[Mark, ...]]]:
    for each in entries:
        if isinstance(each, Paragraph):
            yield each, [each.text], (HEADING_MARK,)
            continue
        cells = [each.values.get(label, "") for label in labels]
        marks = tuple(
            Mark(at + has_number, JOINED) for at, label in enumerate(labels) if label in each.joined
        )
        cells = [str(each.number), *cells] if has_number else cells
        yield each.line, cells, (*marks, *each.marks)
