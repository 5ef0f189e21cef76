"""What one cell says: lists of names, years, titles, categories. Nothing here sees a table."""

import re
import unicodedata

from apps.intake.odd_lists import in_usual_form, people_by_dots

SEPARATORS = "、，,；;\n"
OPENING, CLOSING = "（(《〈【[“〔「『", "）)》〉】]”〕」』"
HAN = r"\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
BLANK_IN_HAN = re.compile(rf"(?<=[{HAN}·])\s+(?=[{HAN}·])")
HAN_TOKENS = re.compile(rf"[{HAN}]{{1,4}}(?:\s+[{HAN}]{{1,4}})+")
WHOLE_NUMBER_OR_CODE = re.compile(r"[0-9A-Za-z.,%+\-]+")
TITLE_AND_NOTE = re.compile(r"《(?P<title>.+)》(?:[（(](?P<note>[^（()）]+)[)）])?", re.S)
AWARD_CLASS = (
    r"技术发明|自然科学|科学技术进步|科技进步|科学技术合作|国际科学技术合作|国际科技合作|科技合作"
)
AWARD_GRADE = r"(?:特等|一等|二等|三等|四等|优秀|鼓励|重大贡献|突出贡献|金|银|铜)奖"
AWARD_CATEGORY = re.compile(
    rf"(?P<awarder>.*?)(?P<award_class>{AWARD_CLASS})奖?(?P<grade>特等|一等|二等|三等)奖"
)
FULL_CLASS_NAMES = {"科技进步": "科学技术进步", "科技合作": "科学技术合作"}
BLANK_SIGN = re.compile(r"[-–—―－─_/／\\.…·*＊]{1,6}|无|暂无|没有|[Nn]/?[Aa]|空|不详")
ORGANISATION = re.compile(
    r".*(?:公司|大学|学院|学校|中学|小学|研究院|研究所|研究中心|医院|中心|集团|厂|局|委员会|政府|实验室|合作社|"
    r"站|所|院|社|协会|学会|联盟|联合会|部|厅|办公室|银行|队|园|场|基地|总公司|有限责任公司|分校|党校|科协|"
    r"管委会|委|台|商会|基金会|事务所|工作室|企业|平台|（集团）|\(集团\)|馆|Ltd\.?|Inc\.?|GmbH|University|Institute|LLC)"
    r"(?:\s*[（(][^（()）]*[)）])?"
)
PERSON = re.compile(
    rf"(?:[{HAN}]{{2,4}}|[{HAN}]{{1,8}}[·•‧][{HAN}·•‧]{{1,16}}|[A-Z][A-Za-z.\-'’]*(?:\s+[A-Za-z.\-'’]+){{0,4}})"
    r"(?:\s*[（(][^（()）]{1,40}[)）])?"
)
PLACE = re.compile(rf"[{HAN}]{{1,3}}[省市区县]")
DISTRICT = re.compile(rf"[{HAN}]{{2,8}}[区县市]")
TWO_ORGANISATIONS = re.compile(
    rf".*有限(?:责任)?公司(?:[（(][^（()）]*[)）]|(?=.*有限(?:责任)?公司$))[{HAN}]{{4,}}.*"
)
"""One firm's full name behind another's, be it behind its brackets: a line end may be missing."""
COMPANY_TAIL = re.compile(r"\s*(?:Ltd|Inc|LLC|Corp|Co|GmbH|S\.A|AG)\b", re.I)
SHORT_NAME = re.compile(r".{0,2}|.{2}(?!司|学|院|心|团|厂|所|站).")
"""Too short to be told from a person's name by its last character."""
COMPOUND_SURNAMES = (
    "欧阳",
    "上官",
    "皇甫",
    "司马",
    "诸葛",
    "司徒",
    "东方",
    "独孤",
    "南宫",
    "慕容",
    "尉迟",
    "长孙",
    "宇文",
    "公孙",
    "令狐",
    "端木",
    "夏侯",
    "轩辕",
    "钟离",
    "鲜于",
)


# --- lists -----------------------------------------------------------------------------------


def cut(text: str, separators: str) -> list[str]:
    """A text cut at separators, but never inside brackets or quotation marks.

    A bracket that is never closed does not swallow the rest: then brackets are ignored.
    """
    if not any(map(text.__contains__, separators)):
        return [piece] if (piece := text.strip()) else []
    pieces, depth, start = [], 0, 0
    for position, character in enumerate(text):
        if character in OPENING:
            depth += 1
        elif character in CLOSING:
            depth -= 1
        elif character in separators and depth == 0:
            if character in ",，" and COMPANY_TAIL.match(text, position + 1):
                continue
            pieces.append(text[start:position])
            start = position + 1
    pieces.append(text[start:])
    if depth != 0:
        pieces = re.split(f"[{re.escape(separators)}]", text)
    return [piece.strip() for piece in pieces if piece.strip()]


def split_list(text: str) -> list[str]:
    """A list of names by the separators 、 ， , ； ; or a line break, in printed order."""
    return cut(text, SEPARATORS)


