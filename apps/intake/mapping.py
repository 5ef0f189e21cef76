"""Which kind of list a table is, and which column means which field, with how sure that is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from apps.intake import cells, makes
from apps.intake.finding.bodies import HEADING
from apps.intake.grid import Table
from apps.intake.own.heads import columns_of
from apps.intake.synonyms import KINDS
from apps.intake.synonyms.headers import OTHER_HEADERS, header_fits, plain_header
from apps.intake.synonyms.words import ID, KindWords, Words
from apps.intake.titles import plain, year_in_header, year_of

SAMPLES = 3
SAMPLE_ROWS = 40
HEADER_WEIGHT, CONTENT_WEIGHT = 0.75, 0.25
CONTENT_ALONE = 0.45
"""How sure a column without a known header can be."""
LEAST = 0.3
ANOTHER_YEAR = 0.2
LEAST_OF_HEADINGS = 0.5
"""So many of the headings between rows look as the cells of the field do that they are taken for."""
TITLE_BONUS = 0.6
FITS_WELL = 0.6
"""Below this a person is asked whether the table is of its kind at all."""
SURE_OF_COLUMN, SURE_COLUMNS = 0.7, 3
CONTACT_HEADER = re.compile(r"电话|手机|邮箱|邮件|联系方式|传真|微信|QQ|[Pp]hone|[Mm]ail|[Mm]obile")
CONTACT = re.compile(r"(?:\+?86[- ]?)?1[3-9]\d{9}|0\d{2,3}[-—]?\d{7,8}|\S+@\S+\.\w+")
TELLING = {
    "people",
    "person",
    "organisations",
    "organisation",
    "category",
    "district",
    "code",
    "date",
    "level",
}
"""Contents that tell a field without a header; plain text and numbers tell nothing."""


@dataclass(frozen=True)
class ColumnGuess:
    """A column with the field it is taken for ("" for none), and samples of its cells."""

    index: int
    header: str
    field: str
    confidence: float
    samples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Guess:
    """A table taken for a kind. ``confidence`` compares kinds; at 0 the table is none of it."""

    kind: str
    confidence: float
    columns: tuple[ColumnGuess, ...]

    @property
    def fields(self) -> dict[str, int]:
        """The column of each field that has one."""
        return {column.field: column.index for column in self.columns if column.field}


def guess(table: Table, kind: str = "") -> Guess:
    """The likeliest kind with its columns; or the columns for the kind a person named."""
    guesses = [guess_kind(table, each) for each in ([kind] if kind else KINDS)]
    return max(guesses, key=lambda found: found.confidence)


def fits_well(found: Guess, table: Table) -> bool:
    """Whether a table is surely enough of the kind it was taken for to be stored unasked.

    Not where less of it is understood than not, nor where it is people to be called: their names
    and telephones say nothing of a list, unless its title or its other columns do.
    """
    if not any(table.header):
        return True
    if found.confidence < FITS_WELL:
        return False
    sure = [
        column
        for column in found.columns
        if column.field not in ("", "rank") and column.confidence > SURE_OF_COLUMN
    ]
    title = plain(" ".join((table.title, *table.above[:2])))
    return (
        len(sure) >= SURE_COLUMNS
        or re.search(KINDS[found.kind].titles, title) is not None
        or not any(map(_is_contact, found.columns))
    )


def _is_contact(column: ColumnGuess) -> bool:
    """Whether a column that no field was found for holds telephones or addresses of mail."""
    return not column.field and bool(
        CONTACT_HEADER.search(column.header) or any(map(CONTACT.fullmatch, column.samples))
    )


def guess_kind(table: Table, kind: str) -> Guess:
    """The columns of a table, if it is of this kind; confidence 0 where it cannot be."""
    if (own := columns_of(table.header, kind)) is not None:
        # As many columns as it has speak for it, against kinds whose heads are among them.
        return Guess(kind, float(len(own)), _as_declared(table, own))
    words = KINDS[kind]
    columns = assign(table, words)
    if kind == "events" and not any(table.header):
        columns = with_text_beside_days(columns)
    if is_labels(table):
        return Guess(kind, 0.0, columns)
    fields = {column.field: column.confidence for column in columns if column.field}
    met = all(any(field in fields for field in group) for group in words.needs)
    used = [
        column
        for column in columns
        if (column.header and plain_header(column.header) not in words.columns_ignored)
        or column.field not in ("", "rank")
    ]
    share = sum(column.confidence for column in used if column.field) / max(len(used), 1)
    confidence = share + 0.05 * len(fields)
    title = plain(" ".join((table.title, *table.above[:2])))
    if re.search(words.titles, title):
        confidence += (
            TITLE_BONUS if re.search(words.titles, plain(table.title)) else TITLE_BONUS / 2
        )
    if re.search(words.not_titles, plain(table.title)):
        confidence -= TITLE_BONUS
    return Guess(kind, max(round(confidence, 3), 0.01) if met else 0.0, columns)


def assign(table: Table, words: KindWords) -> tuple[ColumnGuess, ...]:
    """Each column with at most one field, each field with at most one column, the surest first."""
    headers = table.header or ("",) * max((len(row.cells) for row in table.rows), default=0)
    samples = [table_samples(table, at) for at in range(len(headers))]
    scored = []
    year, _is_own = year_of(table.title, *table.above)
    for at, header in enumerate(headers):
        for order, (field, word) in enumerate((*words.columns.items(), ("id", ID))):
            if plain_header(header) == field:
                # The name itself, as our own exports have it.
                score = 1.0
            elif header == HEADING:
                may_head = field in (*words.sectioned_by, *words.headed_by)
                # Of fields that headings may give, the one whose cells they look most like.
                looks = content_fits(samples[at], word.content)
                score = (
                    round(0.7 + 0.1 * looks, 3) if may_head and looks >= LEAST_OF_HEADINGS else 0.0
                )
            else:
                score = column_score(header, samples[at], word, bool(table.header))
            if field == "type" and samples[at] and content_fits(samples[at], "level") == 1:
                # 类别 above 国家级, 省级: no type of body.
                score = 0.0
            if field == "value" and score and year_in_header(header) not in ("", year):
                # The figures of another year than the table's.
                score = round(score - ANOTHER_YEAR, 3)
            if score >= LEAST:
                scored.append((-score, order, at, field))
    taken: dict[int, tuple[str, float]] = {}
    for score, _order, at, field in sorted(scored):
        if at not in taken and field not in {name for name, _ in taken.values()}:
            taken[at] = field, -score
    return tuple(
        ColumnGuess(at, header, *taken.get(at, ("", 0.0)), samples=tuple(samples[at][:SAMPLES]))
        for at, header in enumerate(headers)
    )


def with_text_beside_days(columns: tuple[ColumnGuess, ...]) -> tuple[ColumnGuess, ...]:
    """Columns without a header of which one holds days: the one text beside it is what happened."""
    others = [column for column in columns if not column.field and column.samples]
    if len(others) != 1 or "date" not in {column.field for column in columns}:
        return columns
    title = replace(others[0], field="title", confidence=CONTENT_ALONE)
    return tuple(title if column is others[0] else column for column in columns)


LABELLED = re.compile(r"[^：:\s]{2,10}[：:].*", re.S)


def is_labels(table: Table) -> bool:
    """Whether every cell of a table without a header says itself what it is: 主办：…, 备案号：…."""
    printed = [cell for row in table.rows for cell in row.printed()]
    return not table.header and bool(printed) and all(map(LABELLED.fullmatch, printed))


def _as_declared(table: Table, fields: Mapping[int, str]) -> tuple[ColumnGuess, ...]:
    """The columns of a list that says itself what they are."""
    return tuple(
        ColumnGuess(
            at,
            header,
            fields.get(at, ""),
            1.0 if at in fields else 0.0,
            tuple(table_samples(table, at)[:SAMPLES]),
        )
        for at, header in enumerate(table.header)
    )


def table_samples(table: Table, column: int) -> list[str]:
    """Printed cells of a column, from the top."""
    found = []
    for row in table.rows:
        if column < len(row.cells) and row.cells[column]:
            found.append(row.cells[column])
            if len(found) == SAMPLE_ROWS:
                break
    return found


def column_score(header: str, samples: list[str], words: Words, has_header: bool) -> float:
    """How surely a column means a field, by its header and by what its cells look like."""
    named = header_fits(header, words)
    looks = content_fits(samples, words.content)
    if named and not looks and _are_units(samples, words):
        return 0.0
    if named:
        return round(named * (HEADER_WEIGHT + CONTENT_WEIGHT * looks), 3)
    if plain_header(header) in OTHER_HEADERS:
        # 备注 tells nothing of a field, whatever its cells look like.
        return 0.0
    if has_header and header and (looks < 0.9 or _names_other_things(header, words)):
        return 0.0
    return round(CONTENT_ALONE * looks, 3) if words.content in TELLING else 0.0


def _are_units(samples: list[str], words: Words) -> bool:
    """Whether the cells under 单位 are units of measure, and no organisations."""
    return (
        words.content in ("organisation", "organisations")
        and bool(samples)
        and content_fits(samples, "unit") == 1
    )


OF_THINGS = re.compile(r".*(?:名称|领域|类[别型]?|专项|方向|学科|行业|编号|代码|专业|产品)")


def _names_other_things(header: str, words: Words) -> bool:
    """Whether a header says that its cells name no people, however they look: 专项名称."""
    return words.content in ("people", "person") and bool(OF_THINGS.fullmatch(plain_header(header)))


def content_fits(samples: list[str], content: str) -> float:
    """The share of cells that look as a field's cells do; a half where that cannot be told."""
    test = CONTENTS.get(content)
    if test is None or not samples:
        return 0.5
    return sum(1 for sample in samples if test(sample)) / len(samples)


