"""Substring search in core PostgreSQL: every character counts, no word list, no extension.

A table that is searched has two generated columns that its model does not know (``AddSearch``):
``search_text``, its fields folded and put one below the other, and ``search_index``, the pairs
of neighbouring characters in it (the last one alone) with what ``sounds`` spells in Latin letters.
A search asks the index for the rows that hold every pair of a word, and of those rows whether the
word itself stands in ``search_text``: the result is the very set that ``LIKE`` finds, for any
text. No position is kept, so PostgreSQL's limits on positions do not matter.
"""

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import RunPython, RunSQL

from apps.registry.sounds import sounds_of

# What is written in several ways and means one thing. NFKC has joined the widths before.
VARIANTS = {
    "(": "[{〔【〖〈⟨",
    ")": "]}〕】〗〉⟩",
    '"': "“”„‟«»「」『』〝〞",
    "'": "‘’‚‛′",
    "-": "‐‒–—―−─",
    "·": "•‧∙⋅・●",
    "~": "∼〜",
    ",": "、",
    "<": "《",
    ">": "》",
}
FROM = "".join(VARIANTS.values())
TO = "".join(one * len(others) for one, others in VARIANTS.items())
FOLD = str.maketrans(FROM, TO)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


FUNCTIONS = f"""
CREATE FUNCTION yongke_fold(text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN regexp_replace(
        translate(lower(normalize($1, NFKC)), {_literal(FROM)}, {_literal(TO)}),
        '[[:space:]]+', ' ', 'g');
COMMENT ON FUNCTION yongke_fold(text) IS
    'Text as it is compared: one width, one case, one form of each bracket, single blanks.';

CREATE FUNCTION yongke_lines(text[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT coalesce(string_agg(yongke_fold(field), E'\\n' ORDER BY place), '')
            FROM unnest($1) WITH ORDINALITY AS fields(field, place) WHERE field <> '');
COMMENT ON FUNCTION yongke_lines(text[]) IS
    'Fields folded, one below the other: no word goes from one field into the next.';

CREATE FUNCTION yongke_pairs(text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (SELECT coalesce(array_to_tsvector(array_agg(one || coalesce(next, ''))), '')
            FROM unnest(string_to_array($1, NULL), (string_to_array($1, NULL))[2:])
                AS characters(one, next));
COMMENT ON FUNCTION yongke_pairs(text) IS
    'The pairs of neighbouring characters, the last character alone; no positions.';

CREATE FUNCTION yongke_spelling(text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (SELECT coalesce(array_to_tsvector(array_agg(lexeme)), '')
            FROM regexp_split_to_table($1, '[ \\n]+') AS words(word),
                LATERAL (
                    SELECT ' ' || word WHERE word ~ '^[a-z]'
                    UNION ALL
                    SELECT substr(word, place, 4) FROM generate_series(1, length(word)) AS place
                    WHERE word ~ '^[A-Z]'
                ) AS lexemes(lexeme));
COMMENT ON FUNCTION yongke_spelling(text) IS
    'Syllables with a blank before them; of initials the four that follow each place.';

CREATE FUNCTION yongke_asked(text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (SELECT coalesce(string_agg(
                '''' || replace(replace(substr($1, place, 2), '\\', '\\\\'), '''', '''''') || ''''
                || CASE WHEN length($1) = 1 THEN ':*' ELSE '' END, '&'), '')::tsquery
            FROM generate_series(1, greatest(length($1) - 1, 1)) AS place WHERE $1 <> '');
COMMENT ON FUNCTION yongke_asked(text) IS
    'The question for all pairs of a folded word; one character asks for all that begin so.';
"""  # noqa: S608 - no value of anybody's
DROP_FUNCTIONS = """
DROP FUNCTION yongke_asked(text);
DROP FUNCTION yongke_spelling(text);
DROP FUNCTION yongke_pairs(text);
DROP FUNCTION yongke_lines(text[]);
DROP FUNCTION yongke_fold(text);
"""


class AddSearch(RunSQL):
    """A migration's step: search a table by ``fields``, and by the sounds in ``sounds``.

    Fields of text stand by their name, lists of names as ``name[]``. The table has a column
    ``sounds`` (a ``SoundsField``) already.
    """

    def __init__(self, table: str, fields: Sequence[str]) -> None:
        """Write the SQL."""
        self.table, self.fields = table, tuple(fields)
        parts = [
            f'"{name[:-2]}"::text[]' if name.endswith("[]") else f'ARRAY["{name}"::text]'
            for name in fields
        ]
        lines = f"yongke_lines({' || '.join(parts)})"
        super().__init__(
            sql=f"""
            ALTER TABLE "{table}"
                ADD COLUMN search_text text GENERATED ALWAYS AS ({lines}) STORED,
                ADD COLUMN search_index tsvector GENERATED ALWAYS AS
                    (yongke_pairs({lines}) || yongke_spelling("sounds")) STORED;
            CREATE INDEX "{table}_search" ON "{table}" USING gin (search_index);
            """,
            reverse_sql=f"""
            ALTER TABLE "{table}" DROP COLUMN search_index, DROP COLUMN search_text;
            """,
        )

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Return what stands in a migration."""
        return (type(self).__name__, [self.table, list(self.fields)], {})


def fill_sounds(app_label: str, model_name: str) -> RunPython:
    """Return a migration's step: spell the rows that were there before the column ``sounds`` was.

    The triggers that freeze rows rest meanwhile: nothing of a row's content is touched.
    """

    def fill(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        model = apps.get_model(app_label, model_name)
        table = model._meta.db_table
        of = model._meta.get_field("sounds").of
        rows = list(model._base_manager.values_list("pk", *of))
        if not rows:
            return
        # A row that the new column wrote anew counts as new: its keys are checked at once, since
        # a table with checks to come cannot be altered.
        editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        editor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        with editor.connection.cursor() as cursor:
            cursor.executemany(
                f'UPDATE "{table}" SET sounds = %s WHERE id = %s',  # noqa: S608 - our own name
                [(sounds_of(values), pk) for pk, *values in rows],
            )
        editor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
        editor.execute("SET CONSTRAINTS ALL DEFERRED")

    return RunPython(fill, RunPython.noop, elidable=True)


def fill_list_place(table: str) -> RunSQL:
    """Return a migration's step: note the place of its list beside every row that is there."""
    return RunSQL(
        f"""
        SET CONSTRAINTS ALL IMMEDIATE;
        ALTER TABLE "{table}" DISABLE TRIGGER USER;
        UPDATE "{table}" SET list_place = (9999 - listed.year)::bigint * 1000000000000 + listed.id
            FROM cases_revision JOIN cases_case AS listed ON listed.id = case_id
            WHERE cases_revision.id = revision_id;
        ALTER TABLE "{table}" ENABLE TRIGGER USER;
        SET CONSTRAINTS ALL DEFERRED;
        """,  # noqa: S608 - a migration's own name
        RunSQL.noop,
        elidable=True,
    )
