"""统一社会信用代码: the check characters, computed here a second time from the standard's text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.registry.credit_code import is_valid_credit_code

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# DOMAIN §5, printed in GB 32100-2015 and GB 11714-1997.
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
INNER = (3, 7, 9, 10, 5, 8, 4, 2)
EXAMPLE = "91350100M000100Y43"


def _complete(head, body):
    """Return the code whose first 8 characters and inner 8 characters are given."""
    total = sum(int(c, 36) * w for c, w in zip(body, INNER, strict=True))
    inner = "0123456789X0"[11 - total % 11]
    first = head + body + inner
    check = (31 - sum(ALPHABET.index(c) * w for c, w in zip(first, WEIGHTS, strict=True)) % 31) % 31
    return first + ALPHABET[check]


characters = st.text(ALPHABET, min_size=8, max_size=8)


def test_example_of_the_standard_is_valid():
    assert is_valid_credit_code(EXAMPLE)
    assert _complete("91350100", "M000100Y") == EXAMPLE


@given(characters, characters)
def test_code_with_the_right_check_characters_is_valid(head, body):
    assert is_valid_credit_code(_complete(head, body))


@pytest.mark.parametrize("first", ["A", "N", "Y", "1", "5", "9"])
def test_code_of_every_registration_office_is_valid(first):
    assert is_valid_credit_code(_complete(f"{first}1330200", "12345678"))


@given(characters, characters, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_code_with_one_other_character_is_invalid(head, body, place, character):
    code = _complete(head, body)
    changed = code[:place] + character + code[place + 1 :]

    assert is_valid_credit_code(changed) == (changed == code)


@given(characters, characters, st.integers(0, 16))
def test_code_with_two_neighbours_changed_round_is_invalid(head, body, place):
    code = _complete(head, body)
    changed = code[:place] + code[place + 1] + code[place] + code[place + 2 :]

    assert is_valid_credit_code(changed) == (changed == code)


@pytest.mark.parametrize(
    "text",
    [
        "",
        EXAMPLE[:-1],
        EXAMPLE + "0",
        EXAMPLE.lower(),
        " " + EXAMPLE[1:],
        "9.13E+17",
        EXAMPLE.replace("0", "O"),
        EXAMPLE.replace("1", "I"),
        "Ｓ" * 18,
        "９１３５０１００M000100Y43",
    ],
)
def test_anything_else_is_invalid(text):
    assert not is_valid_credit_code(text)


@given(st.text(max_size=24))
def test_any_text_is_answered(text):
    assert is_valid_credit_code(text) in {True, False}
