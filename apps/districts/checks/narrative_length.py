"""A section of the narrative that is too long, or too short."""

from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from apps.cases.kinds import Problem
from apps.cases.models import Severity
from apps.districts.checks.reading import Reading, rule
from apps.districts.narrative.references import References
from apps.districts.narrative.words import word_count


@rule(
    _(
        "A section of the narrative keeps to the number of characters that the bureau lays down for its heading, or for every section (字数: a Chinese character or sign is one, a word or number in Latin script is one, a reference counts as what it says)."
    ),
    Severity.BLOCKING,
    Severity.EXPLAIN,
)
def narrative_length(reading: Reading) -> Iterator[Problem]:
    if not reading.sections:
        return
    references = References(reading.figures, reading.year)
    for section in reading.sections:
        limit = reading.limit_of(section.heading)
        if limit is None:
            continue
        count = word_count(references.told(section.text))
        if limit.least <= count <= limit.most:
            continue
        yield Problem(
            "narrative_length",
            Severity.BLOCKING if limit.is_strict else Severity.EXPLAIN,
            _(
                "“%(heading)s” has %(count)s characters; at most %(bound)s are asked for. Shorten it."
            )
            if count > limit.most
            else _(
                "“%(heading)s” has %(count)s characters; at least %(bound)s are asked for. Say more."
            ),
            {
                "heading": section.heading,
                "count": count,
                "bound": limit.most if count > limit.most else limit.least,
            },
            section,
            "text",
        )
