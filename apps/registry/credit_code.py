"""统一社会信用代码, the unified social credit code of organisations (GB 32100-2015)."""

_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES = {character: value for value, character in enumerate(_CHARACTERS)}
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
# GB 11714-1997: the organisation code inside it, positions 9 to 17.
_INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def _inner_check(body: str) -> str:
    total = sum(int(c, 36) * weight for c, weight in zip(body, _INNER_WEIGHTS, strict=True))
    check = 11 - total % 11
    return {10: "X", 11: "0"}.get(check, str(check))


def _outer_check(body: str) -> str:
    total = sum(_VALUES[c] * weight for c, weight in zip(body, _WEIGHTS, strict=True))
    return _CHARACTERS[(31 - total % 31) % 31]


def completed(body: str) -> str:
    """Return the code that begins with the 16 characters of ``body``, with both its checks."""
    body += _inner_check(body[8:])
    return body + _outer_check(body)


def is_valid_credit_code(code: str) -> bool:
    """Say whether ``code`` has 18 allowed characters and both its check characters are right.

    Codes that begin with A, N or Y are valid. Nothing is corrected: I, O, S, V and Z are not in
    the alphabet and make a code invalid.
    """
    if len(code) != 18 or any(character not in _VALUES for character in code):
        return False
    return _outer_check(code[:17]) == code[17] and _inner_check(code[8:16]) == code[16]
