"""Personal numbers in texts and files: ID number, mobile, bank card (个人信息保护法; DOMAIN §2).

Pure text, no Django: the process that reads strangers' files uses it as the rules do. What is
found is never printed whole.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

# Numbers stand alone: not inside a certificate number, a credit code, a decimal.
_BEFORE = r"(?<![0-9A-Za-z_.\-])"
_AFTER = r"(?![0-9A-Za-z_\-])(?!\.[0-9])"
_ID = re.compile(
    _BEFORE + r"([1-8][0-9]{5})[ -]?((?:18|19|20)[0-9]{6})[ -]?([0-9]{3}[0-9Xx])" + _AFTER
)
# Eleven digits before a unit are an amount.
_UNIT = r"(?!\s*(?:元|万|亿|户|家|人|项|件|吨|千瓦|度|平方|%|％))"
_MOBILE = re.compile(
    _BEFORE + r"(?:(?:\+|00)?86[ -]?)?(1[3-9][0-9])[ -]?([0-9]{4})[ -]?([0-9]{4})" + _AFTER + _UNIT
)
_CARD = re.compile(_BEFORE + r"([2-6][0-9]{3}(?:[ -]?[0-9]{4}){3}(?:[ -]?[0-9]{1,3})?)" + _AFTER)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
# The first two digits of a division code (GB/T 2260): no credit code begins so.
_PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ]
)


@dataclass(frozen=True)
class Hit:
    """One personal number: what it is (``id``, ``mobile``, ``card``), and its two ends."""

    kind: str
    shown: str


def scan(text: str) -> Iterator[Hit]:
    """Yield what looks like a personal number in ``text``. Full-width digits are digits."""
    if sum(map(str.isdigit, text)) < 11:
        return
    text = unicodedata.normalize("NFKC", text)
    taken: list[tuple[int, int]] = []
    for kind, pattern, is_real in (
        ("id", _ID, _is_id),
        ("card", _CARD, _is_card),
        ("mobile", _MOBILE, _is_mobile),
    ):
        for found in pattern.finditer(text):
            digits = re.sub(r"[ -]", "", found.group())
            start, end = found.span()
            if is_real(digits) and not any(a < end and start < b for a, b in taken):
                taken.append((start, end))
                yield Hit(kind, f"{digits[:3]}…{digits[-2:]}")


def _is_id(digits: str) -> bool:
    """Say whether 18 characters are an ID number: place, day of birth and check (GB 11643)."""
    if digits[:2] not in _PROVINCES:
        return False
    try:
        dt.date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == digits[17].upper()


def _is_card(digits: str) -> bool:
    """Say whether the digits are a bank card's: its issuer's range, and Luhn's check."""
    if not (digits.startswith("62") or (len(digits) == 16 and digits[0] in "2345")):
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (1 + place % 2)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


def _is_mobile(_digits: str) -> bool:
    """A mobile number has no check of its own."""
    return True
