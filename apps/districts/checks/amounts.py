"""Figures as amounts: in one base unit, and as far as the printed digits and words are certain."""

from dataclasses import dataclass
from decimal import Decimal

from apps.districts.models import IndicatorValue
from apps.registry.models import Measure, ValueType
from apps.registry.units import base_unit

# Words before or after a number, and how far the true value may lie from what is printed.
MORE = frozenset(
    ["超", "超过", "突破", "逾", "余", "多", "以上", "不低于", "不少于", "高于", "大于", "至少"]
)
LESS = frozenset(["近", "将近", "接近", "不足", "低于", "少于", "小于", "不到", "至多"])
_FAR = Decimal("0.2")
_ABOUT = Decimal("0.1")


@dataclass(frozen=True)
class Span:
    """The values that a printed number may stand for, both ends included."""

    low: Decimal
    high: Decimal

    def __add__(self, other: "Span") -> "Span":
        """Return the span of the sum."""
        return Span(self.low + other.low, self.high + other.high)

    def meets(self, other: "Span") -> bool:
        """Say whether both may stand for the same value."""
        return self.low <= other.high and other.low <= self.high


def amount(figure: IndicatorValue) -> Decimal:
    """Return the value in its base unit. The figure must have one."""
    assert figure.value is not None
    return figure.value * base_unit(figure.unit)[0]


def half_step(value: Decimal) -> Decimal:
    """Return half of one in the last printed place: 58.80 is certain to 0.005."""
    exponent = value.as_tuple().exponent
    return Decimal(5).scaleb(min(int(exponent), 0) - 1)


def qualified(value: Decimal, step: Decimal, qualifier: str) -> Span:
    """Return the span of a printed value with its rounding and its qualifier (超, 近, 约 …)."""
    low, high = value - step, value + step
    if not qualifier:
        return Span(low, high)
    size = abs(value)
    if qualifier in MORE:
        return Span(low, high + size * _FAR)
    if qualifier in LESS:
        return Span(low - size * _FAR, high)
    return Span(low - size * _ABOUT, high + size * _ABOUT)


def is_count(figure: IndicatorValue) -> bool:
    """Say whether the figure counts things one by one, so that its digits are exact."""
    return (
        figure.defined.value_type == ValueType.INTEGER
        and figure.defined.measure not in {Measure.RATIO, Measure.GROWTH}
        and base_unit(figure.unit)[0] == 1
    )


def span(figure: IndicatorValue) -> Span:
    """Return what the figure may stand for, in its base unit. The figure must have a value."""
    assert figure.value is not None
    step = Decimal(0) if is_count(figure) else half_step(figure.value)
    printed = qualified(figure.value, step, figure.qualifier)
    factor = base_unit(figure.unit)[0]
    return Span(printed.low * factor, printed.high * factor)


def quotient(numerator: Span, denominator: Span, factor: Decimal) -> Span | None:
    """Return the span of a quotient of two amounts from nought up, or None where it has no bounds."""
    if denominator.low <= 0:
        return None
    ends = [
        one / other * factor
        for one in (numerator.low, numerator.high)
        for other in (denominator.low, denominator.high)
    ]
    return Span(min(ends), max(ends))


def percent(value: Decimal) -> str:
    """Return a share or growth in per cent as it is shown, to one place."""
    return f"{value.quantize(Decimal('0.1')):f}%"


def plain(value: Decimal) -> str:
    """Return a computed amount without needless noughts."""
    rounded = value.quantize(Decimal("0.01")).normalize()
    return f"{rounded:f}"
