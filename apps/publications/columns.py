"""The columns of a kind's rows as the database writes them, without a Python object a row.

A file of a hundred thousand rows takes ten times as long through models and serializers. What the
database cannot write by itself, such as the running text of a narrative, goes that way still; the
tests hold that both say the same.
"""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import DateField, Expression, F, Func, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
from rest_framework import serializers

from apps.cases.kinds import RecordKind
from apps.cases.models import Revision
from apps.cases.serializers import NameField, folder_of

CHUNK = 2000

Columns = dict[str, Any]


def columns(kind: RecordKind) -> Columns | None:
    """Return the expression of each column, typed; None where one of them is made in Python."""
    serializer = kind.serializer()
    own = getattr(serializer, "written", {})
    found: Columns = {}
    for name, field in serializer.fields.items():
        if name in own:
            found[name] = own[name]
        elif name == "url" and kind.is_listed:
            folder = f"{settings.SITE_URL}{folder_of(kind.code)}"
            found[name] = Concat(
                Value(folder), Cast("uid", TextField()), Value("/"), output_field=TextField()
            )
        elif isinstance(field, NameField):
            found[name] = F(f"{str(field.source).replace('.', '__')}__name")
        elif isinstance(field, serializers.SerializerMethodField) or not _is_stored(kind, field):
            return None
        else:
            found[name] = F(str(field.source).replace(".", "__"))
    return found


def _is_stored(kind: RecordKind, field: Any) -> bool:
    """Say whether a field is a column of the row's table, or of one it belongs to."""
    model: Any = kind.model
    for name in field.source.split("."):
        known = {other.name: other for other in model._meta.get_fields()}
        if name not in known:
            return False
        model = known[name].related_model
    return True


def dicts(listing: Any) -> Iterator[dict[str, Any]]:
    """Yield the rows of ``listing`` as dicts of typed values, from a cursor of the server."""
    found = columns(listing.kind)
    if found is None:
        yield from _represented(listing)
        return
    names = list(found)
    rows = _bare(listing.rows).values_list(*found.values())
    for row in rows.iterator(chunk_size=CHUNK):
        yield dict(zip(names, row, strict=True))


def _bare(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.select_related(None).defer(None)


def _represented(listing: Any) -> Iterator[dict[str, Any]]:
    """Yield the rows as the API gives them; the few revisions are fetched once each."""
    kind = listing.kind
    serializer = kind.serializer()
    revisions: dict[int, Revision] = {}
    rows = _bare(listing.rows)
    if kind.select_related:
        rows = rows.select_related(*kind.select_related)
    for record in rows.iterator(chunk_size=CHUNK):
        if record.revision_id not in revisions:
            revisions[record.revision_id] = Revision.objects.select_related(
                "case", "release_item__release"
            ).get(pk=record.revision_id)
        record.revision = revisions[record.revision_id]
        yield serializer.to_representation(record)


class CellText(Func):
    """A column as the text of a CSV cell: formulas defused as ``defused`` does, blank as NULL.

    COPY writes NULL as nothing, where it would put a blank text in quotation marks.
    """

    output_field = TextField()
    _FIRST = ",".join(str(ord(sign)) for sign in "=+-@\t\r\n")

    def as_sql(  # type: ignore[override]
        self, compiler: Any, connection: Any, **extra: Any
    ) -> tuple[str, tuple[Any, ...]]:
        """Return the SQL. The column's text is compared by its first character, which is cheap."""
        (source,) = self.source_expressions
        field = source.output_field
        sql, params = compiler.compile(source)
        if isinstance(field, ArrayField):
            sql = f"array_to_string({sql}, '|')"
        elif isinstance(field, DateField):
            return f"to_char({sql}, 'YYYY-MM-DD')", tuple(params)
        elif not isinstance(field, TextField) and field.get_internal_type() != "CharField":
            return f"({sql})::text", tuple(params)
        text = (
            f"CASE WHEN ascii({sql}) IN ({self._FIRST})"
            f" AND {sql} !~ '^[+-]?[0-9]+(\\.[0-9]+)?$' THEN '''' || {sql}"
            f" ELSE NULLIF({sql}, '') END"
        )
        return text, tuple(params) * 4


def copied(listing: Any, found: Columns) -> Iterator[bytes]:
    """Yield the lines of ``listing`` as COPY writes them in CSV, one at a time."""
    cells: list[Expression] = [CellText(expression) for expression in found.values()]
    rows = _bare(listing.rows).values_list(*cells)
    connection = connections[rows.db]
    try:
        sql, params = rows.query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:
        return
    with connection.cursor() as cursor:
        question = cursor.mogrify(f"COPY ({sql}) TO STDOUT (FORMAT csv)", params)
        with cursor.copy(question) as copy:
            for line in copy:
                # A line is a message of its own (libpq: PQgetCopyData); it ends as RFC 4180 says.
                yield bytes(line[:-1]) + b"\r\n"
