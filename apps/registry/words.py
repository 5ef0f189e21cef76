"""Asking for words: the conditions that find rows of a table that is searched (``search.py``)."""

import unicodedata
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, F, Func, Q
from django.utils.translation import gettext_lazy as _

from apps.registry.search import FOLD
from apps.registry.sounds import Syllable, readings, syllables

LONGEST = 100
MOST_WORDS = 8
# So many letters of initials begin at each place of the index.
WINDOW = 4


@lru_cache(maxsize=5_000)
def folded(text: str) -> str:
    """Return ``text`` as it is compared; the same as ``yongke_fold`` does in the database."""
    return " ".join(_fold(text).split())


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower().translate(FOLD)


def words_of(text: str) -> list[str]:
    """Return the words of a question, each once; what stands in quotes is one.

    Raises ``ValidationError`` for what no page prints: a null character, too much of anything.
    """
    if "\x00" in text:
        raise ValidationError(
            _("A search takes letters, digits and signs; a null character is none. Remove it.")
        )
    if len(text) > LONGEST:
        raise ValidationError(
            _("A search takes up to %(most)s characters. Shorten it.") % {"most": LONGEST}
        )
    words: dict[str, None] = {}
    for place, part in enumerate(text.split('"')):
        if place % 2 and text.count('"') > place and part.strip():
            words[part] = None
        else:
            words |= dict.fromkeys(part.split())
    if text.count('"') == 1:
        # One mark alone is a character like any other.
        words = dict.fromkeys(text.split())
    if len(words) > MOST_WORDS:
        raise ValidationError(
            _("A search takes up to %(most)s words. Leave some out.") % {"most": MOST_WORDS}
        )
    return list(words)


def _lexeme(text: str, *, begun: bool = False) -> str:
    return f"'{text}'" + (":*" if begun else "")


@lru_cache(maxsize=1_000)
def spellings(word: str) -> tuple[tuple[str, str], ...]:
    """Return the ways in which Latin letters may spell sounds: what the index is asked, and the
    piece of ``sounds`` that a row must hold. Empty for any other word.
    """
    letters = folded(word)
    if not (len(letters) > 1 and letters.isascii() and letters.isalpha()):
        return ()
    initials = letters.upper()
    if len(initials) <= WINDOW:
        asked = _lexeme(initials, begun=True)
    else:
        places = range(len(initials) - WINDOW + 1)
        asked = "&".join(_lexeme(initials[place : place + WINDOW]) for place in places)
    found = [(asked, initials)]
    for reading in readings(letters):
        parts = [_lexeme(f" {sound}") for sound in reading[:-1]]
        parts.append(_lexeme(f" {reading[-1]}", begun=True))
        found.append(("&".join(parts), "".join(f" {sound}" for sound in reading)))
    return tuple(found)


def _table(compiler: Any, key: Any) -> str:
    """Return the name by which the query calls the table of ``key``."""
    column, _params = compiler.compile(key)
    return str(column.rpartition(".")[0])


class Holds(Func):
    """The condition that a row holds a word: in its text, or spelled in pinyin or initials.

    ``indexed=False`` leaves the index out: right where so many rows hold the word that reading
    them in order finds a page at once.
    """

    output_field = BooleanField()
    conditional = True

    def __init__(self, word: str, *, key: str = "pk", indexed: bool = True) -> None:
        """Ask the table in which ``key`` stands."""
        super().__init__(F(key))
        self.word, self.indexed = word, indexed

    def as_sql(  # type: ignore[override]
        self, compiler: Any, connection: Any, **extra: Any
    ) -> tuple[str, list[Any]]:
        """Write the index's question, then the pieces that decide."""
        (key,) = self.get_source_expressions()
        table = _table(compiler, key)
        asked = ["yongke_asked(yongke_fold(%s))"]
        decides = [f"strpos({table}.search_text, yongke_fold(%s)) > 0"]
        ask_params, decide_params = [self.word], [self.word]
        for question, piece in spellings(self.word):
            asked.append("%s::tsquery")
            ask_params.append(question)
            decides.append(f"strpos({table}.sounds, %s) > 0")
            decide_params.append(piece)
        sql = f"({' OR '.join(decides)})"
        if not self.indexed:
            return sql, decide_params
        return (
            f"({table}.search_index @@ ({' || '.join(asked)}) AND {sql})",
            [*ask_params, *decide_params],
        )


