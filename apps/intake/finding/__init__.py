"""From blocks to tables: titles, headers, bodies, tables beside and below one another, pages."""

from apps.intake.finding.tables import find_tables

__all__ = ["find_tables"]
