"""The audit's work in the task queue: anchors by day, verification by night and on demand."""

import logging

from procrastinate.contrib.django import app

logger = logging.getLogger(__name__)


# Ten past midnight, and again through the day: one line a day is written, whichever comes first.
@app.periodic(cron="10 * * * *")
@app.task(name="anchor_audit", pass_context=False, queueing_lock="anchor_audit")
def anchor_audit(timestamp: int) -> bool:
    """Write the anchor of the day, if it is not written; say whether it was written now."""
    from apps.audit import anchors  # models are loaded after the task registry

    return anchors.write(once_a_day=True) is not None


# GB/T 22239-2019, level 3: the integrity of what is stored is checked again every night.
@app.periodic(cron="40 18 * * *")  # the queue's clock is UTC: 02:40 in China
@app.task(name="verify_by_night", queueing_lock="verify_by_night")
def verify_by_night(timestamp: int) -> int:
    """Verify everything; return the number of faults. The auditors are told of any."""
    from apps.audit.domain import carry_out, request_verification

    return carry_out(request_verification(None, defer=False).pk)


@app.task(name="verify_on_demand", lock="verify_on_demand")
def verify_on_demand(verification_id: int) -> int:
    """Carry out a verification that a person asked for; return the number of faults."""
    from apps.audit.domain import carry_out

    return carry_out(verification_id)
