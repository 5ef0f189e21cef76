"""How Chinese text sounds: pinyin and its initials, beside the text that is searched."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from django.db import models

_RUNS = re.compile(r"([㐀-鿿豈-﫿〇\U00020000-\U0003ffff]+)|([A-Za-z]+)")
_SYLLABLE = re.compile(r"[a-z]*[aeiouv][a-z]*\Z")
_LETTERS = re.compile(r"[a-z]+\Z")
# A longer word is no syllable of anything; so much is looked at.
LONGEST_WORD = 60
MOST_READINGS = 8


@dataclass(frozen=True)
class Syllable:
    """One syllable, and the piece of the text that it spells. A Latin word is one of its own."""

    start: int
    end: int
    sound: str
    initials: str


@cache
def _plain(reading: str) -> str:
    """Return a syllable without its tone; ü is typed as v. Blank for what is no syllable."""
    from pypinyin.contrib.tone_convert import to_normal  # as in _of_character

    sound = str(to_normal(reading)).replace("ü", "v")
    return sound if _SYLLABLE.match(sound) else ""


@cache
def _of_character(character: str) -> str:
    """Return the first reading of a character; blank where the dictionary has none."""
    from pypinyin.pinyin_dict import pinyin_dict  # 54 MB: read where a text has Chinese in it

    return _plain(pinyin_dict.get(ord(character), "").partition(",")[0])


@cache
def _phrases() -> tuple[dict[str, tuple[str, ...]], dict[str, int]]:
    """Return the phrases that are read otherwise than character by character (重庆, 银行).

    Beside them, by the characters that one begins with, the length of the longest.
    """
    from pypinyin.phrases_dict import phrases_dict  # as in _of_character

    found: dict[str, tuple[str, ...]] = {}
    longest: dict[str, int] = {}
    for phrase, said in phrases_dict.items():
        sounds = tuple(_plain(readings[0]) for readings in said)
        if len(sounds) == len(phrase) and sounds != tuple(map(_of_character, phrase)):
            found[phrase] = sounds
            longest[phrase[0]] = max(longest.get(phrase[0], 0), len(phrase))
    return found, longest


def _read_aloud(run: str) -> list[str]:
    """Return the sound of each character of a run of Chinese, the longest known phrase first."""
    phrases, longest = _phrases()
    sounds: list[str] = []
    while (place := len(sounds)) < len(run):
        for length in range(min(longest.get(run[place], 0), len(run) - place), 1, -1):
            if said := phrases.get(run[place : place + length]):
                sounds += said
                break
        else:
            sounds.append(_of_character(run[place]))
    return sounds


def _heard(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Yield where each syllable of ``text`` begins and ends, its sound and its initials."""
    for run in _RUNS.finditer(text):
        if run.group(1):
            for place, sound in enumerate(_read_aloud(run.group()), start=run.start()):
                if sound:
                    yield place, place + 1, sound, sound[0].upper()
        else:
            word = run.group().lower()
            yield run.start(), run.end(), word, word.upper()


def syllables(text: str) -> list[Syllable]:
    """Return what ``text`` sounds like, character by character; digits and signs are silent."""
    return [Syllable(*heard) for heard in _heard(text)]


@lru_cache(maxsize=20_000)
def spelled(text: str) -> str:
    """Return how ``text`` sounds: `` jiang feng dian zi JFDZ``; blank where it makes no sound."""
    words, initials = [""], []
    for _start, _end, sound, initial in _heard(unicodedata.normalize("NFKC", text)):
        words.append(sound)
        initials.append(initial)
    return f"{' '.join(words)} {''.join(initials)}" if initials else ""


def sounds_of(values: Iterable[str | Sequence[str] | None]) -> str:
    """Return how fields sound, each on a line of its own; a list has a line for each name."""
    lines = []
    for value in values:
        for text in [value] if isinstance(value, str) else value or []:
            if line := spelled(text):
                lines.append(line)
    return "\n".join(lines)


@cache
def _known() -> tuple[frozenset[str], frozenset[str]]:
    """Return all syllables there are, and all beginnings of one."""
    from pypinyin.pinyin_dict import pinyin_dict  # as in _of_character

    known = {
        _plain(reading) for readings in pinyin_dict.values() for reading in readings.split(",")
    } - {""}
    begun = {syllable[:length] for syllable in known for length in range(1, len(syllable) + 1)}
    return frozenset(known), frozenset(begun)


def readings(word: str) -> list[tuple[str, ...]]:
    """Return the ways to read Latin letters as pinyin; the last syllable may be only begun.

    ``xian`` is one syllable or two. Longest syllables first, at most eight ways.
    """
    known, begun = _known()
    found: list[tuple[str, ...]] = []

    def read(place: int, before: tuple[str, ...]) -> None:
        if len(found) >= MOST_READINGS:
            return
        rest = word[place:]
        for length in range(min(6, len(rest)), 0, -1):
            piece = rest[:length]
            if length == len(rest):
                if piece in begun:
                    found.append((*before, piece))
            elif piece in known:
                read(place + length, (*before, piece))

    if 2 <= len(word) <= LONGEST_WORD and _LETTERS.match(word):
        read(0, ())
    return found


class SoundsField(models.TextField):
    """How the fields ``of`` the same row sound. Written with the row, by every way of saving."""

    def __init__(self, *args: Any, of: Sequence[str] = (), **kwargs: Any) -> None:
        """Name the fields of text, or of names, that are spelled."""
        self.of = tuple(of)
        kwargs |= {"editable": False, "blank": True, "default": ""}
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Keep the names of the fields."""
        name, path, args, kwargs = super().deconstruct()
        for implied in ("editable", "blank", "default"):
            kwargs.pop(implied, None)
        return name, path, args, {**kwargs, "of": list(self.of)}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """Spell the fields as they are saved now."""
        text = sounds_of(getattr(model_instance, name) for name in self.of)
        setattr(model_instance, self.attname, text)
        return text
