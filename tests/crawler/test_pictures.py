"""Pictures of any kind come out small, plain and without metadata, or are refused by name."""

import asyncio
import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from crawler.parse_worker import ParseWorker
from crawler.pictures import MAX_JPEG_BYTES, MAX_SIDE, BadPicture, small_picture
from records.watchlist import Mark
from storage.database import open_database
from storage.thumbnails import load_thumbnail, load_thumbnail_source
from storage.watchlist import save_marks
from tests.crawler.crawling import crawl, made_database
from tests.crawler.replay import Reply, replay


def encoded(picture: Image.Image, kind: str, **more: object) -> bytes:
    with BytesIO() as out:
        picture.save(out, kind, **more)
        return out.getvalue()


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    return Image.effect_noise((width, height), 90).convert(mode)


def png_of_size(width: int, height: int) -> bytes:
    """Return a PNG that claims a size without holding it."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1_000)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )


def frames() -> bytes:
    pictures = [Image.new("RGB", (20, 20), (number, 0, 0)) for number in range(200)]
    return encoded(pictures[0], "GIF", save_all=True, append_images=pictures[1:])


GOOD = {
    "JPEG": encoded(noise(900, 600), "JPEG"),
    "CMYK": encoded(noise(300, 200).convert("CMYK"), "JPEG"),
    "PNG with alpha": encoded(noise(300, 200, "RGBA"), "PNG"),
    "palette": encoded(noise(300, 200).convert("P"), "PNG"),
    "16 bit": encoded(Image.new("I;16", (40, 40), 40_000), "PNG"),
    "WebP": encoded(noise(300, 200), "WEBP"),
    "GIF of many frames": frames(),
    "one pixel": encoded(Image.new("RGB", (1, 1)), "PNG"),
    "tall": encoded(noise(40, 4_000), "PNG"),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_picture_comes_out_small_plain_and_without_metadata(name: str) -> None:
    small = small_picture(GOOD[name])
    assert max(small.width, small.height) <= MAX_SIDE
    assert len(small.jpeg) <= MAX_JPEG_BYTES
    with Image.open(BytesIO(small.jpeg)) as shown:
        assert (shown.format, shown.mode, shown.size) == ("JPEG", "RGB", (small.width, small.height))
        assert not shown.getexif()


def test_where_a_picture_was_taken_is_not_kept() -> None:
    exif = Image.Exif()
    exif[0x010E] = "Seller's kitchen"
    data = encoded(noise(300, 200), "JPEG", exif=exif)
    assert b"kitchen" in data
    assert b"kitchen" not in small_picture(data).jpeg


BAD = {
    "a bomb of 12,000 pixels": (png_of_size(12_000, 12_000), "at most 25000000"),
    "a bomb of 30,000 pixels": (png_of_size(30_000, 30_000), "decoded"),
    "cut off": (encoded(noise(300, 200), "PNG")[:900], "cannot be decoded"),
    "HTML": (b"<html><body>no picture", "none of JPEG"),
    "SVG": (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "none of JPEG"),
    "PDF": (b"%PDF-1.4", "none of JPEG"),
    "EPS": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "none of JPEG"),
    "TIFF": (encoded(noise(30, 20), "TIFF"), "none of JPEG"),
    "nothing": (b"", "none of JPEG"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_picture_for_showing_is_refused_by_name(name: str) -> None:
    data, words = BAD[name]
    with pytest.raises(BadPicture, match=words):
        small_picture(data)


@pytest.mark.slow
def test_the_worker_makes_pictures_small_and_survives_bad_ones() -> None:
    async def work() -> tuple[int, str]:
        worker = ParseWorker()
        try:
            with pytest.raises(BadPicture) as caught:
                await worker.small_picture("https://x.example/1", BAD["SVG"][0])
            return (await worker.small_picture("https://x.example/1", GOOD["JPEG"])).width, str(caught.value)
        finally:
            await worker.close()

    assert asyncio.run(work()) == (MAX_SIDE, "none of JPEG, PNG, WEBP, GIF")


def product(image: str) -> Reply:
    return Reply(body=(
        '<html lang="de"><head><title>Kem Hanam0ri</title></head><body><h1>Kem Hanam0ri</h1><p class="price">4,90 €</p>'
        f'<button>In den Warenkorb</button><meta property="og:image" content="{image}"></body></html>'
    ).encode())  # fmt: skip


@pytest.mark.fault
def test_a_flagged_listings_picture_is_fetched_once_and_an_inner_address_never(tmp_path: Path) -> None:
    url = made_database(tmp_path)
    database = open_database(url)
    with database.write() as session:
        save_marks(session, [Mark(mark_id="hanamori", text="Hanamori", brand="HANAMORI")])
    picture = Reply(body=GOOD["JPEG"], content_type="image/jpeg")
    with replay({"/": Reply(body=b"internal")}) as canary:
        inward = Reply(status=302, headers=(("Location", f"{canary.url}/1.jpg"),))
        routes: dict[str, Reply | list[Reply]] = {
            "/robots.txt": Reply(body=b""), "/p/1": product("/1.jpg"), "/1.jpg": picture, "/p/2": product("/2.jpg"),
            "/2.jpg": inward, "/p/3": product("/3.jpg"), "/3.jpg": Reply(body=b"<html>"),
        }  # fmt: skip
        with replay(routes) as server:
            urls = "|".join(f"{server.url}/p/{number}" for number in (1, 2, 3))
            for _ in range(2):
                done = crawl(tmp_path, "shop", {"url": urls, "allow_host": server.place, "max_pages": "1"}, url=url)
            keys = [("shop", f"{server.url}/p/{number}") for number in (1, 2, 3)]
            assert server.paths().count("/1.jpg") == 1
        assert canary.log == []
    assert done.run.outcome in {"finished", "finished_with_warnings"}
    with database.read() as session:
        kept = [load_thumbnail(session, *key) for key in keys]
        assert kept[0] is not None
        assert (kept[0].width, kept[0].image_url) == (MAX_SIDE, f"{server.url}/1.jpg")
        assert kept[1:] == [None, None]
        assert load_thumbnail_source(session, *keys[2]) == f"{server.url}/3.jpg"
    database.close()