def _is_class(name: str, text: str) -> bool:
    return makes.class_of(text) == name


def _is_category(text: str) -> bool:
    award_class, grade, _awarder, _rest = cells.award_parts(text)
    return bool(award_class or grade) and len(text) < 30


def _matches(pattern: str, text: str) -> bool:
    return re.fullmatch(pattern, text.strip()) is not None


CONTENTS: Mapping[str, "partial[bool]"] = {
    "people": partial(_is_class, "people"),
    "person": partial(_matches, cells.PERSON.pattern),
    "organisations": partial(_is_class, "organisation"),
    "organisation": partial(_is_class, "organisation"),
    "category": partial(_is_category),
    "number": partial(_matches, r"[-+]?[0-9０-９][0-9０-９,.]*\s*\S{0,3}"),
    # A longer number is a code.
    "rank": partial(_matches, r"第?[0-9０-９]{1,6}[名位.．、]?"),
    "district": partial(_matches, r"\S{1,8}[区县市]|\S{2,8}新区|高新区|市本级|市直|全市"),
    "year": partial(_matches, r"(?:19|20)\d\d.{0,8}"),
    "date": partial(_matches, r"(?:(?:19|20)\d\d[-年./]\d{1,2}.{0,16}|\d{1,2}月.{0,12})"),
    "code": partial(_matches, r"[0-9A-Za-z]{12,20}"),
    "uuid": partial(_matches, r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
    "level": partial(_matches, r"(?:国家|省|市|区|县)级?\s*(?:[（(]\s*共?\d+\s*[项个家][)）])?"),
    "unit": partial(_matches, r"%|\S{0,4}[元个家项件人次名篇位年吨度]"),
}
