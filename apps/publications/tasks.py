"""Work of the public side outside a request, in the task queue."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from apps.publications import rates


@app.periodic(cron="*/10 * * * *")
@app.task(name="forget_readers")
def forget_readers(timestamp: int) -> int:
    """Delete what was counted of readers some minutes ago; return how many they were."""
    return rates.forget_readers()


@app.periodic(cron="*/10 * * * *")
@app.task(name="shorten_editions", retry=RetryStrategy(max_attempts=3, wait=60))
def shorten_editions(timestamp: int) -> int:
    """Replace very many editions of the public pages by one new; return how many are gone."""
    from apps.publications import edition  # models are loaded after the task registry

    return edition.shorten()
