"""Where the bytes lie: under their SHA-256, once, on the local disk or in an S3-compatible store."""

import contextlib
import hashlib
import logging
from collections.abc import Iterator

from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.utils.translation import gettext as _

from apps.cases.errors import WorkflowError

logger = logging.getLogger(__name__)
CHUNK = 1 << 20


class NotIntact(WorkflowError):
    """The stored bytes are gone or are no longer what was attached."""

    def __init__(self, sha256: str) -> None:
        """Say so, with whom to tell."""
        self.sha256 = sha256
        super().__init__(
            _(
                "The stored file is missing or differs from what was attached, so it is not handed out. Tell the administrator; its hash is %(hash)s."
            )
            % {"hash": sha256}
        )


class NotReached(WorkflowError):
    """The store of files does not answer."""

    def __init__(self) -> None:
        """Say so, and what to do."""
        super().__init__(
            _(
                "The store of files does not answer just now, and nothing was changed. Try again later."
            )
        )


@contextlib.contextmanager
def reached() -> Iterator[None]:
    """Turn what a bucket's library raises into ``NotReached``; a missing file stays ``OSError``."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        logger.exception("the store of evidence does not answer")
        raise NotReached from error


def store() -> Storage:
    """Return the storage of evidence that the settings name."""
    return storages["evidence"]


def key_of(sha256: str) -> str:
    """Return the name under which the bytes of that hash lie; few files in each folder."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def digest_of(data: bytes) -> str:
    """Return the SHA-256 of ``data`` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def keep(data: bytes) -> str:
    """Store ``data`` unless it lies there whole already; return its SHA-256. Raises ``NotReached``."""
    sha256 = digest_of(data)
    if not is_intact(sha256):
        with reached():
            store().save(key_of(sha256), ContentFile(data))
    return sha256


def is_intact(sha256: str) -> bool:
    """Say whether the bytes of that hash lie in the store as they were. Reads them in pieces.

    Raises ``NotReached``.
    """
    digest = hashlib.sha256()
    try:
        with reached(), store().open(key_of(sha256)) as file:
            while piece := file.read(CHUNK):
                digest.update(piece)
    except OSError:
        return False
    return digest.hexdigest() == sha256


def fetch(sha256: str) -> bytes:
    """Return the bytes of that hash. Raises ``NotIntact`` where they are gone or differ, ``NotReached``."""
    try:
        with reached(), store().open(key_of(sha256)) as file:
            data: bytes = file.read()
    except OSError as error:
        logger.exception("evidence %s cannot be read", sha256)
        raise NotIntact(sha256) from error
    if digest_of(data) != sha256:
        logger.error("evidence %s differs from its hash", sha256)
        raise NotIntact(sha256)
    return data
