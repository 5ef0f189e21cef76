"""Pictures: PNG, JPEG and WebP, whole and of a size that can be opened."""

import warnings
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from apps.cases.evidence.verdict import Passages, Refusal

# A sheet of A3 scanned at 300 dpi has 17 million; a decompression bomb has thousands.
MOST_PIXELS = 40_000_000
TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}


def read_image(data: bytes) -> tuple[str, Passages]:
    """Return the type of a picture; it has no text to be read. Raises ``Refusal``."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(data), formats=tuple(TYPES))
        kind = TYPES[str(picture.format)]
        picture.draft("RGB", (1000, 1000))
        picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refusal("too-many-pixels", most=MOST_PIXELS // 1_000_000) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise Refusal("damaged") from error
    return kind, iter(())
