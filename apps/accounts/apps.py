"""App configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, roles, bureaus: who you are and what you may touch."""

    name = "apps.accounts"

    def ready(self) -> None:
        """Connect the security log."""
        from apps.accounts import receivers  # noqa: F401 (models must be loaded first)
