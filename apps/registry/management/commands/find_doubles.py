"""``manage.py find_doubles``: look for organisations that may be one."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from apps.registry.domain import compare_new_names, find_doubles


class Command(BaseCommand):
    """Compare names of organisations and store the pairs that a person should look at."""

    help = "Look for organisations that may be one: new names, or all of them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to compare."""
        parser.add_argument("--all", action="store_true", help="compare every name again")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare, and say how many pairs are new."""
        found = find_doubles()[0] if options["all"] else compare_new_names()
        self.stdout.write(f"{found} new pairs")
