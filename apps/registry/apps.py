"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    """The shared vocabulary: districts, organisations, years, the indicator dictionary."""

    name = "apps.registry"
    verbose_name = _("Dictionaries")

    def ready(self) -> None:
        """Register the checks of what is entered."""
        from apps.registry import checks  # noqa: F401 - registers its own
