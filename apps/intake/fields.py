"""What a cell gives for a field of a kind: values, and codes of what was doubtful in it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from apps.intake import cells, days, numbers, titles
from apps.intake.words_kept import CHANGED, keeps_words

Value = str | list[str]
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields one cell gives, and codes of what was doubtful in it, by field."""

    values: dict[str, Value]
    doubts: tuple[tuple[str, str], ...] = ()


Reader = Callable[[str], Fields]


@lru_cache(maxsize=4096)
def read_field(kind: str, name: str, cell: str) -> Fields:
    """What a cell says for a field of a kind of list: years, districts, grades come again and again.

    Nobody changes what it gives.
    """
    reader = READERS.get((kind, name)) or READERS.get(("", name)) or read_text(name)
    if cells.is_blank_sign(cell) and name != "value":
        cell = ""
    read = reader(cell)
    printed = without_count(cell) if name in COUNTED else cell
    if read.doubts or keeps_words(name, printed, read.values):
        return read
    return Fields(read.values, ((next(iter(read.values), name), CHANGED),))


def read_text(name: str) -> Reader:
    """A reader of plain text in one line."""

    def read(cell: str) -> Fields:
        text, was_broken = cells.one_line(cell)
        return Fields({name: text}, ((name, "line-break"),) if was_broken else ())

    return read


def read_title(cell: str) -> Fields:
    """A title as printed; a blank between Chinese characters is kept and reported."""
    title, was_broken = cells.one_line(cell)
    return Fields({"title": title}, (*_inner_blank(title), *_broken("title", was_broken)))


def read_policy_title(cell: str) -> Fields:
    """A policy's title without 《》, and the note that stands behind it."""
    text, was_broken = cells.one_line(cell)
    title, note = cells.split_title_note(text)
    values: dict[str, Value] = {"title": title}
    if note:
        values["note"] = note
    return Fields(values, (*_inner_blank(title), *_broken("title", was_broken)))


def _inner_blank(title: str) -> tuple[tuple[str, str], ...]:
    return (("title", "inner-blank"),) if cells.has_inner_blank(title) else ()


def _broken(name: str, was_broken: bool) -> tuple[tuple[str, str], ...]:
    return ((name, "line-break"),) if was_broken else ()


COUNTED = {
    "award_category",
    "award_class",
    "grade",
    "category",
    "type",
    "level",
    "district",
    "reporting_unit",
}
"""Fields that group rows: the number of the rows may stand behind their name."""
COUNT = re.compile(r"\s*[（(]\s*(?:共\s*)?\d+\s*[项个家人名件]\s*[)）]$")


def without_count(cell: str) -> str:
    """A group's name without the number of its rows: 一等奖（3项） → 一等奖."""
    return COUNT.sub("", cell)


def read_group(name: str) -> Reader:
    """A reader of the name of a group of rows, in one line, without their number."""
    read = read_text(name)
    return lambda cell: read(without_count(cell))


LEVELS = re.compile(r"(?:国家|省|市|区|县)级")


def read_body_type(cell: str) -> Fields:
    """The type of a body as printed, and the level that it names: 国家级科技企业孵化器（4家）."""
    text, was_broken = cells.one_line(without_count(cell))
    values: dict[str, Value] = {"type": text}
    if found := LEVELS.search(text):
        values["level"] = found[0]
    return Fields(values, _broken("type", was_broken))


def read_category(cell: str) -> Fields:
    """Award class, grade and who awards, out of one category cell, in any order.

    A grade alone gives the grade. Words that are neither are kept as the grade, and reported.
    """
    award_class, grade, awarder, rest = cells.award_parts(without_count(cell))
    values: dict[str, Value] = {}
    if award_class:
        values["award_class"] = award_class
    if grade:
        values["grade"] = grade
    if awarder:
        values["awarder"] = awarder
    if cell and not values:
        return Fields({"grade": cells.one_line(cell)[0]}, (("grade", "category-unknown"),))
    return Fields(values, (("grade", "category-unknown"),) if rest else ())


def read_organisations(name: str) -> Reader:
    """A reader of a list of organisations for the field ``name``."""

    def read(cell: str) -> Fields:
        names, codes = cells.split_organisations(cell)
        if len(names) == 1 and (bare := re.sub(r"^1\s*[.．、]\s*", "", names[0])) != names[0]:
            # A list of one, numbered as the longer ones are.
            names, codes = [bare], [*codes, "numbered-names"]
        return Fields({name: names}, tuple((name, code) for code in codes))

    return read


def read_organisation(name: str) -> Reader:
    """A reader of one organisation; a cell that seems to hold two stays as it is, reported."""

    def read(cell: str) -> Fields:
        text = cells.tidy_organisation(cell.replace("\n", "")) if "\n" in cell else cell
        text = _BLANKS.sub(" ", text)
        doubts = []
        if text != cell:
            doubts.append((name, "line-break"))
        if cells.has_inner_blank(text):
            doubts.append((name, "inner-blank"))
        if cells.separators_used(text) & set("、；;"):
            doubts.append((name, "possibly-two-names"))
        return Fields({name: text}, tuple(doubts))

    return read


def read_people(cell: str) -> Fields:
    """A list of people in printed order, padding blanks taken out and reported."""
    names, codes = cells.read_people(cell)
    return Fields({"people": names}, tuple(("people", code) for code in codes))


