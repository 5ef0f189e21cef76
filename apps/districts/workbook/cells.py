"""What one cell says. Every reading that is not letter for letter leaves a note."""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.districts.models import IndicatorValue
from apps.districts.workbook.errors import WrongCell

# The whole digits that the field holds beside its six decimal places.
WHOLE_DIGITS = 18
SIGNIFICANT = 10**15
QUALIFIER_LENGTH = IndicatorValue._meta.get_field("qualifier").max_length or 20
UNITS_OF_MONEY = ("万元", "亿元", "千元", "元")

SIGNS = str.maketrans({"−": "-", "–": "-", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "、": ","})
ERROR = re.compile(r"#(?:REF!|DIV/0!|N/A|NAME\?|NULL!|NUM!|VALUE!|SPILL!|CALC!|GETTING_DATA)", re.I)
NO_VALUE = re.compile(r"[-—–―/\\无]+|n/?a|null|none", re.I)
SCIENTIFIC = re.compile(r"[+-]?\d+(?:\.\d+)?e[+-]?\d+", re.I)
DATE = re.compile(
    r"(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*(?:[-/.月]\s*(?:\d{1,2}\s*日?)?)?|\d{1,2}月\d{1,2}日"
)
DAY = re.compile(r"((?:19|20)\d\d)[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?")
GROUPED = re.compile(r"[+-]?\d{1,3}(?:([, ])\d{3})(?:\1\d{3})*(?:\.\d+)?")
PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)")
NUMBER_INSIDE = re.compile(r"[+-]?\d[\d,.]*")


@dataclass(frozen=True)
class Found:
    """A cell as the spreadsheet holds it. ``value`` of a formula is its stored result."""

    cell: str
    value: Any = None
    is_error: bool = False
    formula: str = ""
    number_format: str = "General"

    @property
    def shown(self) -> str:
        """Return what was found, short enough for a message."""
        text = self.formula if self.formula and self.value is None else str(self.value)
        return text if len(text) <= 60 else f"{text[:59]}…"

    @property
    def is_empty(self) -> bool:
        """Say whether nothing stands in the cell."""
        return not self.formula and (self.value is None or not str(self.value).strip())


@dataclass
class Reading:
    """What a cell says, and what has to be said about how it was read."""

    value: Decimal | None = None
    text: str = ""
    day: dt.date | None = None
    notes: list[str] = field(default_factory=list)


def _resolve(found: Found, reading: Reading) -> Any:
    """Return the cell's content, a formula's result; raise ``WrongCell`` where there is none."""
    if found.formula and found.value is None:
        raise WrongCell(
            _("The formula has no stored result."),
            _(
                "Open the file in a spreadsheet program, let it calculate and save it; or type the value."
            ),
        )
    value = found.value
    if found.is_error or (isinstance(value, str) and ERROR.fullmatch(value.strip())):
        raise WrongCell(
            _("The cell shows a spreadsheet error, not a value."),
            _("Correct the formula, or type the value."),
        )
    if isinstance(value, bool):
        raise WrongCell(_("The cell holds TRUE or FALSE."), _("Type the value."))
    if isinstance(value, (dt.date, dt.time, dt.timedelta)):
        raise WrongCell(
            _("The cell holds a date or a time: a spreadsheet makes one of entries such as 3-5."),
            _("Set the cell's format to number and type the value again."),
        )
    if found.formula:
        reading.notes.append(_("The result of a formula was taken."))
    return value


def read_number(found: Found, unit: str, places: int, stored: Decimal | None = None) -> Reading:
    """Return the number in a cell with ``places`` decimals; None where it is empty.

    A number equal to ``stored`` comes back with the digits it is stored with, whatever their count.
    Raises ``WrongCell``.
    """
    reading = Reading()
    value = _resolve(found, reading)
    if value is None or (isinstance(value, str) and not value.strip()):
        return reading
    if isinstance(value, str):
        number = _number_in_text(value, unit, reading)
    else:
        number = _number_in_cell(value, found, unit, reading)
    if stored is not None and number == stored:
        reading.value = stored
        if value == f"{stored:f}":
            # Written so by the template: too long for a spreadsheet's number.
            reading.notes.clear()
        return reading
    reading.value = _with_places(number, places)
    return reading


def _number_in_cell(value: float, found: Found, unit: str, reading: Reading) -> Decimal:
    if abs(value) >= SIGNIFICANT:
        raise WrongCell(
            _("A spreadsheet keeps 15 digits of a number; the others of this one are lost."),
            _("Set the cell's format to text and type all digits, or correct the unit."),
        )
    # 0.1 + 0.2 is 0.3: the digits behind the fifteenth are no one's.
    number = Decimal(format(value, ".15g"))
    if "%" in found.number_format:
        if unit not in {"%", "％"}:
            raise _not_in_per_cent(unit)
        number *= 100
        reading.notes.append(
            _("The cell is formatted as a percentage and was read as %(number)s %%.")
            % {"number": f"{number.normalize():f}"}
        )
    return number


def _not_in_per_cent(unit: str) -> WrongCell:
    return WrongCell(
        _("The figure is given in %(unit)s, not in per cent.") % {"unit": unit},
        _("Set the cell's format to number and type the value in %(unit)s.") % {"unit": unit},
    )


