"""A value in another unit: the point moves, no digit is lost."""

from decimal import Decimal

import pytest

from apps.registry.units import base_unit, converted


@pytest.mark.parametrize(
    ("value", "unit", "other", "expected"),
    [
        ("1.20", "亿元", "万元", "12000"),
        ("12000", "万元", "亿元", "1.2000"),
        ("3", "万元", "元", "30000"),
        ("2.5", "亿元", "亿元", "2.5"),
        ("0.00", "亿元", "万元", "0"),
        ("5", "家", "项", None),
        ("5", "万人", "万元", None),
    ],
)
def test_value_is_converted_by_a_power_of_ten(value, unit, other, expected):
    found = converted(Decimal(value), unit, other)

    assert (f"{found:f}" if found is not None else None) == expected


def test_prefix_alone_is_a_unit():
    assert base_unit("万") == (Decimal(1), "万")
