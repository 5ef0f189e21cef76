"""What ``manage.py check --database default`` says of the registry: what is not entered yet."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DatabaseError

from apps.registry.models import FormVersion


@register(Tags.database)
def form_heads_are_whole(
    app_configs: Any = None, databases: Sequence[str] | None = None, **options: Any
) -> list[CheckMessage]:
    """Warn of every head of a form with a part that the law wants and nobody has entered."""
    if not databases:
        return []
    try:
        heads = list(FormVersion.objects.using(databases[0]))
    except DatabaseError:
        # Before the first migration there is no table to look into.
        return []
    return [
        Warning(
            f"The head of form {head.number} ({head.kind}, from {head.from_year}) lacks: "
            f"{', '.join(head.missing)}.",
            hint="Enter it in the administration, under form heads.",
            id="registry.W001",
        )
        for head in heads
        if head.missing
    ]
