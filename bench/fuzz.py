"""Mutated files of every type through the intake: a plain refusal or a table, and nothing else.

    python -m bench.fuzz [files] [seed]

Takes documents of the generator, changes bytes, cuts, doubles and swaps pieces of them (inside a
zip container also of its parts), and reads each: all in one process, where a growth of memory
shows and none may take more processor time than the worker is given, and every fiftieth as the
application does, in the worker. It ends with 1 where anything but rows or a refusal in words came
out, where one took longer, or where the process has grown. 5,000 files by default.
"""

import io
import os
import random
import resource
import signal
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Iterator

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from apps.intake import sentences
from apps.intake.candidates import candidates
from apps.intake.readers import read_blocks
from apps.intake.reading import read_bytes
from apps.intake.refusal import Refusal
from apps.intake.worker import SECONDS
from tests.intake import documents

FILES, SEED = 5_000, 20_240_101
NASTY = ("merged", "pages", "unit_total_note", "semicolons", "padded", "two_levels")
GROWTH = 60
"""Megabytes this process may grow after its first hundred files."""


def sources() -> list[tuple[str, bytes]]:
    """Return a document of each type, with its type."""
    made = []
    for form, write in documents.WRITERS.items():
        for truth in (documents.awards(12), documents.firms()):
            for nasty in (set(), {"merged"}, {"unit_total_note", "padded"}):
                made.append((form, write(documents.lay_out(truth, nasty))))
    return made


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Return a document with one to eight changes; of a container, half the time, inside a part."""
    if data[:2] == b"PK" and chance.random() < 0.6:
        return _inside(data, chance)
    return _changed(data, chance)


def _changed(data: bytes, chance: random.Random) -> bytes:
    found = bytearray(data)
    for _turn in range(chance.randint(1, 8)):
        if not found:
            break
        at = chance.randrange(len(found))
        size = min(chance.choice((1, 1, 4, 64, 1024)), len(found) - at)
        way = chance.randrange(6)
        if way == 0:
            found[at] ^= 1 << chance.randrange(8)
        elif way == 1:
            found[at : at + size] = chance.randbytes(size)
        elif way == 2:
            del found[at : at + size]
        elif way == 3:
            found[at:at] = found[at : at + size] * chance.randint(1, 40)
        elif way == 4:
            found[at:at] = chance.choice(
                (b"\0", b"\xff\xfe", b"<!--", b"<td rowspan=99999999>", b'"')
            )
        else:
            del found[at:]
    return bytes(found)


def _inside(data: bytes, chance: random.Random) -> bytes:
    """Return a container of which one part was changed, and packed again."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(stream, "w") as after:
        names = before.namelist()
        chosen = chance.choice(names)
        for name in names:
            part = before.read(name)
            after.writestr(name, _changed(part, chance) if name == chosen else part)
    return stream.getvalue()


def files(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield so many mutated files with their types, the same ones for the same seed."""
    chance = random.Random(seed)
    made = sources()
    for _number in range(count):
        form, data = chance.choice(made)
        yield form, mutated(data, chance)


class TooSlow(BaseException):
    """A file used up the worker's processor time. No reader may take it for a broken file."""


def _too_slow(_signal: int, _frame: object) -> None:
    raise TooSlow


def outcome(data: bytes, apart: bool = False) -> str:
    """Return "rows" or the code of the refusal, of a file read here or in the worker.

    Raises ``KeyError`` where a refusal has no sentence, and whatever a reader lets through.
    """
    if apart:
        refusals = read_bytes(data).refusals
    else:
        refusals = []
        try:
            candidates(read_blocks(data))
        except Refusal as refusal:
            refusals = [refusal]
    for refusal in refusals:
        _ = sentences.REFUSALS[refusal.code] % refusal.params
    return refusals[0].code if refusals else "rows"


def main(count: int, seed: int) -> int:
    """Read them all; print what came out. Return the exit code."""
    seen: Counter[str] = Counter()
    by_form: Counter[str] = Counter()
    wrong, slowest, early = 0, 0.0, 0
    signal.signal(signal.SIGPROF, _too_slow)
    for number, (form, data) in enumerate(files(count, seed), start=1):
        began = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        try:
            found = outcome(data, apart=number % 50 == 0)
        except (Exception, TooSlow) as error:
            wrong += 1
            found = f"{type(error).__name__}: {error}"
            print(f"file {number} ({form}): {found}", flush=True)
        signal.setitimer(signal.ITIMER_PROF, 0)
        slowest = max(slowest, time.process_time() - began)
        seen[found] += 1
        by_form[form] += 1
        if number == min(100, count):
            early = _megabytes()
        if number % 500 == 0:
            print(f"{number} files, {_megabytes()} MB, slowest {slowest:.1f} s", flush=True)
    grown = _megabytes() - early
    print(f"{count} files, seed {seed}: {dict(by_form)}")
    print(f"{wrong} errors; slowest {slowest:.1f} s of {SECONDS}; grown by {grown} MB")
    print(", ".join(f"{name} {times}" for name, times in seen.most_common()))
    return 1 if wrong or slowest > SECONDS or grown > GROWTH else 0


def _megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(given + [FILES, SEED][len(given) :])))