def _number_in_text(raw: str, unit: str, reading: Reading) -> Decimal:
    """Return the number that a text is; say what was done to it."""
    text = unicodedata.normalize("NFKC", raw).translate(SIGNS).strip()
    for pattern, rule, cure in _refusals():
        if pattern.fullmatch(text):
            raise WrongCell(rule, cure)
    text = _without_unit(text, unicodedata.normalize("NFKC", unit))
    if GROUPED.fullmatch(text):
        text = text.replace(",", "").replace(" ", "")
    if not PLAIN.fullmatch(text):
        raise _no_number(text)
    if len(text) > 40:
        raise _too_large()
    number = Decimal(text)
    reading.notes.append(
        _("The text “%(text)s” was read as the number %(number)s.")
        % {"text": raw.strip()[:60], "number": f"{number:f}"}
    )
    return number


def _refusals() -> list[tuple[re.Pattern[str], str, str]]:
    return [
        (
            NO_VALUE,
            _("The cell says that there is no value, but not why."),
            _("Empty it and choose a reason in the column for it."),
        ),
        (
            SCIENTIFIC,
            _("A spreadsheet has shortened a long number; its last digits are lost."),
            _("Set the cell's format to text and type all digits."),
        ),
        (DATE, _("The cell holds a date."), _("Type the value.")),
    ]


def _without_unit(text: str, unit: str) -> str:
    """Return ``text`` without the figure's own unit behind it; another unit is a fault."""
    if unit and text.endswith(unit):
        return text[: -len(unit)].strip()
    if text.endswith("%"):
        raise _not_in_per_cent(unit)
    other = next((word for word in UNITS_OF_MONEY if text.endswith(word)), "")
    if other:
        raise WrongCell(
            _("The cell is in %(other)s, the figure in %(unit)s.") % {"other": other, "unit": unit},
            _("Convert the value to %(unit)s and type the number alone.") % {"unit": unit},
        )
    return text


def _no_number(text: str) -> WrongCell:
    words = NUMBER_INSIDE.sub("", text).strip()
    if words != text and words and len(words) <= 4 and not any(c in ",.;:/-" for c in words):
        return WrongCell(
            _("The cell holds more than a number: “%(words)s”.") % {"words": words},
            _("Type the number alone; a qualifier has its own column."),
        )
    return WrongCell(_("This is not a number."), _("Type digits, with a point before decimals."))


def _too_large() -> WrongCell:
    return WrongCell(
        _("A value has at most %(digits)s digits before the point.") % {"digits": WHOLE_DIGITS},
        _("Correct the value or its unit."),
    )


def _with_places(number: Decimal, places: int) -> Decimal:
    """Return ``number`` with exactly ``places`` decimals; a fault where it has more."""
    if number.adjusted() >= WHOLE_DIGITS:
        raise _too_large()
    step = Decimal(1).scaleb(-places)
    rounded = number.quantize(step)
    if rounded != number:
        if not places:
            raise WrongCell(
                _("The figure is a whole number."),
                _("Type a whole number, such as %(number)s, if that is right.")
                % {"number": rounded},
            )
        raise WrongCell(
            ngettext(
                "The figure has at most %(places)s decimal place; the cell holds more than it may show.",
                "The figure has at most %(places)s decimal places; the cell holds more than it may show.",
                places,
            )
            % {"places": places},
            _("Round it, to %(number)s for instance.") % {"number": rounded},
        )
    return abs(rounded) if rounded.is_zero() else rounded


def read_words(found: Found, length: int = QUALIFIER_LENGTH) -> Reading:
    """Return the words in a cell, blanks tidied. Raises ``WrongCell``."""
    reading = Reading()
    value = _resolve(found, reading)
    if value is None:
        return reading
    if not isinstance(value, str):
        raise WrongCell(
            _("A word is expected here, not a number."),
            _("Move the number to the column of values, or empty the cell."),
        )
    reading.text = " ".join(value.split())
    if len(reading.text) > length:
        raise WrongCell(
            _("At most %(length)s characters fit here.") % {"length": length},
            _("Shorten it; an explanation belongs into the narrative."),
        )
    if any(unicodedata.category(character) == "Cc" for character in reading.text):
        raise WrongCell(_("The cell holds control characters."), _("Type the word again."))
    return reading


def read_day(found: Found) -> Reading:
    """Return the day in a cell: a date of the spreadsheet, or one written out. Raises ``WrongCell``."""
    reading = Reading()
    if not found.is_error and isinstance(found.value, dt.date):
        value: Any = found.value
        reading.day = value.date() if isinstance(value, dt.datetime) else value
    else:
        value = _resolve(found, reading)
        if value is None or not str(value).strip():
            return reading
        text = "".join(unicodedata.normalize("NFKC", str(value)).split())
        parts = DAY.fullmatch(text)
        try:
            if parts is None:
                raise ValueError(text)
            reading.day = dt.date(*(int(part) for part in parts.groups()))
        except ValueError as error:
            raise WrongCell(
                _("This is not a date."), _("Type year, month and day, such as 2024-03-12.")
            ) from error
        if text != reading.day.isoformat():
            reading.notes.append(
                _("The text “%(text)s” was read as the date %(day)s.")
                % {"text": str(value)[:60], "day": reading.day.isoformat()}
            )
    if reading.day > timezone.localdate():
        raise WrongCell(
            _("The date of the source lies in the future."), _("Type the date of the document.")
        )
    return reading


def read_reason(found: Found, labels: dict[str, str]) -> Reading:
    """Return the code of the reason in a cell; ``labels`` maps codes to the template's words."""
    reading = read_words(found, 60)
    if not reading.text:
        return reading
    typed = unicodedata.normalize("NFKC", reading.text).casefold()
    for code, label in labels.items():
        if typed in {code.casefold(), label.casefold()}:
            reading.text = code
            return reading
    raise WrongCell(
        _("This is none of the reasons."),
        _("Choose one of: %(labels)s.") % {"labels": ", ".join(labels.values())},
    )
