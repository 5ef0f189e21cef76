"""App configuration."""

from django.apps import AppConfig


class PublicationsConfig(AppConfig):
    """The public side: listings, search, exports, API, feeds."""

    name = "apps.publications"
