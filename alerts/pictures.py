"""Thumbnails for mails: re-encoded by us, small, without metadata; anything odd means no picture."""

import io
import warnings

from PIL import Image

SIDE = 144
"""Pixels of the longer side; shown at half, for sharp screens."""
LARGEST_BYTES = 12 * 1024
LARGEST_INPUT_BYTES = 8 * 2**20
LARGEST_PIXELS = 40_000_000
QUALITIES = (80, 65, 50, 35, 20)
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


def thumbnail(content: bytes) -> bytes | None:
    """Return the picture as a JPEG of at most LARGEST_BYTES, or None where it is no picture that we can read."""
    if not content or len(content) > LARGEST_INPUT_BYTES:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a decompression bomb only warns at first
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                if image.width * image.height > LARGEST_PIXELS:
                    return None
                image.draft("RGB", (SIDE, SIDE))
                small = image.convert("RGB")
                small.thumbnail((SIDE, SIDE))
    except (OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError):
        return None
    clean = Image.new("RGB", small.size)
    clean.paste(small)
    for quality in QUALITIES:
        out = io.BytesIO()
        clean.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= LARGEST_BYTES:
            return out.getvalue()
    return None
