"""Lists that use no usual separator: ①甲②乙, 1.甲 2.乙, 甲/乙, 甲和乙, and lists that say 等 at their end.

Each of these is put into the usual form, with a code of what was done; where it may be one name, it
stays as it is, with a code all the same.
"""

import re

RINGED = re.compile(r"\s*[①-⑳]\s*")
COUNTED = re.compile(r"(?:^|(?<=[\s、，,；;）)\u4e00-\u9fff]))[（(]?(\d{1,2})[.．、)）]\s*(?=\D)")
SLASHED = re.compile(r"\s*[/／|｜+＋&＆\\]\s*")
BRACKETED = re.compile(r"[（(〔【\[][^（()）〔〕【】\[\]]*[)）〕】\]]")
OUTSIDE = re.compile("[、，,；;\n]")
AND = re.compile(r"(?<=.{4})(?:以及|[和与及])(?=.{4})")
AND_OTHERS = re.compile(
    r"\s*等\s*(?:\d{1,3}\s*[家个名位人]?)?\s*(?:单位|企业|公司|机构|人员?|同志)?$"
)
TWO_NAMES = re.compile(r"([\u4e00-\u9fff]{2,3})[和与及]([\u4e00-\u9fff]{2,3})")
TWO_LONG = re.compile(r"([\u4e00-\u9fff·•]{2,})[和与及]([\u4e00-\u9fff·•]{2,})")
HAN_NAMES = re.compile(r"[\u4e00-\u9fff]{2,3}(?:[·•．.][\u4e00-\u9fff]{2,3})+")
DOTTED = re.compile(r"[\u4e00-\u9fff]{2,6}(?:[·•][\u4e00-\u9fff]{2,6})+")
"""A name of several parts: 阿卜杜拉·买买提."""
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任"
    "沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
NUMBERED, OTHER, AND_CODE, OPEN = (
    "numbered-names",
    "other-separator",
    "possibly-two-names",
    "list-open",
)


def in_usual_form(text: str, is_whole: re.Pattern[str]) -> tuple[str, list[str]]:
    """A list with the usual separators, and codes of what was put so, or left although unsure."""
    codes: list[str] = []
    bare = AND_OTHERS.sub("", text)
    if bare != text and bare and not is_whole.fullmatch(text.rpartition("、")[2]):
        text, codes = bare, [OPEN]
    elif bare != text and len(bare) > 1:
        # 张三等: a third letter of a name, or others that are not named.
        codes = [OPEN]
        text = bare
    for split, code in ((by_numbers, NUMBERED), (by_slashes, OTHER), (by_and, AND_CODE)):
        found, is_sure = split(text, is_whole)
        if len(found) > 1 or (found and split is by_numbers and is_sure):
            codes.append(code)
            return ("、".join(found) if is_sure else text), codes
    return text, codes


def by_numbers(text: str, is_whole: re.Pattern[str]) -> tuple[list[str], bool]:
    """Names with a running number before each: ①甲②乙, 1.甲 2.乙."""
    if RINGED.match(text):
        pieces = RINGED.split(text)[1:]
    else:
        signs = list(COUNTED.finditer(text))
        if (
            not signs
            or signs[0].start()
            or [int(sign[1]) for sign in signs] != [at for at, _sign in enumerate(signs, start=1)]
        ):
            return [], False
        ends = [*(sign.start() for sign in signs[1:]), len(text)]
        pieces = [text[sign.end() : end] for sign, end in zip(signs, ends, strict=True)]
    pieces = [piece.strip(" 、，,；;\n") for piece in pieces]
    return pieces, all(is_whole.fullmatch(BRACKETED.sub("", piece)) for piece in pieces)


def by_slashes(text: str, is_whole: re.Pattern[str]) -> tuple[list[str], bool]:
    """Names between bars, slashes or plus signs; sure only where each is a whole name."""
    bare = BRACKETED.sub("", text.strip())
    pieces = [piece for piece in SLASHED.split(text.strip()) if piece]
    if len(list(filter(None, SLASHED.split(bare)))) < 2:
        return [], False
    parts = [part for piece in pieces for part in OUTSIDE.split(BRACKETED.sub("", piece)) if part]
    return pieces, all(map(is_whole.fullmatch, parts)) and min(map(len, parts)) > 1


def by_and(text: str, is_whole: re.Pattern[str]) -> tuple[list[str], bool]:
    """Two names, the last of a list, joined by 和 or 与; sure where both are whole and long."""
    last = _last_of(text)
    if (two := TWO_NAMES.fullmatch(last)) and {two[1][0], two[2][0]} <= SURNAMES:
        return [text[: len(text) - len(last)] + two[1], two[2]], True
    if (two := TWO_LONG.fullmatch(last)) and all(map(_is_person, two.groups())):
        return [text[: len(text) - len(last)] + two[1], two[2]], True
    for sign in AND.finditer(last):
        before, after = last[: sign.start()], last[sign.end() :]
        if all(is_whole.fullmatch(BRACKETED.sub("", piece)) for piece in (before, after)):
            head = text[: len(text) - len(last)]
            return [head + before, after], len(before) > 5 and len(after) > 5
    return [], False


def _last_of(text: str) -> str:
    """The last name of a list; a separator within brackets is none."""
    masked = BRACKETED.sub(lambda found: "+" * len(found[0]), text)
    return text[len(text) - len(OUTSIDE.split(masked)[-1]) :].strip()


def _is_person(name: str) -> bool:
    """Whether a name is one of several parts with dots between, or short with a common surname."""
    return DOTTED.fullmatch(name) is not None or (len(name) <= 3 and name[0] in SURNAMES)


def people_by_dots(name: str) -> bool:
    """Whether a name with dots may be several people: 王伟·李娜, each with a common surname."""
    return HAN_NAMES.fullmatch(name) is not None and all(
        part[0] in SURNAMES for part in re.split(r"[·•．.]", name)
    )
