"""Lines of an import on their way into the table, by ``COPY``, as the text that PostgreSQL reads."""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection

from apps.intake.models import ImportRow

_JSON = json.JSONEncoder(ensure_ascii=False)
SIGNS = re.compile(r'[\\"\x00-\x1f]')
"""What stands neither in JSON nor in an array as it is."""


@dataclass(slots=True)
class NewLine:
    """A line that is not stored yet, with the attributes of ``ImportRow``, which costs far more."""

    table_id: int
    position: int
    line: int
    cells: Sequence[str]
    place: int = 0
    offset: int = 0
    shift: int = 0
    marks: Sequence[Sequence[Any]] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    edits: Mapping[str, Any] = field(default_factory=dict)
    doubts: Sequence[Sequence[str]] = ()
    settled: Sequence[str] = ()
    is_doubtful: bool = False
    is_faulty: bool = False
    is_unfit: bool = False
    aside: str = ""

    def text(self) -> str:
        """The line as ``COPY`` takes it, its values in the order of ``NAMES``."""
        return (
            f"{self.table_id}\t{self.position}\t{self.line}\t{array(self.cells)}\t{self.place}\t"
            f"{self.offset}\t{self.shift}\t{listed(self.marks)}\t{objects(self.values)}\t"
            f"{objects(self.edits)}\t{listed(self.doubts)}\t{array(self.settled)}\t"
            f"{self.is_doubtful:d}\t{self.is_faulty:d}\t{self.is_unfit:d}\t{self.aside}\n"
        )


NAMES = tuple(NewLine.__dataclass_fields__)
_COPY = "COPY {table} ({columns}) FROM STDIN".format(
    table=ImportRow._meta.db_table,
    columns=", ".join(
        f'"{each.column}"'
        for name in NAMES
        for each in ImportRow._meta.concrete_fields
        if each.attname == name
    ),
)


def form_of(line: NewLine, width: int, slots: Collection[str]) -> str:
    """The text of lines that differ from ``line`` in their cells alone, to be filled in by ``%``:
    position, line, ``width`` cells, place, offset, and the values of the fields ``slots`` in the
    order of ``line.values``.

    What is filled in must be free of ``SIGNS``.
    """
    hole: Any = "%s"
    form = replace(
        line,
        position=hole,
        line=hole,
        cells=[hole] * width,
        place=hole,
        offset=hole,
        values={name: hole if name in slots else _whole(v) for name, v in line.values.items()},
        doubts=_whole(line.doubts),
    )
    return form.text()


def _whole(value: Any) -> Any:
    """A value as ``%`` leaves it."""
    if isinstance(value, str):
        return value.replace("%", "%%")
    return [_whole(each) for each in value]


def store(lines: Iterable[NewLine]) -> None:
    """Insert lines, all or none."""
    write(line.text() for line in lines)


def write(texts: Iterable[str]) -> None:
    """Insert lines that are given as ``COPY`` takes them, all or none."""
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(_COPY) as stream,
    ):
        stream.write("".join(texts))


def array(texts: Sequence[str]) -> str:
    """Texts as an array."""
    if not texts:
        return "{}"
    if SIGNS.search("".join(texts)) is None:
        return '{"' + '","'.join(texts) + '"}'
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return _escaped('{"' + '","'.join(quoted) + '"}')


def listed(items: Sequence[Any]) -> str:
    """Lists within a list, as JSON."""
    return _escaped(_JSON.encode(items)) if items else "[]"


def objects(values: Mapping[str, Any]) -> str:
    """Values by field, as JSON. Most are texts without any sign that JSON writes otherwise."""
    if not values:
        return "{}"
    try:
        is_plain = SIGNS.search("".join(values.values())) is None
    except TypeError:
        is_plain = False  # A list among them.
    if is_plain:
        return "{" + ",".join([f'"{name}":"{text}"' for name, text in values.items()]) + "}"
    return _escaped(_JSON.encode(values))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