def separators_used(text: str) -> set[str]:
    """The separators that stand outside brackets in a cell."""
    if not any(map(text.__contains__, SEPARATORS)):
        return set()
    outside = re.sub(r"[（(《〈【\[“〔「『][^（()）]*?[）)》〉】\]”〕」』]", "", text)
    return {character for character in outside if character in SEPARATORS}


def rejoin_lines(text: str, is_whole: re.Pattern[str]) -> tuple[str, bool]:
    """A list whose lines end inside a name, put together; and whether any did.

    Where the cell uses another separator, a line break beside one says nothing; between two
    pieces that are names by themselves it separates, elsewhere it is the end of a line.
    """
    others = SEPARATORS.replace("\n", "")
    if "\n" not in text or not separators_used(text) - {"\n"}:
        return text, False
    lines = [line for line in text.split("\n") if line.strip()]
    result, was_broken = lines[0], False
    for line in lines[1:]:
        if result.rstrip()[-1:] in others or line.lstrip()[:1] in others:
            result += line
            continue
        before = re.split(f"[{others}]", result)[-1].strip()
        after = re.split(f"[{others}]", line)[0].strip()
        if is_whole.fullmatch(before) and is_whole.fullmatch(after):
            result += "\n" + line
        else:
            both_latin = before[-1:].isascii() and after[:1].isascii()
            result, was_broken = result + (" " if both_latin else "") + line, True
    return result, was_broken


def split_by_strongest(text: str, is_whole: re.Pattern[str]) -> list[str]:
    """A list cut at ； where the cell has it; a piece is cut on only where all its parts are names.

    So a name that holds 、 stays whole in a list that ； separates.
    """
    used = separators_used(text)
    strong = "".join(used & set("；;")) or ("\n" if "\n" in used else "")
    if not strong or used <= set(strong):
        return split_list(text)
    names = []
    for piece in cut(text, strong):
        parts = split_list(piece)
        are_whole = all(is_whole.fullmatch(BLANK_IN_HAN.sub("", part)) for part in parts)
        names += parts if are_whole else [piece]
    return names


def split_organisations(text: str) -> tuple[list[str], list[str]]:
    """A list of organisations in printed order, and codes of what was doubtful in it."""
    text, was_broken = rejoin_lines(text, ORGANISATION)
    text, odd = in_usual_form(text, ORGANISATION)
    codes = ["line-break", *odd] if was_broken else odd
    names = split_by_strongest(text, ORGANISATION)
    if len(names) == 1 and re.search(r"\s", names[0]):
        pieces = names[0].split()
        if all(ORGANISATION.fullmatch(piece) and len(piece) > 3 for piece in pieces):
            names, codes = pieces, [*codes, "blank-separator"]
    whole: list[str] = []
    for name in names:
        if (
            whole
            and _ends_early(whole[-1])
            and ORGANISATION.fullmatch(name)
            and not PLACE.match(name)
        ):
            whole[-1] += "、" + name
            codes.append("separator-in-name")
        else:
            whole.append(name)
    tidied = [tidy_organisation(name) for name in whole]
    if any("\n" in name for name in whole):
        codes.append("line-break")
    if any(set("、；;") & set(cut_brackets(name)) for name in tidied):
        codes.append("separator-in-name")
    if any(ORGANISATION.fullmatch(name) is None for name in tidied) and len(tidied) > 1:
        codes.append("not-like-an-organisation")
    if any(TWO_ORGANISATIONS.fullmatch(name) for name in tidied):
        codes.append("possibly-two-names")
    codes += list_codes(text, tidied)
    return tidied, list(dict.fromkeys(codes))


def cut_brackets(text: str) -> str:
    """A text without what stands in brackets."""
    return re.sub(r"[（(][^（()）]*[)）]", "", text)


def _ends_early(name: str) -> bool:
    """Whether a piece is the first half of a public body's name: 宁波市农业、林业技术推广总站."""
    return len(name) <= 10 and PLACE.match(name) is not None and not ORGANISATION.fullmatch(name)


def tidy_organisation(name: str) -> str:
    """A name without line breaks and without blanks between Chinese characters."""
    return re.sub(r"\s+", " ", BLANK_IN_HAN.sub("", name.strip()))


def list_codes(text: str, names: list[str]) -> list[str]:
    """What is odd about a list: separators other than 、, or the same name twice."""
    separators = separators_used(text)
    codes = []
    if len(separators - {"\n"}) > 1 or (
        len(separators) > 1 and "\n" in separators and not _at_breaks(text)
    ):
        codes.append("mixed-separator")
    elif separators & {"，", ","}:
        codes.append("comma-separator")
    if len(set(names)) < len(names):
        codes.append("possible-duplicate")
    return codes


def _at_breaks(text: str) -> bool:
    """Whether every line break of a list stands beside another separator."""
    return re.search(r"[^、，,；;\s]\s*\n\s*[^、，,；;\s]", text) is None


