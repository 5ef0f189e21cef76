"""Telling the person who took a file in that it was read, stored, or could not be."""

from apps.intake.models import Import


def tell(intake: Import) -> None:
    """Notify the person."""
