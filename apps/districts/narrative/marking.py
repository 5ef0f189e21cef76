"""The numbers of a narrative section for its writer: which figure each one is, or that it is none."""

from dataclasses import dataclass

from apps.cases.models import Revision
from apps.districts.checks.number_not_in_figures import Judge, Verdict
from apps.districts.checks.numbers import numbers
from apps.districts.checks.reading import Reading
from apps.districts.narrative.references import TOKEN, References

# What stands of a text before a number and after it, to find it by.
_AROUND = 10
# So many indicators of the same value are named.
_MOST = 3

REFERENCE, MARKED, UNKNOWN_REFERENCE = "reference", "marked", "unknown_reference"


@dataclass(frozen=True)
class Said:
    """One number of a text: what it is taken for, and the words around it."""

    text: str
    start: int
    before: str
    after: str
    # One of the verdicts of the rule, or reference, marked, unknown_reference.
    status: str
    indicators: tuple[str, ...] = ()
    told: str = ""

    @property
    def is_wrong(self) -> bool:
        """Say whether something is to be done about it."""
        return self.status in {Verdict.WRONG, Verdict.UNKNOWN, UNKNOWN_REFERENCE}

    @property
    def may_be_marked(self) -> bool:
        """Say whether its writer may say that it is no figure."""
        return self.status in {Verdict.WRONG, Verdict.UNKNOWN}


def said_in(revision: Revision, text: str, references: References) -> list[Said]:
    """Return the numbers, references and marks of ``text`` in their order."""
    reading = Reading(revision)
    judge = Judge(reading)
    found = []
    for token in TOKEN.finditer(text):
        figure = references.figure(token) if token["code"] else None
        status = MARKED
        if token["code"]:
            status = REFERENCE if figure is not None else UNKNOWN_REFERENCE
        found.append(
            _said(
                text,
                token.start(),
                token.end(),
                token["literal"].strip() if token["literal"] else token[0],
                status,
                (str(figure.indicator),) if figure else (),
                figure.printed if figure else "",
            )
        )
    for number in numbers(text):
        verdict = judge.verdict(text, number)
        if verdict == Verdict.SPOKEN:
            continue
        names = tuple(str(reading.indicators[pk]) for pk in judge.indicators(text, number)[:_MOST])
        end = number.start + len(number.text)
        found.append(_said(text, number.start, end, text[number.start : end], verdict, names))
    return sorted(found, key=lambda each: each.start)


def _said(
    text: str,
    start: int,
    end: int,
    said: str,
    status: str,
    indicators: tuple[str, ...],
    told: str = "",
) -> Said:
    return Said(
        said,
        start,
        text[max(0, start - _AROUND) : start],
        text[end : end + _AROUND],
        status,
        indicators,
        told,
    )
