"""The numbers of a Chinese text that may be figures, with unit and qualifier."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from apps.districts.checks.amounts import Span, half_step, qualified
from apps.registry.units import base_unit

_FULL_WIDTH = str.maketrans("０１２３４５６７８９．％＋－", "0123456789.%+-")
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_HAN = "〇零一二两三四五六七八九十百千万亿"
# What holds digits and is no figure, in the order in which it is looked for.
_NO_FIGURES = re.compile(
    "|".join(
        (
            r"\{\{[^{}\n]*\}\}",  # references to figures, and numbers marked as none
            r"[“‘《「『〔\[][^”’》」』〕\]]*[”’》」』〕\]]",  # names in quotes, document numbers
            r"[A-Za-z0-9.+&\-]*[A-Za-z][A-Za-z0-9.+&\-]*",  # 5G, R&D, CNAS
            # 2023年, 2021—2023年, 2023年5月6日, 2023-05-06
            r"(?<![\d.])(?:19|20)\d\d(?:[-—–~～至到]+(?:19|20)?\d\d)?年度?(?:\d{1,2}月(?:份|\d{1,2}[日号])?)?",
            r"(?<![\d.])(?:19|20)\d\d[-/.]\d{1,2}(?:[-/.]\d{1,2})?(?!\d)",
            r"(?<!\d)(?:19|20)\d\d(?=届|级)",
            r"(?<![\d.])\d{1,2}(?:[-—–~～至到、]+\d{1,2})?月(?:份|\d{1,2}[日号](?:[-—–~～至到]+\d{1,2}日)?)?",
            r"(?<![\d.])\d{1,2}[日号](?!\d)",
            r"第?[一二三四1-4](?:[、至到—-][一二三四1-4])*季度",
            rf"第[\d{_HAN}]+(?:[-—–~～至到]\d+)?[^\d，。；、\s]?",  # 第十二届, 第1
            r"\d+号",
            r"\d+强",
            r"(?<!\d)\d+\+\d+(?!\d)",  # 8+4
            r"(?<![\d.])0\d+(?![.\d])",  # 02专项
            r"\d+(?=(?:[一-龥]{0,4})(?:工程|计划|行动|体系))",
            r"[两二三四五六七八九十\d]年(?=翻)",
            r"十[一二三四五](?:五)",
            r"(?<!\d)(?:19|20)\d\d(?![\d.,，万亿余多家个项人名件篇亩元%])",  # 甬江2035
        )
    )
)
_UNITS = (
    "个百分点",
    "百分点",
    "平方米",
    "万平方米",
    "批次",
    "家次",
    "人次",
    "场次",
    "大类",
    "项目",
    "分钟",
    "小时",
    "公斤",
    "台套",
    "公里",
    "英寸",
    "%",
    "元",
    "家",
    "个",
    "项",
    "人",
    "名",
    "位",
    "件",
    "篇",
    "条",
    "亩",
    "户",
    "种",
    "场",
    "次",
    "批",
    "支",
    "所",
    "座",
    "处",
    "台",
    "套",
    "部",
    "届",
    "类",
    "笔",
    "例",
    "款",
    "年",
    "天",
    "星",
    "分",
    "吨",
    "米",
    "只",
    "羽",
    "片",
    "斤",
    "本",
    "期",
    "门",
    "对",
)
_BEFORE = "不低于|不少于|超过|突破|将近|接近|不足|低于|至少|大约|超|逾|近|约"
_AFTER = "余|多|以上|左右"
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_NUMBER = re.compile(
    rf"(?P<before>{_BEFORE})?"
    r"(?P<sign>(?<![\d个家项人%])[-−](?=\d))?"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"(?P<after>余|多)?(?P<times>[十百千万亿]+)?(?P<more>余|多)?(?P<unit>{_UNIT})?(?P<end>以上|左右)?"
)
# 4、62、4和2个: a number without a unit has that of the next one.
_NEXT = re.compile(r"^(?:、|，|和|与|及|[-—–~～至到]+)$")
_HAN_NUMBER = re.compile(
    rf"(?P<before>{_BEFORE})?(?:百分之(?P<share>[{_HAN}]+)"
    rf"|(?P<digits>[{_HAN}]+)(?P<after>余|多)?(?P<unit>{_UNIT}))"
)
# 三项行动 and 四个方面 are words; three firms or people are counted.
_COUNTED = frozenset(["家", "人", "名", "件", "篇", "元", "户", "亩", "%", "人次", "家次"])
_PLAIN = 10
# Measure words that writers put for one another. 人 and 家 are never the same.
_ITEMS = frozenset(
    [
        "个",
        "家",
        "项",
        "件",
        "所",
        "处",
        "座",
        "种",
        "类",
        "大类",
        "条",
        "款",
        "项目",
        "台",
        "套",
        "支",
        "项（套）",
    ]
)
_PEOPLE = frozenset(["人", "名", "位", "个", "项"])


@dataclass(frozen=True)
class Number:
    """A number in a text: as it stands there, where, and what it may stand for in its base unit."""

    text: str
    start: int
    span: Span
    base: str
    # 三家 might be a manner of speaking, 3家 is not.
    is_plain: bool = True


def same_unit(one: str, other: str) -> bool:
    """Say whether two base units may be said of the same figure."""
    if one == other or not one:
        return True
    return {one, other} <= _ITEMS or {one, other} <= _PEOPLE


def from_han(text: str) -> Decimal | None:
    """Return what a number in Chinese digits is, or None where it is none (百家, 千万)."""
    total = section = digit = 0
    seen = False
    for sign in text:
        if sign in _DIGITS:
            digit, seen = _DIGITS[sign], True
        elif sign in _TENS:
            if not digit and sign != "十":
                return None
            section += (digit or 1) * _TENS[sign]
            digit, seen = 0, True
        else:
            if not (section or digit):
                return None
            total = (total + section + digit) * (10**8 if sign == "亿" else 10**4)
            section = digit = 0
    return Decimal(total + section + digit) if seen else None


def _times(words: str) -> Decimal:
    """Return the product of 十, 百, 千, 万 and 亿."""
    product = Decimal(1)
    for word in words:
        product *= {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}[word]
    return product


def without_names(text: str) -> str:
    """Return ``text`` at its own length with everything masked that holds digits and is no figure."""
    return _NO_FIGURES.sub(lambda match: "\0" * len(match[0]), text)


def numbers(text: str) -> Iterator[Number]:
    """Yield the numbers of ``text`` that claim something, in their order."""
    text = without_names(text.translate(_FULL_WIDTH))
    matches = list(_NUMBER.finditer(text))
    units = [match["unit"] or "" for match in matches]
    factors = [match["times"] or "" for match in matches]
    for place in range(len(matches) - 2, -1, -1):
        between = text[matches[place].end() : matches[place + 1].start()]
        if not units[place] and not factors[place] and _NEXT.match(between):
            units[place], factors[place] = units[place + 1], factors[place + 1]
    for match, unit, factor in zip(matches, units, factors, strict=True):
        value = Decimal(match["digits"].replace(",", ""))
        if match["sign"]:
            value = -value
        qualifier = match["before"] or match["after"] or match["more"] or match["end"] or ""
        times = _times(factor)
        is_rounded = times > 1 or "." in match["digits"] or unit in {"%", "元"}
        printed = qualified(value, half_step(value) if is_rounded else Decimal(0), qualifier)
        more, base = base_unit(unit)
        yield Number(
            match[0],
            match.start(),
            Span(printed.low * times * more, printed.high * times * more),
            base,
        )
    text = _NUMBER.sub(lambda match: "\0" * len(match[0]), text)
    for match in _HAN_NUMBER.finditer(text):
        unit = match["unit"] or "%"
        han = from_han(match["share"] or match["digits"])
        if han is None or han < 2:
            continue
        is_plain = han > _PLAIN or unit in _COUNTED
        yield Number(
            match[0],
            match.start(),
            qualified(han, Decimal(0), match["before"] or match["after"] or ""),
            unit,
            is_plain,
        )
