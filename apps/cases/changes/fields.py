"""Two states of one row compared: each field, inside lists of names, inside running text."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any

from django.db.models import CharField, TextField

from apps.cases.desk.values import field_label, in_words
from apps.cases.kinds import RecordKind

# What may happen to a piece of a value; "" is a piece that both states have in its place.
KEPT, REMOVED, ADDED, MOVED = "", "removed", "added", "moved"
# A number is one piece, a Latin word is one, and so is each Chinese character.
_TOKEN = re.compile(r"[0-9]+(?:[.,][0-9]+)*[%％]?|[A-Za-zÀ-ÿ]+|\s+|.", re.DOTALL)
# Texts less alike than this are shown as one replaced by the other: crumbs help nobody.
LEAST_ALIKE = 0.3
# Belongs to the content, and is hashed, though no form edits it.
ALSO_CONTENT = ("source_line", "flags")


@dataclass(frozen=True)
class Piece:
    """A part of a value, and what became of it."""

    text: str
    mark: str = KEPT


Pieces = tuple[tuple[Piece, ...], tuple[Piece, ...]]


@dataclass(frozen=True)
class FieldChange:
    """One field before and after, as text and in pieces; a list of names has its names.

    The pieces are made when they are looked at: a file of ten thousand rows has no need of them.
    """

    name: str
    label: str
    before: str
    after: str
    names: tuple[list[str], list[str]] | None = None
    is_text: bool = False

    @cached_property
    def _pieces(self) -> Pieces:
        if self.names is not None:
            return name_pieces(*self.names)
        if self.is_text and self.before and self.after:
            return text_pieces(self.before, self.after)
        return whole_pieces(self.before, self.after)

    @property
    def pieces_before(self) -> tuple[Piece, ...]:
        """Return the value before, piece by piece."""
        return self._pieces[0]

    @property
    def pieces_after(self) -> tuple[Piece, ...]:
        """Return the value after, piece by piece."""
        return self._pieces[1]

    @property
    def separator(self) -> str:
        """Return what stands between the pieces."""
        return "、" if self.names is not None else ""


def content_fields(kind: RecordKind) -> tuple[str, ...]:
    """Return the fields of a row that are its content: what the hash is made of, but its place."""
    return (*kind.fields, *ALSO_CONTENT)


def is_same(old: Any, new: Any) -> bool:
    """Say whether two stored values are printed alike. 58.8 and 58.80 are not."""
    if isinstance(old, Decimal) and isinstance(new, Decimal):
        return old.as_tuple() == new.as_tuple()
    return bool(old == new)


def field_changes(
    kind: RecordKind, before: Any, after: Any, say_flag: Callable[[str], str] = str
) -> tuple[FieldChange, ...]:
    """Return the content fields in which two states of a row differ.

    ``say_flag`` puts the code of a doubt into words. One state may be None: then the fields that
    the other fills are those that differ.
    """
    return tuple(_changes(kind, before, after, say_flag))


def _changes(
    kind: RecordKind, before: Any, after: Any, say_flag: Callable[[str], str]
) -> Iterator[FieldChange]:
    for name in content_fields(kind):
        field = kind.model._meta.get_field(name)
        # A relation is compared by its key: no query for a value that did not change.
        attname = field.attname  # type: ignore[union-attr]
        old = getattr(before, attname) if before is not None else None
        new = getattr(after, attname) if after is not None else None
        if is_same(old, new) or (not old and not new and (before is None or after is None)):
            continue
        label = field_label(kind.model, name)
        if isinstance(old or new, list):
            say = say_flag if name == "flags" else str
            names = ([say(item) for item in old or []], [say(item) for item in new or []])
            yield FieldChange(name, label, "、".join(names[0]), "、".join(names[1]), names)
            continue
        was, now = (in_words(row, name) if row is not None else "" for row in (before, after))
        is_text = isinstance(field, TextField) or (
            isinstance(field, CharField) and not field.choices
        )
        yield FieldChange(name, label, was, now, is_text=is_text)


def whole_pieces(old: str, new: str) -> Pieces:
    """Return a value that was replaced as a whole; a side without one has no pieces."""
    return (Piece(old, REMOVED),) if old else (), (Piece(new, ADDED),) if new else ()


def name_pieces(old: Sequence[str], new: Sequence[str]) -> Pieces:
    """Return two ordered lists of names, each name marked: removed, added, or at another place.

    Order is honour, so a name that stands elsewhere is told apart from one that came or went.
    """
    before, after = _marked(old, new)
    gone = Counter(piece.text for piece in before if piece.mark)
    come = Counter(piece.text for piece in after if piece.mark)
    moved = gone & come

    def told(pieces: list[Piece]) -> tuple[Piece, ...]:
        left = moved.copy()
        named = []
        for piece in pieces:
            if piece.mark and left[piece.text] > 0:
                left[piece.text] -= 1
                piece = Piece(piece.text, MOVED)
            named.append(piece)
        return tuple(named)

    return told(before), told(after)


def text_pieces(old: str, new: str) -> Pieces:
    """Return two texts in pieces: by character where Chinese, by word and number elsewhere."""
    before, after = _marked(_TOKEN.findall(old), _TOKEN.findall(new))
    kept = sum(len(piece.text) for piece in before if not piece.mark)
    if kept < LEAST_ALIKE * max(len(old), len(new)):
        return whole_pieces(old, new)
    return _joined(before), _joined(after)


def _marked(old: Sequence[str], new: Sequence[str]) -> tuple[list[Piece], list[Piece]]:
    """Return both sequences with what is only in one of them marked."""
    before: list[Piece] = []
    after: list[Piece] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        same = tag == "equal"
        before += [Piece(text, KEPT if same else REMOVED) for text in old[i1:i2]]
        after += [Piece(text, KEPT if same else ADDED) for text in new[j1:j2]]
    return before, after


def _joined(pieces: list[Piece]) -> tuple[Piece, ...]:
    """Return ``pieces`` with neighbours of one mark in one."""
    joined: list[Piece] = []
    for piece in pieces:
        if joined and joined[-1].mark == piece.mark:
            joined[-1] = Piece(joined[-1].text + piece.text, piece.mark)
        else:
            joined.append(piece)
    return tuple(joined)
