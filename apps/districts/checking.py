"""When the rules of a return run while people are typing: soon, but not after each save."""

import time

from apps.accounts.models import User
from apps.cases.domain.findings import check_case

# Seconds between two runs on one return in one process, and how many times a run's own length: a
# return that is slow to check takes a tenth of a process at most, and all returns together take no
# more: in the last hour saving goes before checking.
LEAST, SHARE = 2.0, 10

# Return -> when the last run began, and how long it took. 0 is no return: the last run of any.
_runs: dict[int, tuple[float, float]] = {}
_ANY = 0


def check_soon(actor: User, revision_id: int) -> bool:
    """Run the rules unless they have just run; say whether they did. Else ask again later.

    Raises as ``check_case``.
    """
    began, took = _runs.get(revision_id, (float("-inf"), 0.0))
    now = time.monotonic()
    last_began, last_took = _runs.get(_ANY, (float("-inf"), 0.0))
    if now - began < max(LEAST, SHARE * took) or now - last_began < SHARE * last_took:
        return False
    _runs[revision_id] = (now, took)
    check_case(actor, revision_id)
    _runs[revision_id] = _runs[_ANY] = (now, time.monotonic() - now)
    return True
