"""Substring search in core PostgreSQL: every character counts, no word list, no extension.

A table that is searched has two generated columns that its model does not know (``AddSearch``):
``search_text``, its fields folded and put one below the other, and ``search_index``, the pairs
of neighbouring characters in it (the last one alone) with what ``sounds`` spells in Latin letters.
A search asks the index for the rows that hold every pair of a word, and of those rows whether the
word itself stands in ``search_text``: the result is the very set that ``LIKE`` finds, for any
text. No position is kept, so PostgreSQL's limits on positions do not matter.
"""

import re
from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import RunSQL

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


# Characters that another form stands for, and blanks other than single ones.
_SELDOM = "[" + re.sub(r"([\[\]\\^-])", r"\\\1", FROM) + r"]|[^\S ]|\s\s"
# No character at all, by the Unicode standard: it stands where a text is to be cut into pieces.
_CUT = r"U&'\FFFF'"

FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION yongke_one_form(line text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    -- Hardly any text needs it, and going through the variants takes ten times as long.
    IF line ~ {_literal(_SELDOM)} THEN
        line := regexp_replace(
            translate(line, {_literal(FROM)}, {_literal(TO)}), '[[:space:]]+', ' ', 'g');
    END IF;
    RETURN line;
END $$;
COMMENT ON FUNCTION yongke_one_form(text) IS
    'Text with one form of each bracket, quotation mark and dash, and single blanks.';

CREATE OR REPLACE FUNCTION yongke_fold(text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN yongke_one_form(lower(normalize($1, NFKC)));
COMMENT ON FUNCTION yongke_fold(text) IS
    'Text as it is compared: one width, one case, one form of each bracket, single blanks.';

CREATE OR REPLACE FUNCTION yongke_lines(text[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN coalesce(replace(
        yongke_fold(array_to_string(array_remove($1, ''), {_CUT})), {_CUT}, E'\\n'), '');
COMMENT ON FUNCTION yongke_lines(text[]) IS
    'Fields folded, one below the other: no word goes from one field into the next.';

-- Every second pair, then those between them, cut out by one expression each: half the time of
-- going through the characters one by one.
CREATE OR REPLACE FUNCTION yongke_pairs(line text) RETURNS tsvector
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN array_to_tsvector(array_remove(
        string_to_array(regexp_replace(line, '..', '\\&' || {_CUT}, 'g'), {_CUT})
        || string_to_array(regexp_replace(substr(line, 2), '..', '\\&' || {_CUT}, 'g'), {_CUT}),
        ''));
END $$;
COMMENT ON FUNCTION yongke_pairs(text) IS
    'The pairs of neighbouring characters, the last character alone; no positions.';

CREATE OR REPLACE FUNCTION yongke_spelling(sounds text) RETURNS tsvector
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    syllables text := regexp_replace(sounds, ' [A-Z]+\\n?', '', 'g');
    initials text := regexp_replace(sounds, '[^A-Z\\n]+', '', 'g');
BEGIN
    RETURN array_to_tsvector(array_remove(
        string_to_array(replace(syllables, ' ', {_CUT} || ' '), {_CUT})
        -- Cut into fours from the first letter of each line, from its second, third and fourth.
        || string_to_array(regexp_replace(
            concat_ws(E'\\n', initials,
                regexp_replace(initials, '^[A-Z]', '', 'gn'),
                regexp_replace(initials, '^[A-Z]{{1,2}}', '', 'gn'),
                regexp_replace(initials, '^[A-Z]{{1,3}}', '', 'gn')),
            '[A-Z]{{4}}', E'\\\\&\\n', 'g'), E'\\n'),
        ''));
END $$;
COMMENT ON FUNCTION yongke_spelling(text) IS
    'Syllables with a blank before them; of initials the four that follow each place.';

CREATE OR REPLACE FUNCTION yongke_asked(text) RETURNS tsquery
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
DROP FUNCTION yongke_one_form(text);
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
