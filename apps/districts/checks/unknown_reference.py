"""A reference in the narrative to a figure that is not there."""

from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from apps.cases.kinds import Problem
from apps.cases.models import Severity
from apps.districts.checks.reading import Reading, rule
from apps.districts.narrative.references import TOKEN, References, holds_reference


@rule(
    _(
        "A reference in the narrative names a figure that the return states. One that names no figure blocks the report; one that names a figure without a value is explained."
    ),
    Severity.BLOCKING,
    Severity.EXPLAIN,
)
def unknown_reference(reading: Reading) -> Iterator[Problem]:
    sections = [section for section in reading.sections if holds_reference(section.text)]
    if not sections:
        return
    references = References(reading.figures, reading.year)
    for section in sections:
        unknown, empty = [], []
        for token in TOKEN.finditer(section.text):
            if token["literal"] is not None:
                continue
            figure = references.figure(token)
            if figure is None:
                unknown.append(token[0])
            elif figure.value is None:
                empty.append(figure.indicator.name)
        # What was typed in two braces and is no reference would be published as it stands.
        rest = TOKEN.sub("", section.text)
        unknown += ["{{"] * ("{{" in rest or "}}" in rest)
        if unknown:
            yield Problem(
                "unknown_reference",
                Severity.BLOCKING,
                _(
                    "The text refers to %(references)s, but the return states no such figure. Choose the figure again, or type the words that are meant."
                ),
                {"references": "、".join(dict.fromkeys(unknown))},
                section,
                "text",
            )
        elif empty:
            yield Problem(
                "unknown_reference",
                Severity.EXPLAIN,
                _(
                    "The text refers to %(figures)s, which has no value. Enter the value, take the reference out, or explain it."
                ),
                {"figures": "、".join(dict.fromkeys(empty))},
                section,
                "text",
            )
