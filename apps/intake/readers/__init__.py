"""Readers: each turns one format into paragraphs and grids. They need no Django.

They run in a process with limits of its own (``apps.intake.worker``), for what they read was
written by strangers.
"""

from collections.abc import Callable, Iterator
from importlib import import_module

from apps.intake.formats import sniff
from apps.intake.grid import Block
from apps.intake.refusal import Refusal

MODULES = {"docx": "word", "xlsx": "sheets", "xls": "sheets", "pdf": "pdf", "text": "text"}


def read_blocks(data: bytes) -> Iterator[Block]:
    """The blocks of a file, whatever it is. Raises ``Refusal``."""
    form = sniff(data)
    # Only the library that is needed is loaded: each costs memory and time.
    module = import_module(f"apps.intake.readers.{MODULES[form]}")
    read: Callable[[bytes], Iterator[Block]] = module.read
    try:
        yield from read(data)
    except (Refusal, MemoryError):
        raise
    # A parser of a broken file raises whatever it likes; the person needs one sentence.
    except Exception as error:
        raise Refusal("truncated", detail=type(error).__name__) from error
