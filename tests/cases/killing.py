"""A process that takes a step and kills itself at a given database statement.

Run as ``python -m tests.cases.killing``: it reads one order a line from its input, forks a child
that carries it out on a connection of its own, and answers how the child ended. An order is
``step revision actor statement when``; ``when`` is ``before`` or ``after`` that statement, counted
from 1, or ``commit``: after the last statement, just before the transaction is committed. The
child ends by SIGKILL, as a process does when the machine takes it: nothing is cleaned up.
"""

import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any

DETAILS = {"restate": {"reason_code": "correction"}}
REASON = "按核定结果办理。"


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _carry_out(step: str, revision: int, actor: int, statement: int, when: str) -> None:
    """Take the step in this process; die at the statement, if it comes to that."""
    from django.db import connection

    from apps.accounts.models import User
    from apps.cases.domain.transitions import perform

    count = 0

    def dying(
        execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        nonlocal count
        count += 1
        if count == statement and when == "before":
            _die()
        result = execute(sql, params, many, context)
        if count == statement and when == "after":
            _die()
        return result

    person = User.objects.select_related("bureau").get(pk=actor)
    if when == "commit":
        # The connection's own commit, which no wrapper of statements sees.
        setattr(connection, "_commit", _die)  # noqa: B010
    with connection.execute_wrapper(dying):
        perform(step, revision, person, reason=REASON, details=DETAILS.get(step))


def main() -> None:
    """Obey until the input ends. Answers ``killed``, ``done`` or ``failed``, a line each."""
    import django

    django.setup()
    from apps.cases.domain import transitions  # noqa: F401 - read once, before the first fork

    for line in sys.stdin:
        step, revision, actor, statement, when = line.split()
        child = os.fork()
        if child == 0:
            try:
                _carry_out(step, int(revision), int(actor), int(statement), when)
            except BaseException:
                traceback.print_exc()
                sys.stderr.flush()
                os._exit(1)
            os._exit(0)
        _pid, status = os.waitpid(child, 0)
        ended = "killed" if os.WIFSIGNALED(status) else "failed" if status else "done"
        sys.stdout.write(f"{ended}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
