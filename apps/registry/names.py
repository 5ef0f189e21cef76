"""Names of organisations: what makes two printed names the same."""

import re
import unicodedata

_BLANKS = re.compile(r"\s+")


def organisation_key(name: str) -> str:
    """Return the key by which two printings of one name are equal.

    Full-width letters, digits and brackets become half-width, blanks are dropped, Latin letters
    lose their case. Nothing else: 分公司, 集团 or a place stay, because they tell firms apart.
    """
    return _BLANKS.sub("", unicodedata.normalize("NFKC", name)).casefold()
