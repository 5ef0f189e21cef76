"""The sentence that is signed with a report, and which wording of it is in force."""

from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from apps.cases.models import Case
from apps.registry.models import TruthStatement

# In force where the bureau has laid down no wording of its own.
STATEMENT = "本人已审核本案卷全部内容，确认所报数据真实、准确、完整、及时，并对此承担相应责任。"


@dataclass(frozen=True)
class Statement:
    """A wording and its version; nought is the one that comes with the software."""

    text: str
    version: int


def statement_for(case: Case) -> Statement:
    """Return what whoever reports ``case`` signs. One query."""
    found = _in_force(case.kind, case.year).first()
    return Statement(found.text, found.pk) if found else Statement(STATEMENT, 0)


def statement_beside() -> Subquery:
    """Return what ``statement_for`` finds as an annotation of a revision; ``statement_from`` reads it."""
    found = _in_force(OuterRef("case__kind"), OuterRef("case__year"))
    return Subquery(found.values(content=JSONObject(text="text", version="pk"))[:1])


def statement_from(content: dict[str, Any] | None) -> Statement:
    """Return the statement that ``statement_beside`` found."""
    return Statement(**content) if content else Statement(STATEMENT, 0)


def _in_force(kind: Any, year: Any) -> QuerySet[TruthStatement]:
    # A kind's own wording goes before the one for every kind.
    statements = TruthStatement.objects.filter(Q(kind=kind) | Q(kind=""), from_year__lte=year)
    return statements.order_by("-kind", "-from_year", "-pk")
