"""``manage.py remind``: send the reminders of a day that were not sent yet."""

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.cases.domain.reminding import remind


class Command(BaseCommand):
    """Send what the hourly task would send, for today or for a day that was missed."""

    help = "Send the reminders of a day to those who have not reported. Each goes out once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the day."""
        parser.add_argument("--date", help="the day, as 2027-03-31; today where it is not given")

    def handle(self, *args: Any, **options: Any) -> None:
        """Send, and say how many."""
        try:
            day = (
                dt.date.fromisoformat(options["date"]) if options["date"] else timezone.localdate()
            )
        except ValueError as error:
            raise CommandError(f"{options['date']} is no day such as 2027-03-31") from error
        self.stdout.write(f"{day}: {len(remind(day))} reminders")
