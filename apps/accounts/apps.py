"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """People, roles, bureaus: who you are and what you may touch."""

    name = "apps.accounts"
    verbose_name = _("Accounts and bureaus")

    def ready(self) -> None:
        """Connect the security log."""
        from apps.accounts import receivers  # noqa: F401 (models must be loaded first)