def read_person(cell: str) -> Fields:
    """One person's name without padding; several names in the cell are reported."""
    name = cells.tidy_person(cell)
    codes = ["blank-removed"] if name != cell.strip() else []
    if cells.looks_like_two_names(name) or len(cells.split_list(name)) > 1:
        codes.append("possibly-two-names")
    elif name and not cells.PERSON.fullmatch(name):
        codes.append("not-like-a-name")
    return Fields({"name": name}, tuple(("name", code) for code in codes))


def read_year(name: str) -> Reader:
    """A reader of a year; a cell that names none stays as printed, reported."""

    def read(cell: str) -> Fields:
        year = days.read_year(cell)
        is_odd = bool(cell) and re.fullmatch(r"(?:19|20)\d\d", year) is None
        return Fields({name: year}, ((name, "not-a-year"),) if is_odd else ())

    return read


def read_date(name: str) -> Reader:
    """A reader of one day."""

    def read(cell: str) -> Fields:
        if not cell:
            return Fields({name: ""})
        try:
            day, is_sure = days.read_date(cell)
        except ValueError:
            return Fields({name: cell}, ((name, "not-a-day"),))
        return Fields({name: day}, () if is_sure else ((name, "day-unsure"),))

    return read


def read_rank(cell: str) -> Fields:
    """A printed number; anything else stays, reported."""
    rank = cells.normalise_number(re.sub(r"^第|[名位.．、]$", "", cell.strip()))
    is_odd = bool(rank) and not rank.isdecimal()
    return Fields({"rank": rank}, (("rank", "not-a-number"),) if is_odd else ())


def read_code(name: str) -> Reader:
    """A reader of a code: narrow, capital, without blanks. Digits a spreadsheet lost are reported."""

    def read(cell: str) -> Fields:
        narrow = re.sub(r"[\s\u200b]+", "", cells.normalise_number(re.sub(r"\s+", "", cell)))
        if numbers.is_scientific(narrow):
            return Fields({name: narrow}, ((name, "digits-lost"),))
        code = narrow.upper()
        doubts = []
        if (name == "credit_code" and code and re.fullmatch(r"[0-9A-Z]{18}", code) is None) or (
            name == "credit_code" and re.search(r"[IOSVZ]", code)
        ):
            doubts.append((name, "not-a-code"))
        return Fields({name: code}, tuple(doubts))

    return read


def read_value(cell: str) -> Fields:
    """A figure, with the unit and the qualifier that stand in its cell, or why there is none."""
    figure = numbers.read_figure(cell)
    values: dict[str, Value] = {"value": figure.value}
    if figure.unit:
        values["unit"] = figure.unit
    if figure.qualifier:
        values["qualifier"] = figure.qualifier
    if figure.blank:
        values["blank"] = figure.blank
    return Fields(values, (("value", figure.code),) if figure.code else ())


def read_indicator(cell: str) -> Fields:
    """An indicator's name, and the unit in brackets behind it: 技术交易额（亿元）."""
    name, was_broken = cells.one_line(cell)
    unit = titles.unit_in_header(name)
    bare = re.sub(r"\s*[（(][^（()）]*[)）]\s*$", "", name) if unit else name
    values: dict[str, Value] = {"indicator": bare or name}
    if unit and bare:
        values["unit"] = unit
    return Fields(values, _broken("indicator", was_broken))


def read_level(cell: str) -> Fields:
    """国家级, 省级 … also where the cell says 国家 or 省."""
    bare = re.sub(r"\s+", "", without_count(cell))
    short = {"国家": "国家级", "省": "省级", "市": "市级", "区": "区级", "县": "县级"}
    return Fields({"level": short.get(bare, bare)})


def read_platform(cell: str) -> Fields:
    """A body's name as printed."""
    name, was_broken = cells.one_line(cell)
    inner = (("platform", "inner-blank"),) if cells.has_inner_blank(name) else ()
    return Fields({"platform": name}, (*inner, *_broken("platform", was_broken)))


def read_status(cell: str) -> Fields:
    """A status in the page's own word."""
    return Fields({"status": titles.plain(cell)})


READERS: dict[tuple[str, str], Reader] = {
    ("policies", "title"): read_policy_title,
    ("", "title"): read_title,
    ("", "award_category"): read_category,
    ("policies", "category"): read_group("category"),
    ("certifications", "type"): read_body_type,
    ("", "award_class"): read_category,
    ("", "grade"): read_category,
    ("", "organisations"): read_organisations("organisations"),
    ("", "hosts"): read_organisations("hosts"),
    ("", "people"): read_people,
    ("", "name"): read_person,
    ("", "employer"): read_organisation("employer"),
    ("", "nominator"): read_organisation("nominator"),
    ("", "organisation"): read_organisation("organisation"),
    ("", "platform"): read_platform,
    ("", "rank"): read_rank,
    ("indicator-values", "rank"): read_text("rank"),
    ("", "year"): read_year("year"),
    ("", "award_year"): read_year("award_year"),
    ("", "period"): read_year("period"),
    ("", "issued_on"): read_date("issued_on"),
    ("", "announced_on"): read_date("announced_on"),
    ("", "valid_from"): read_date("valid_from"),
    ("", "valid_to"): read_date("valid_to"),
    ("", "quoted_on"): read_date("quoted_on"),
    ("", "date_from"): read_date("date_from"),
    ("", "date_to"): read_date("date_to"),
    ("", "certificate_number"): read_code("certificate_number"),
    ("", "credit_code"): read_code("credit_code"),
    ("", "indicator"): read_indicator,
    ("", "district"): read_group("district"),
    ("", "reporting_unit"): read_group("reporting_unit"),
    ("", "value"): read_value,
    ("", "level"): read_level,
    ("", "status"): read_status,
}
