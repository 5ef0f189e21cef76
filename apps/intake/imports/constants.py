"""Values said once for every row of a table, set in its lines by one statement: none is read again.

What a line says of other fields, its doubts about them, and what a person typed or settled stay as
they are. The lines are then what ``staging.read_again`` would make of them.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection
from django.db.models import F
from django.db.models.fields.json import KT

from apps.cases.domain.writing import in_pieces
from apps.cases.kinds import record_kinds
from apps.intake.imports.comparing import is_own_list
from apps.intake.imports.lines import AT_ONCE, judged
from apps.intake.imports.organisations import CODE_FIELD
from apps.intake.imports.values import Typist
from apps.intake.models import ImportEdit, ImportRow, ImportTable

# In strict mode, for lax mode would look for doubts within each doubt.
_SET = f"""
UPDATE {ImportRow._meta.db_table} AS line SET
    values = line.values || %(said)s::jsonb,
    doubts = CASE WHEN line.doubts = '[]' THEN line.doubts ELSE jsonb_path_query_array(
        line.doubts, 'strict $[*] ? (!(@[0] == $names[*]))', %(names)s::jsonb) END,
    is_doubtful = line.is_doubtful AND jsonb_path_exists(
        line.doubts, 'strict $[*] ? (!(@[0] == $names[*] || @[0] == $settled[*]))',
        CASE WHEN line.settled = '{{}}' THEN %(names)s::jsonb
            ELSE %(names)s::jsonb || jsonb_build_object('settled', line.settled) END),
    is_unfit = line.is_unfit OR NOT line.edits ?& %(unfit)s,
    is_faulty = line.is_unfit OR NOT line.edits ?& %(unfit)s
        OR NOT (line.values || line.edits) ?& %(needed)s
WHERE line.table_id = %(table)s AND line.aside = ''
"""  # noqa: S608 - the table's name is ours


def may_be_set(stored: ImportTable, columns: Mapping[int, str], said: Mapping[str, Any]) -> bool:
    """Say whether only values for all rows are new, so that no line reads otherwise.

    ``columns`` and ``said`` are what a person says now, ``stored`` is as it was before. A value
    taken back shows what the cells say, and kinds in which one field tells of another are judged as
    a whole: both are read again. So is a table in which lines were set aside or put back.
    """
    kind = record_kinds.get(stored.kind)
    if kind is None or not stored.corrections.get("constants", {}).keys() <= said.keys():
        return False
    if Typist(kind, stored.intake.revision).shape is None or is_own_list(stored):
        return False
    is_as_said = stored.corrections.get("columns", {}) == {
        str(at): name for at, name in columns.items()
    }
    return (is_as_said or _is_as_read(stored, columns)) and not (
        ImportEdit.objects.filter(row__table=stored)
        .annotate(was=KT("before__aside"))
        .exclude(was=F("row__aside"))
        .exists()
    )


def name_somebody(kind: str, names: Iterable[str]) -> bool:
    """Say whether one of these fields tells which organisation or project a row is about."""
    of = record_kinds[kind]
    fields = {*of.mentions, CODE_FIELD}
    if of.twins is not None:
        fields |= {of.twins.title, of.twins.apart, of.twins.organisations, of.twins.people}
    return not fields.isdisjoint(names)


def _is_as_read(stored: ImportTable, columns: Mapping[int, str]) -> bool:
    """Say whether every column is named what it was taken for from the beginning."""
    as_read = {at: each["field"] for at, each in enumerate(stored.columns)}
    return bool(stored.frame.get("is_steady")) and as_read == dict(columns)


def set_values(stored: ImportTable, said: Mapping[str, Any]) -> None:
    """Set ``said`` in every row of a table. Call ``may_be_set`` before."""
    typist = Typist(record_kinds[stored.kind], stored.intake.revision)
    unfit = [name for name, value in said.items() if not typist.fits(name, value)]
    for at in stored.corrections.get("columns", {}):
        stored.columns[int(at)]["confidence"] = 1.0
    stored.save()
    with connection.cursor() as cursor:
        cursor.execute(
            _SET,
            {
                "table": stored.pk,
                "said": json.dumps(dict(said)),
                "names": json.dumps({"names": list(said), "settled": []}),
                "unfit": unfit,
                "needed": [name for name in typist.needed if name not in said],
            },
        )
    _judge_again(stored, typist)


def _judge_again(stored: ImportTable, typist: Typist) -> None:
    """Look again at the lines in which a value did not fit: it may be one that is said now."""
    lines = stored.rows.filter(aside="", is_unfit=True)
    of_each: dict[tuple[bool, bool], list[int]] = {}
    for pk, values, edits in lines.values_list("pk", "values", "edits").iterator(AT_ONCE):
        of_each.setdefault(judged(typist, {**values, **edits}), []).append(pk)
    for (is_faulty, is_unfit), found in of_each.items():
        for piece in in_pieces(found, AT_ONCE):
            ImportRow.objects.filter(pk__in=piece).update(is_faulty=is_faulty, is_unfit=is_unfit)
