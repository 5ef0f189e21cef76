"""Work of the public side outside a request, in the task queue."""

from procrastinate.contrib.django import app

from apps.publications import rates


@app.periodic(cron="*/10 * * * *")
@app.task(name="forget_readers")
def forget_readers(timestamp: int) -> int:
    """Delete what was counted of readers some minutes ago; return how many they were."""
    return rates.forget_readers()
