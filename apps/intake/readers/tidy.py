"""What every reader does to a cell's text: odd characters out, nothing of the content changed."""

import re
import unicodedata

CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")
INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")
LINE_BREAK = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
BLANK = re.compile(r"[\t\u00a0\u2000-\u200a\u202f\u205f\u3000]")
RADICAL = re.compile(r"[\u2e3a\u2e3b\u2e80-\u2fd5\uf900-\ufaff\u3b35\u3ada]")
"""Radicals, long dashes, compatibility and twin forms that some PDF fonts give for what was written."""
# Radical and character in turn: of these NFKC knows but two (Unicode, EquivalentUnifiedIdeograph),
# and the one at the end it takes for the old form of a character, which is printed like the new.
_PAIRS = (
    "⺁厂⺂乛⺃乚⺄乙⺅亻⺆冂⺇𠘨⺈刀⺉刂⺊卜⺋㔾⺌小⺍小⺎兀⺏尣⺐尢⺑𡯂⺒巳⺓幺⺔彑⺕彐⺖忄⺗心⺘扌⺙攵⺛旡⺜日⺝月⺞歺⺟母⺠民⺡氵⺢氺⺣灬⺤爫⺥爫⺦丬⺧牛⺨犭⺩王"
    "⺪𤴔⺫目⺬示⺭礻⺮𥫗⺯糹⺰纟⺱罓⺲罒⺳㓁⺴冗⺵𦉫⺶羊⺷𦍌⺸𦍋⺹耂⺺肀⺻聿⺼肉⺽𦥑⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角⻇𧢲⻈讠⻉贝⻊𧾷⻋车⻌辶⻍辶⻎辶⻏邑⻐钅⻑長"
    "⻒镸⻓长⻔门⻕𨸏⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻞𩙿⻟飠⻠饣⻡𩠐⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟"
    "⼾户"
    # Characters of one shape, of which browsers print the one nobody writes: all others of the
    # basic block come back as they were.
    "㬵胶㫚曶"
)
WRITTEN = {**dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True)), "⸺": "——", "⸻": "———"}
"""What is written where a font gives this instead; the two look the same."""
ODD = re.compile(
    # One set of characters: five of them, one after the other, take ten times as long.
    "[\n\r"
    + "".join(
        signs
        for each in (CONTROL, INVISIBLE, LINE_BREAK, BLANK, RADICAL)
        for signs in re.findall(r"\[(.+)\]", each.pattern)
    )
    + "]"
)
"""Anything that ``tidy`` changes between the ends of a text; most texts hold nothing of it."""


RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def raised(text: str) -> str:
    """Digits that stand higher than their line, as the characters that do: a note's, or m²."""
    return text.translate(RAISED) if text.strip().isdecimal() and text.isascii() else text


def tidy(text: str) -> str:
    """Outer blanks off, one kind of blank and of line break, no invisible characters."""
    if ODD.search(text) is None:
        return text.strip()
    text = LINE_BREAK.sub("\n", text)
    text = INVISIBLE.sub("", BLANK.sub(" ", CONTROL.sub("", text)))
    text = RADICAL.sub(_written, text)
    return "\n".join(line.strip() for line in text.split("\n")).strip()


def _written(found: re.Match[str]) -> str:
    """What a radical, a long dash or a compatibility form stands for."""
    letter = found[0]
    return WRITTEN.get(letter) or unicodedata.normalize("NFKC", letter)


def has_control(text: str) -> bool:
    """Whether a text holds characters that no keyboard writes; ``tidy`` takes them out."""
    return CONTROL.search(text) is not None
