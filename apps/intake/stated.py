"""How many rows a table should have by the words around it: （共6家，排名不分先后）."""

import re
import unicodedata
from collections.abc import Iterable

COUNT = re.compile(
    r"共(?:计|有|认定|评选出?|授奖|安排|备案)?\s*(\d{1,7})\s*(?:余|多)?\s*"
    r"(家|项|个|名|人|条|位|件|种|所|起)(?!单位|区|奖)"
)
ROUGH = re.compile(r"\d\s*(?:余|多)")


def rows_stated(lines: Iterable[str]) -> int | None:
    """Return the one number of rows that the title or the lines about it state.

    None where none is stated, a rough one (60余家), or several that differ: such a text
    sums up more than this table.
    """
    stated: set[int] = set()
    for line in lines:
        text = re.sub(r"(?<=\d)[,，](?=\d{3})", "", unicodedata.normalize("NFKC", line))
        for found in COUNT.finditer(text):
            if ROUGH.search(found[0]):
                return None
            stated.add(int(found[1]))
    return stated.pop() if len(stated) == 1 else None