def split_people(text: str) -> list[str]:
    """A list of people, names tidied, in printed order.

    A cell without any separator, whose blanks part whole Chinese names, is split at them; two
    single characters beside each other are one padded name.
    """
    stripped = text.strip()
    if not separators_used(stripped) and HAN_TOKENS.fullmatch(stripped):
        names = _names_of_tokens(stripped.split())
        if names:
            return names
    return [tidy_person(name) for name in split_by_strongest(stripped, PERSON)]


def _names_of_tokens(tokens: list[str]) -> list[str]:
    """Names out of tokens between blanks; none where single characters are left over."""
    if len(tokens) == 2 and all(len(token) == 1 for token in tokens):
        return ["".join(tokens)]
    names: list[str] = []
    waiting = ""
    for token in tokens:
        if waiting and len(token) == 1:
            names.append(waiting + token)
            waiting = ""
        elif waiting:
            return []
        elif len(token) == 1:
            waiting = token
        else:
            names.append(token)
    return [] if waiting else names


def read_people(text: str) -> tuple[list[str], list[str]]:
    """A list of people in printed order, and codes of what was doubtful in it."""
    joined, was_broken = rejoin_lines(text, PERSON)
    joined, odd = in_usual_form(joined, PERSON)
    names = split_people(joined)
    codes = ["line-break", *odd] if was_broken else odd
    by_blanks = not separators_used(joined) and len(names) > 1
    if by_blanks:
        codes.append("blank-separator")
        if any(name in COMPOUND_SURNAMES for name in names):
            codes.append("possibly-one-name")
    if not by_blanks and has_padded_name(joined):
        codes.append("blank-removed")
    codes += list_codes(joined, names)
    if any(looks_like_two_names(name) or people_by_dots(name) for name in names):
        codes.append("possibly-two-names")
    if any(_with_employer(name) for name in names) or any(
        not PERSON.fullmatch(name) and not looks_like_two_names(name) for name in names
    ):
        codes.append("not-like-a-name")
    return names, codes


def _with_employer(name: str) -> bool:
    """Whether an organisation stands in the brackets behind a name: 王芳（某市大学）."""
    found = re.search(r"[（(](.+)[)）]$", name)
    return found is not None and len(found[1]) > 3 and ORGANISATION.fullmatch(found[1]) is not None


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


# --- one value -------------------------------------------------------------------------------


def is_blank_sign(text: str) -> bool:
    """Whether a cell only says that there is nothing: —, /, 无."""
    return BLANK_SIGN.fullmatch(text.strip()) is not None


def one_line(text: str) -> tuple[str, bool]:
    """A text without line breaks, and whether it is unsure what stood at one.

    Between Chinese characters a break is the end of a printed line, or the place of a blank.
    """
    if "\n" not in text:
        return text, False
    joined = re.sub(r"(?<=[A-Za-z0-9])\s*\n\s*(?=[A-Za-z0-9])", " ", text)
    return re.sub(r"\s*\n\s*", "", joined), True


def normalise_number(text: str) -> str:
    """Full-width digits, letters and signs made half-width, if the cell is a number or code.

    Any other text comes back as it was: a full-width letter in a name is part of the name.
    """
    narrow = unicodedata.normalize("NFKC", text.strip())
    return narrow if WHOLE_NUMBER_OR_CODE.fullmatch(narrow) else text


def split_title_note(text: str) -> tuple[str, str]:
    """Title without its 《》, and the note in brackets behind them: 《…》（修订）.

    Brackets inside 《》 are part of the title. A text that is not built so comes back whole.
    """
    found = TITLE_AND_NOTE.fullmatch(text.strip())
    if not found or 0 <= found["title"].find("》") < (found["title"] + "《").find("《"):
        return text.strip(), ""
    return found["title"], found["note"] or ""


def split_award_category(text: str) -> tuple[str, str]:
    """Award class and grade: 省科技进步一等奖 → 科学技术进步奖, 一等奖.

    Raises ValueError for a category that names no class or no grade.
    """
    award_class, grade, _awarder, _rest = award_parts(text)
    if not award_class or not grade:
        raise ValueError(f"not an award class with a grade: {text!r}")
    return award_class, grade


def award_parts(text: str) -> tuple[str, str, str, str]:
    """Class, grade, who awards, and what words are left, of an award category in any order."""
    bare = re.sub(r"\s+", "", text)
    award_class = grade = awarder = ""
    if found := re.search(AWARD_CLASS, bare):
        award_class = FULL_CLASS_NAMES.get(found[0], found[0]) + "奖"
        awarder = bare[: found.start()]
        bare = bare[: found.start()] + "|" + bare[found.end() :].removeprefix("奖")
    if found := re.search(rf"{AWARD_GRADE}|(?:特等|[一二三四]等)(?!奖)", bare):
        grade = found[0] if found[0].endswith("奖") else found[0] + "奖"
        awarder = awarder if award_class else bare[: found.start()]
        bare = bare[: found.start()] + bare[found.end() :]
    rest = re.sub(r"[|/／\-—－·:：、，,()（）]|奖项?|类|等级", "", bare)
    rest = rest.removeprefix(awarder) if awarder else rest
    return award_class, grade, re.sub(r"[（(/\-].*", "", awarder), rest
