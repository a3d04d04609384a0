import io
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pytest
from PIL import Image

from alerts.errors import UnsafeMessage
from alerts.headers import checked_bytes
from alerts.message import render_html, wire_bytes
from alerts.pictures import LARGEST_BYTES, SIDE, thumbnail
from records.mail import BrandRule
from storage.mail_people import save_rule
from storage.thumbnails import Thumbnail, save_thumbnail
from tests.alerts.cases import (
    BRAND,
    HANAMORI,
    NOW,
    confirm,
    letter_of,
    make_database,
    make_digest,
    make_hit,
    message_of,
)
from tests.alerts.mailbox import mails_of, queue


def picture(size: tuple[int, int] = (400, 300), form: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(out, form, **options)
    return out.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_becomes_a_small_jpeg_of_our_own(form: str) -> None:
    made = thumbnail(picture(form=form))
    assert made is not None
    assert len(made) <= LARGEST_BYTES
    with Image.open(io.BytesIO(made)) as image:
        assert image.format == "JPEG"
        assert max(image.size) == SIDE


def test_metadata_does_not_go_out() -> None:
    exif = Image.Exif()
    exif[0x010E] = "SECRET PLACE"
    made = thumbnail(picture(exif=exif, comment=b"SECRET COMMENT"))
    assert made is not None
    assert b"SECRET" not in made
    assert b"Exif" not in made


def test_what_is_no_picture_gives_none() -> None:
    for content in (b"", b"<svg onload=alert(1)>", b"GIF89a", picture()[:200], b"%PDF-1.7", b"\x00" * 100):
        assert thumbnail(content) is None


@pytest.mark.slow
def test_a_bomb_is_not_opened() -> None:
    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    assert thumbnail(out.getvalue()) is None


def test_a_mail_carries_the_picture_inside_and_loads_nothing(tmp_path: Path) -> None:
    database = make_database(tmp_path)
    hit = make_hit()
    confirm(database, hit)
    kept = Thumbnail(
        image_url="https://img.example/1.jpg", fetched_at=NOW, jpeg=picture((160, 120)), sha256="0" * 64, width=160,
        height=120,
    )  # fmt: skip
    with database.write() as session:
        save_thumbnail(session, *hit.listing.key, kept)
    queue(database, NOW)
    message = message_from_bytes(mails_of(database)[0].message, policy=SMTP)
    parts = [part.get_content_type() for part in message.walk()]
    assert parts == ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/jpeg"]
    (image,) = (part for part in message.walk() if part.get_content_type() == "image/jpeg")
    html = next(part for part in message.walk() if part.get_content_type() == "text/html").get_content()
    assert f'src="cid:{str(image["Content-ID"]).strip("<>")}"' in html
    assert "img.example" not in html
    assert len(image.get_content()) <= LARGEST_BYTES
    assert 'alt="Kem chống nắng' in html


def test_a_brand_may_switch_pictures_off(tmp_path: Path) -> None:
    database = make_database(tmp_path)
    hit = make_hit()
    confirm(database, hit)
    kept = Thumbnail(
        image_url="https://img.example/1.jpg", fetched_at=NOW, jpeg=picture(), sha256="0" * 64, width=1, height=1
    )
    with database.write() as session:
        save_thumbnail(session, *hit.listing.key, kept)
        save_rule(session, HANAMORI.name, BRAND, BrandRule(has_pictures=False), NOW, "test")
    queue(database, NOW)
    assert b"image/jpeg" not in mails_of(database)[0].message


def test_a_page_that_names_a_picture_that_is_not_there_is_not_let_out() -> None:
    message = message_of(make_digest())
    headers = {
        name: str(value) for name, value in message.items() if name.lower() not in {"mime-version", "content-type"}
    }
    text, html = (part.get_content() for part in message.iter_parts())
    assert checked_bytes(message, headers, text, html) == wire_bytes(message)
    with pytest.raises(UnsafeMessage, match="picture"):
        checked_bytes(message, headers, text, html, [("x@markwatch", b"jpeg")])
    assert "cid:" not in render_html(letter_of(make_digest()))
