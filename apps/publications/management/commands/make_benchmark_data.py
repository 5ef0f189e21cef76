"""``manage.py make_benchmark_data --rows N``: published roster entries, made up, to measure with."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.publications import benchmark


class Command(BaseCommand):
    """Publish made-up roster entries. For a database of their own."""

    help = "Publish N made-up roster entries, to measure with. Not beside real data."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the number of rows, the seed, and the wish to mix."""
        parser.add_argument("--rows", type=int, required=True)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--beside-real-data", action="store_true", help="mix them into what is there"
        )

    def handle(
        self, *args: Any, rows: int, seed: int, beside_real_data: bool, **options: Any
    ) -> None:
        """Make them, or say why not."""
        if rows < 1:
            raise CommandError("--rows takes a number from 1.")
        if not beside_real_data:
            try:
                benchmark.ensure_alone()
            except benchmark.NotEmpty as error:
                raise CommandError(
                    "This installation holds real cases; made-up rows would be published among "
                    "them. Use a fresh database (YONGKE_VAR or DATABASE_URL), or say "
                    "--beside-real-data."
                ) from error
        start = time.perf_counter()
        lists = benchmark.make(rows, seed=seed, say=self.stdout.write)
        self.stdout.write(
            f"{rows:,} entries in {lists} lists published in {time.perf_counter() - start:.0f} s."
        )
