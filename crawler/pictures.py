"""A picture from anywhere made small and safe: decoded within limits, first frame only, written anew."""

import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
# Formats beyond these bring decoders that are programs themselves (PDF, EPS, SVG) or that mails cannot show.
MAX_PIXELS = 25_000_000
MAX_SIDE = 160
MAX_JPEG_BYTES = 12_000
QUALITIES = (82, 70, 58, 46, 34, 22)


class BadPicture(ValueError):
    """The bytes are no picture that is shown; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallPicture:
    """A picture of at most MAX_SIDE pixels each way."""

    jpeg: bytes
    width: int
    height: int


def small_picture(data: bytes) -> SmallPicture:
    """Return the picture made small; raise BadPicture, which names the limit or what is wrong."""
    try:
        # The library only warns where we refuse.
        with (
            warnings.catch_warnings(action="ignore", category=Image.DecompressionBombWarning),
            Image.open(BytesIO(data), formats=FORMATS) as picture,
        ):
            _check_size(*picture.size)
            picture.draft("RGB", (MAX_SIDE * 2, MAX_SIDE * 2))
            picture.seek(0)
            shown = _on_white(ImageOps.exif_transpose(picture))
    except UnidentifiedImageError:
        raise BadPicture(f"none of {', '.join(FORMATS)}") from None
    except BadPicture:
        raise
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError, MemoryError) as problem:
        # Each decoder fails in its own way; for us the picture cannot be read.
        raise BadPicture(f"cannot be decoded: {str(problem)[:100] or type(problem).__name__}") from None
    shown.thumbnail((MAX_SIDE, MAX_SIDE))
    for quality in QUALITIES:
        with BytesIO() as out:
            shown.save(out, "JPEG", quality=quality, optimize=True)
            jpeg = out.getvalue()
        if len(jpeg) <= MAX_JPEG_BYTES:
            break
    return SmallPicture(jpeg=jpeg, width=shown.width, height=shown.height)


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS or min(width, height) < 1:
        raise BadPicture(f"{width} x {height} pixels, at most {MAX_PIXELS} are read")


def _on_white(picture: Image.Image) -> Image.Image:
    """Return the picture in plain colours, what is transparent on white."""
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        colours = picture.convert("RGBA")
        ground = Image.new("RGB", colours.size, "white")
        ground.paste(colours, mask=colours.getchannel("A"))
        return ground
    return picture.convert("RGB")
