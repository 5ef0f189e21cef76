"""What one cell says: lists of names, numbers, years, titles. Nothing here sees a table."""

import re
import unicodedata

SEPARATORS = "、，,；;\n"
OPENING, CLOSING = "（(《〈【[“", "）)》〉】]”"
HAN = r"\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
BLANK_IN_HAN = re.compile(rf"(?<=[{HAN}])\s+(?=[{HAN}])")
HAN_NAMES_WITH_BLANKS = re.compile(rf"[{HAN}]{{2,4}}(?:\s+[{HAN}]{{2,4}})+")
WHOLE_NUMBER_OR_CODE = re.compile(r"[0-9A-Za-z.,%+\-]+")
TITLE_AND_NOTE = re.compile(r"《(?P<title>.+)》(?:[（(](?P<note>[^（()）]+)[)）])?")
AWARD_CATEGORY = re.compile(
    r"(?P<awarder>.*?)(?P<award_class>技术发明|自然科学|科学技术进步|科技进步|科学技术合作)奖?"
    r"(?P<grade>特等|一等|二等|三等)奖"
)
FULL_CLASS_NAMES = {"科技进步": "科学技术进步"}


def split_list(text: str) -> list[str]:
    """A list of names by the separators 、 ， , ； ; or a line break, in printed order.

    A separator inside brackets or quotation marks belongs to the name. A bracket that is
    never closed does not swallow the rest of the list: then brackets are ignored.
    """
    pieces, depth, start = [], 0, 0
    for position, character in enumerate(text):
        if character in OPENING:
            depth += 1
        elif character in CLOSING:
            depth -= 1
        elif character in SEPARATORS and depth == 0:
            pieces.append(text[start:position])
            start = position + 1
    pieces.append(text[start:])
    if depth != 0:
        pieces = re.split(f"[{re.escape(SEPARATORS)}]", text)
    return [piece.strip() for piece in pieces if piece.strip()]


def separators_used(text: str) -> set[str]:
    """The separators that stand outside brackets in a cell."""
    outside = re.sub(r"[（(《〈【\[“][^（()）]*?[）)》〉】\]”]", "", text)
    return {character for character in outside if character in SEPARATORS}


def split_people(text: str) -> list[str]:
    """A list of people, names tidied, in printed order.

    A cell without any separator, whose blanks part whole Chinese names, is split at them.
    """
    stripped = text.strip()
    if not separators_used(stripped) and HAN_NAMES_WITH_BLANKS.fullmatch(stripped):
        return stripped.split()
    return [tidy_person(name) for name in split_list(text)]


def tidy_person(name: str) -> str:
    """A name without the blanks that pad Chinese characters; Latin names keep theirs, single."""
    return re.sub(r"\s+", " ", BLANK_IN_HAN.sub("", name.strip()))


def has_padded_name(text: str) -> bool:
    """Whether a list of people holds a Chinese name with a blank in it."""
    return any(BLANK_IN_HAN.search(name) for name in split_list(text))


def has_inner_blank(text: str) -> bool:
    """Whether a blank stands between two Chinese characters (a line break, in print)."""
    return BLANK_IN_HAN.search(text) is not None


def looks_like_two_names(name: str) -> bool:
    """Whether a person's name is too long for one Chinese name: a separator may be lost."""
    return re.fullmatch(rf"[{HAN}]{{5,}}", name) is not None


def normalise_number(text: str) -> str:
    """Full-width digits, letters and signs made half-width, if the cell is a number or code.

    Any other text comes back as it was: a full-width letter in a name is part of the name.
    """
    narrow = unicodedata.normalize("NFKC", text.strip())
    return narrow if WHOLE_NUMBER_OR_CODE.fullmatch(narrow) else text


def read_year(text: str) -> str:
    """The year in "2023年", "2023" or "２０２３年度"; the text itself where there is none."""
    found = re.fullmatch(r"((?:19|20)[0-9]{2})年?度?", unicodedata.normalize("NFKC", text.strip()))
    return found[1] if found else text


def split_title_note(text: str) -> tuple[str, str]:
    """Title without its 《》, and the note in brackets behind them: 《…》（修订）.

    Brackets inside 《》 are part of the title. A text that is not built so comes back whole.
    """
    found = TITLE_AND_NOTE.fullmatch(text.strip())
    return (found["title"], found["note"] or "") if found else (text.strip(), "")


def split_award_category(text: str) -> tuple[str, str]:
    """Award class and grade: 省科技进步一等奖 → 科学技术进步奖, 一等奖.

    Raises ValueError for a category that names no class or no grade.
    """
    found = AWARD_CATEGORY.fullmatch(text.strip())
    if not found:
        raise ValueError(f"not an award class with a grade: {text!r}")
    award_class = FULL_CLASS_NAMES.get(found["award_class"], found["award_class"])
    return award_class + "奖", found["grade"] + "奖"
