"""A ZIP file, written while it is sent: nothing of it is kept in memory or on disk."""

import datetime as dt
import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils import timezone

# A ZIP file cannot say what is older.
_EARLIEST = 1980


@dataclass
class Member:
    """A file of the archive. Length, hash and the rows of a table are known once it is written."""

    name: str
    parts: Iterable[bytes]
    length: int = 0
    sha256: str = ""
    rows: int | None = None


class _Pipe(io.RawIOBase):
    """A file that can only be written; what is written is taken away in turn."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.written.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        data = b"".join(self.written)
        self.written.clear()
        return data


def zip_parts(members: Iterable[Member], moment: dt.datetime) -> Iterator[bytes]:
    """Yield the bytes of a ZIP file with ``members``, each dated ``moment``.

    The same members and moment give the same bytes. A member may be made from what the ones
    before it turned out to be: it is asked for only when they are written.
    """
    pipe = _Pipe()
    local = timezone.localtime(moment)
    date = (max(local.year, _EARLIEST), *local.timetuple()[1:6])
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            info = zipfile.ZipInfo(member.name, date)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            digest = hashlib.sha256()
            with archive.open(info, "w", force_zip64=True) as file:
                for part in member.parts:
                    digest.update(part)
                    member.length += len(part)
                    file.write(part)
                    if data := pipe.taken():
                        yield data
            member.sha256 = digest.hexdigest()
            member.rows = getattr(member.parts, "rows", None)
    yield pipe.taken()
