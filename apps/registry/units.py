"""Units of measure: 万元 and 亿元 are 元 ten thousand and a hundred million times over."""

from decimal import Decimal
from functools import lru_cache

# So are 万人次, 万亩 and others.
_PREFIXES = {"亿": Decimal(10**8), "万": Decimal(10**4)}


@lru_cache(maxsize=2048)
def base_unit(unit: str) -> tuple[Decimal, str]:
    """Return by what a value in ``unit`` is multiplied, and the unit it then has."""
    factor = _PREFIXES.get(unit[:1])
    return (factor, unit[1:]) if factor and len(unit) > 1 else (Decimal(1), unit)


def converted(value: Decimal, unit: str, other: str) -> Decimal | None:
    """Return a value of ``unit`` in ``other``; None where the one is no power of ten of the other.

    The point is moved: no digit is lost, and none is made up but the noughts before it.
    """
    (factor, base), (divisor, other_base) = base_unit(unit), base_unit(other)
    if base != other_base:
        return None
    moved = value.scaleb(factor.adjusted() - divisor.adjusted())
    return moved if int(moved.as_tuple().exponent) <= 0 else moved.quantize(Decimal(1))
