"""App configuration."""

from django.apps import AppConfig


class ChecksConfig(AppConfig):
    """Rules that look across cases: reconciliation and contradictions."""

    name = "apps.checks"
