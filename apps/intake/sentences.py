"""What people are told, by code: why a file is refused, why a cell is doubtful, why text is left.

The codes travel; the sentences are looked up where a person reads them.
"""

from collections.abc import Mapping

from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_noop as _

REFUSALS: dict[str, str] = {
    "no-file": _("There is no file of this name."),
    "empty-file": _("The file is empty; save it again from its program, then hand it in."),
    "file-too-large": _("The file is larger than %(megabytes)s MB; split it."),
    "truncated": _("The file is damaged or cut off; open it in its program and save it again."),
    "zip-bomb": _(
        "The file would unpack to an unreasonable size and was not opened; copy the table alone into a new file."
    ),
    "password": _("The file is protected by a password; save it without one."),
    "macro": _("The file contains macros and was not opened; save it without macros."),
    "old-word": _("This is a Word 97–2003 document (.doc); save it as .docx."),
    "rich-text": _("This is an RTF document; save it as .docx."),
    "picture": _(
        "This is a picture; the intake reads text, so type the table or use recognised text."
    ),
    "unknown-format": _(
        "This kind of file cannot be read; use .docx, .xlsx, .xls, .csv, .html, .pdf or text."
    ),
    "web-archive": _("This is a web archive (.mht); save the page as .html."),
    "not-text": _(
        "The file is neither a table nor text; use .docx, .xlsx, .xls, .csv, .html, .pdf or text."
    ),
    "mixed-encodings": _("The text mixes two encodings, first in line %(line)s; save it as UTF-8."),
    "unknown-encoding": _("The encoding of the text cannot be told; save it as UTF-8."),
    "scanned-pdf": _(
        "The PDF holds only pictures of pages and no text; run text recognition (OCR) over it first, or use the original file."
    ),
    "unreadable-pdf": _(
        "The letters of this PDF cannot be told as characters; run text recognition (OCR) over it first, or use the original file."
    ),
    "too-many-pages": _("The PDF has more than %(pages)s pages; hand in the pages with the table."),
    "table-too-large": _(
        "A table has more rows or columns than can be read; remove the blank ones."
    ),
    "too-slow": _("Reading the file took longer than %(seconds)s seconds; split it."),
    "too-much-memory": _("Reading the file needs more memory than allowed; split it."),
    "reader-failed": _("The file could not be read; open it in its program and save it again."),
    "interrupted": _(
        "Reading was interrupted several times; nothing was stored. Take the file in again."
    ),
    "not-stored": _("%(reason)s"),
    "storing-failed": _("Storing was interrupted; nothing was stored. Accept the rows again."),
    "no-table": _(
        "The file holds no table; choose the file that does, or paste the table at the desk."
    ),
    "no-kind": _(
        "No table of the file is a list the city keeps; name its kind, or check its headers."
    ),
    "wrong-kind": _("The table is no list of this kind: a column is missing (%(missing)s)."),
    "not-of-case": _(
        "No table of the file is a list that this case holds; choose the case of that list, or say at the desk what its columns mean."
    ),
    "digits-lost": _(
        "A spreadsheet turned this code into a rounded number (%(value)s); enter it again as text."
    ),
}

