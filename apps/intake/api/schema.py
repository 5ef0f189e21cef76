"""The interface's own description."""

from typing import Any


def only_intake(endpoints: list[Any]) -> list[Any]:
    """Keep the intake's addresses in its description."""
    return [one for one in endpoints if one[0].startswith("/api/intake/")]
