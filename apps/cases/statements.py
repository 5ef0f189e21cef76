"""The sentence that is signed with a report, and which wording of it is in force."""

from dataclasses import dataclass

from django.db.models import Q

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
    found = (
        TruthStatement.objects.filter(Q(kind=case.kind) | Q(kind=""), from_year__lte=case.year)
        # A kind's own wording goes before the one for every kind.
        .order_by("-kind", "-from_year", "-pk")
        .first()
    )
    return Statement(found.text, found.pk) if found else Statement(STATEMENT, 0)
