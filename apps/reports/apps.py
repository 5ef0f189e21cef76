"""App configuration."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """The annual report: chapters, figures by reference, DOCX, PDF, HTML."""

    name = "apps.reports"