class Near(Func):
    """The condition that a row resembles a word: it sounds the same, or misses one character."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, word: str, *, key: str = "pk") -> None:
        """Ask the table in which ``key`` stands."""
        super().__init__(F(key))
        self.question = near_question(word)

    def as_sql(  # type: ignore[override]
        self, compiler: Any, connection: Any, **extra: Any
    ) -> tuple[str, list[Any]]:
        """Write the one question."""
        (key,) = self.get_source_expressions()
        table = _table(compiler, key)
        return f"{table}.search_index @@ %s::tsquery", [self.question]


def _quoted(pair: str, *, begun: bool = False) -> str:
    return _lexeme(pair.replace("\\", "\\\\").replace("'", "''"), begun=begun)


def near_question(word: str) -> str:
    """Return the index's question for what resembles ``word``; blank where nothing could.

    All its syllables, or all its pairs of characters without those of any one character.
    """
    text = folded(word).replace(" ", "")[:24]
    ways = []
    if heard := syllables(text):
        ways.append("&".join(_lexeme(f" {one.sound}") for one in heard))
    for left_out in range(len(text)):
        parts = [part for part in (text[:left_out], text[left_out + 1 :]) if part]
        asked = []
        for part in parts:
            if len(part) == 1:
                asked.append(_quoted(part, begun=True))
            asked += [_quoted(part[place : place + 2]) for place in range(len(part) - 1)]
        if len(text) > 2 and asked:
            ways.append("&".join(asked))
    return "|".join(f"({way})" for way in ways)


def holds_each(words: list[str], *, key: str = "pk", indexed: bool = True) -> Q:
    """Return the condition that a row holds every one of ``words``."""
    wanted = Q()
    for word in words:
        wanted &= Q(Holds(word, key=key, indexed=indexed))
    return wanted


def spans_of(text: str, words: list[str]) -> list[tuple[int, int]]:
    """Return where ``words`` stand in ``text``, as printed or spelled: sorted, without overlap."""
    plain, places = _with_places(text)
    heard = syllables(text) if any(map(spellings, words)) else []
    spans = []
    for word in words:
        wanted = folded(word)
        start = plain.find(wanted) if wanted else -1
        while start >= 0:
            spans.append((places[start][0], places[start + len(wanted) - 1][1]))
            start = plain.find(wanted, start + 1)
        for _question, piece in spellings(word):
            spans += _spelled_spans(heard, piece)
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _with_places(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return ``text`` folded, with the piece of the original behind each folded character."""
    characters: list[str] = []
    places: list[tuple[int, int]] = []
    for place, character in enumerate(text):
        for one in _fold(character) or "":
            blank = one.isspace()
            if blank and characters and characters[-1] == " ":
                continue
            characters.append(" " if blank else one)
            places.append((place, place + 1))
    return "".join(characters), places


def _spelled_spans(heard: list[Syllable], piece: str) -> list[tuple[int, int]]:
    """Return the stretches of syllables that ``piece`` of a spelling stands for."""
    spans = []
    ends: list[int] = []
    if piece[0] == " ":
        line = "".join(f" {one.sound}" for one in heard)
        for one in heard:
            ends.append((ends[-1] if ends else 0) + 1 + len(one.sound))
    else:
        line = "".join(one.initials for one in heard)
        for one in heard:
            ends.append((ends[-1] if ends else 0) + len(one.initials))
    start = line.find(piece)
    while start >= 0:
        first = next(place for place, end in enumerate(ends) if end > start)
        last = next(place for place, end in enumerate(ends) if end >= start + len(piece))
        spans.append((heard[first].start, heard[last].end))
        start = line.find(piece, start + 1)
    return spans
