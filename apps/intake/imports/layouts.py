"""What a person said about a layout, remembered for the next file that has it."""

import hashlib
from collections.abc import Iterable, Mapping

from django.utils import timezone

from apps.accounts.models import User
from apps.intake.grid import Table
from apps.intake.models import Layout
from apps.intake.synonyms.headers import plain_header


def fingerprint(header: Iterable[str]) -> str:
    """Return a hash of a header's words in their order; blank where there is no header."""
    words = [plain_header(word) for word in header]
    return hashlib.sha256("|".join(words).encode()).hexdigest() if any(words) else ""


def layout_of(table: Table) -> str:
    """Return the hash by which a table's layout is known: of its header, or of the line that it begins
    with where no header was found, as one in words that nobody knows is not.
    """
    first = table.rows[0].cells if table.rows else ()
    return fingerprint(table.header) or fingerprint(first)


def remembered(
    bureau_id: int, fingerprints: Iterable[str], kinds: Iterable[str]
) -> dict[str, Layout]:
    """Return what the bureau said about these layouts, for kinds that the case holds."""
    found = Layout.objects.filter(
        bureau_id=bureau_id, fingerprint__in=set(fingerprints) - {""}, kind__in=list(kinds)
    )
    return {layout.fingerprint: layout for layout in found}


def remember(actor: User, layout: str, kind: str, columns: Mapping[int, str]) -> None:
    """Keep how tables of this layout are to be read, with who said so and when."""
    if not layout or actor.bureau_id is None:
        return
    Layout.objects.update_or_create(
        bureau_id=actor.bureau_id,
        fingerprint=layout,
        defaults={
            "kind": kind,
            "columns": {str(index): name for index, name in columns.items()},
            "made_by": actor,
            "made_at": timezone.now(),
        },
    )
