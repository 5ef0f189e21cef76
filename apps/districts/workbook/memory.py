"""A large workbook's memory is given back as soon as it was read or written."""

import gc
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
# From so many bytes on; the return of 200 figures has some 30,000, one of 5,000 rows 400,000.
LARGE = 150_000


def gives_back(work: Callable[P, R]) -> Callable[P, R]:
    """Decorate a function that takes or returns the bytes of a workbook.

    The parts of openpyxl's workbook refer to each other, and stay until the collector's rare last
    round: 20 to 60 MB each. Here it comes at once, where the bytes are many (0.1 to 0.2 s).
    """

    @wraps(work)
    def working(*args: P.args, **kwargs: P.kwargs) -> R:
        size = sum(len(each) for each in args if isinstance(each, bytes))
        try:
            result = work(*args, **kwargs)
            size += len(result) if isinstance(result, bytes) else 0
            return result
        finally:
            if size > LARGE:
                gc.collect()

    return working
