"""Whether a text is a sentence that somebody can judge, and not only signs to get past a rule."""

import re

LEAST_LETTERS = 6
LEAST_DIFFERENT = 4
# 无无无无无无, 测试测试测试: the same thing over and over.
_REPEATED = re.compile(r"(.{1,4}?)\1+")


def is_sentence(text: str) -> bool:
    """Say whether ``text`` has enough different letters, not only digits and signs, to say why."""
    letters = "".join(sign for sign in text if sign.isalnum())
    words = [sign for sign in letters if not sign.isdecimal()]
    return (
        len(letters) >= LEAST_LETTERS
        and len(words) >= LEAST_DIFFERENT
        and len(set(words)) >= LEAST_DIFFERENT
        and not _REPEATED.fullmatch(letters)
    )