DOUBTS: dict[str, str] = {
    "first-cell-restored": _(
        "The row had lost its first cell; its cells were moved back to the right."
    ),
    "category-glued": _("The category was printed together with the title and was taken off."),
    "more-cells-than-header": _("The row has more cells than the table has headers."),
    "filled-down": _("The cell was blank; the value above was taken."),
    "heading-unsure": _("Headings stand at the edge of a page; this row may be under another one."),
    "order-unsure": _(
        "Parts without numbers stand side by side on several pages; compare the order of the rows with the source."
    ),
    "columns-or-rows": _(
        "Names stand in several columns; compare their order with the source: beside or below?"
    ),
    "row-broken": _("A page broke this row; its halves were put together."),
    "lines-joined": _("Several lines of the source are one row; they were put together here."),
    "turned": _("The table lies on its side; a column of it is this row."),
    "footnote-mark": _("The mark of a note stood behind this and was taken off."),
    "blank-unsure": _(
        "No lines divide the cells here; the value above, or the next one, may hold for this row."
    ),
    "ditto": _("A sign for “the same as above” stands here, and nothing above it."),
    "overprinted": _("Letters are printed over one another here; compare with the source."),
    "cut-off": _("The cell is filled to its edge; its end may not have been printed."),
    "words-left-over": _(
        "Words of the source beside this row found no place in it; compare it with the source."
    ),
    "words-twice": _("Words of the source stand twice here; compare the row with the source."),
    "words-changed": _(
        "Not every word of the cell is found again in the value; compare it with the source."
    ),
    "said-twice": _("Two cells of this row say different things here; compare with the source."),
    "under-wide-head": _(
        "Its header stands over two columns, and only one of them is read; compare with the source."
    ),
    "column-twice": _("Two columns have the same header, and only one of them is read."),
    "title-unsure": _(
        "The running numbers go on from a table of another title; compare the title with the source."
    ),
    "same-title": _(
        "The table before has the same title and other columns; compare both with the source."
    ),
    "number-gap": _("The running numbers leave a gap here; a row may be missing."),
    "number-repeated": _("The running numbers repeat or go back here; compare with the source."),
    "number-missing": _("This row has no running number; it may be a part of another one."),
    "row-alone": _("The row holds one cell only; it may be a line between the rows."),
    "part-below": _("The row below may be a part of this one."),
    "columns-unsure": _(
        "Only blanks part these columns, fewer than on the page before; compare with the source."
    ),
    "cell-lost": _("A cell of this row is missing in the source; the others may be misplaced."),
    "list-unsure": _(
        "The row was read from lines of text that no title calls a list; compare it with the source."
    ),
    "row-twice": _("A row before says the same in every cell."),
    "unlike-column": _("The cell does not look like the others of its column."),
    "inner-blank": _(
        "A blank stands between two Chinese characters; it may be the end of a printed line."
    ),
    "line-break": _("The cell was broken over lines; check the place of the break."),
    "blank-removed": _("A blank inside a Chinese name was taken out."),
    "mixed-separator": _("The names are separated in more than one way."),
    "comma-separator": _("The names are separated by commas."),
    "blank-separator": _("The names are separated by blanks only."),
    "numbered-names": _("A number stood before each of the names and was taken off."),
    "other-separator": _("The names are separated by slashes, bars or plus signs."),
    "list-open": _("The list ends with “and others”, which are not named."),
    "line-between": _(
        "A line of text stands between this page and the one before; compare the row with the source."
    ),
    "separator-in-name": _("A name seems to hold a separator."),
    "possible-duplicate": _("The same name stands twice."),
    "possibly-two-names": _("This may be two names; a separator may be missing."),
    "possibly-one-name": _("Two of the names may be one."),
    "not-like-a-name": _("This does not look like a person's name."),
    "not-like-an-organisation": _("One of the names does not look like an organisation."),
    "category-unknown": _("Class and grade cannot be told from this."),
    "differs-from-category": _("The category names another awarder than the title."),
    "inferred": _("This is not printed; it follows from the title or the type."),
    "from-context": _("This is taken from a line further above the table."),
    "part-of-year": _("The title names a part of a year; say which period the figures are of."),
    "missing": _("A value is missing."),
    "not-a-year": _("This is not a year."),
    "not-a-day": _("This is not a day."),
    "day-unsure": _("The day is printed only in part, or as a serial number."),
    "not-a-number": _("This is not a number."),
    "odd-commas": _("The commas in this number are in odd places."),
    "blank-sign": _("A sign for “none” may mean missing or not applicable."),
    "not-a-code": _("This is not a code of 18 letters and digits."),
    "digits-lost": _("A spreadsheet rounded this number; its last digits are lost."),
    "unreadable": _("A letter cannot be told (�); compare it with the source and type it."),
    "formula": _("The cell holds a formula; its last shown value was taken as text."),
    "struck-out": _("This is struck out in the source."),
    "control-characters": _("Invisible control characters were taken out."),
}

ASIDE: dict[str, str] = {
    "hidden-row": _("a hidden row"),
    "hidden-column": _("a hidden column"),
    "repeated-header": _("the header, repeated"),
    "copied-row": _("a row of the same table, printed twice"),
    "repeated-title": _("the title, repeated"),
    "column-numbers": _("numbers of the columns"),
    "total": _("a total"),
    "note": _("a note"),
    "line": _("a line between the rows"),
    "month-heading": _("the heading of a month"),
    "no-kind": _("a row of a table of no known kind"),
    "left-over": _("words that found no place"),
    "watermark": _("a word printed over the page"),
    "column-unread": _("a column without a field"),
    "by-hand": _("set aside by hand"),
}


PLACES: dict[str, str] = {
    "sheet": _("sheet %(value)s"),
    "page": _("page %(value)s"),
    "table": _("table %(value)s"),
    "cell": _("cell %(value)s"),
    "line": _("line %(number)s"),
}


def refusal(code: str, params: Mapping[str, str | int], where: str = "") -> str:
    """Why a file is refused, in one sentence, with the place where there is one."""
    if code == "wrong-kind" and "kind" in params:
        params = {**params, "missing": _missing(str(params["kind"]), str(params["missing"]))}
    sentence = gettext(REFUSALS.get(code, REFUSALS["reader-failed"])) % params
    if not where:
        return sentence
    return gettext("%(sentence)s (%(place)s)") % {"sentence": sentence, "place": place(where)}


def _missing(kind: str, names: str) -> str:
    """The columns that are missing, in words: groups of which one would do."""
    # The rooms are loaded when the first sentence is asked for.
    from apps.intake.columns import column_label

    groups = [
        " / ".join(column_label(kind, name) for name in group.split(" / "))
        for group in names.split(", ")
    ]
    return pgettext("between items", ", ").join(groups)


def place(where: str) -> str:
    """A place in a file, such as “sheet A, cell C2”, in the reader's language."""
    said = []
    for part in where.split(", "):
        key, _blank, value = part.partition(" ")
        said.append(
            gettext(PLACES[key]) % {"value": value, "number": value}
            if key in PLACES and value
            else part
        )
    return pgettext("between items", ", ").join(said)


def doubt(code: str) -> str:
    """Why a value is doubtful."""
    return gettext(DOUBTS[code])


def aside(code: str) -> str:
    """What it is that became no row."""
    return gettext(ASIDE[code])
