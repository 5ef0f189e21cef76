"""A disputed or added row of a list that no file proves."""

from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from apps.cases.desk.evidence import counts_by_row
from apps.cases.kinds import Problem
from apps.cases.models import Severity
from apps.districts.checks.reading import Reading, rule
from apps.districts.lists.models import CLAIMS


@rule(
    _(
        "Who disputes a row of the city's lists, or adds one, attaches at least one document that proves it."
    ),
    Severity.BLOCKING,
)
def list_claim_without_evidence(reading: Reading) -> Iterator[Problem]:
    claims = [
        line.statement
        for line in reading.lists.lines
        if line.statement is not None and line.statement.says in CLAIMS
    ]
    if not claims:
        return
    files = counts_by_row(reading.revision, claims[0].record_kind.code)
    for statement in claims:
        if not files[str(statement.uid)]:
            yield Problem(
                "list_claim_without_evidence",
                Severity.BLOCKING,
                _("No document proves what is said of “%(row)s”. Attach one, or take it back."),
                {"row": statement.title},
                statement,
            )
