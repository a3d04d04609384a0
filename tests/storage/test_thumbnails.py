"""Small pictures: kept once, replaced by newer ones, never by a failure."""

from dataclasses import replace

from storage.database import Database
from storage.thumbnails import (
    Thumbnail,
    load_thumbnail,
    load_thumbnail_keys,
    load_thumbnail_source,
    save_thumbnail,
)
from tests.storage.factories import HOUR, START

PICTURE = Thumbnail(
    image_url="https://images.example/1.jpg", fetched_at=START, jpeg=b"\xff\xd8", sha256="a" * 64, width=160, height=90
)
FAILED = Thumbnail(
    image_url="https://images.example/2.jpg",
    fetched_at=START + HOUR,
    jpeg=None,
    sha256=None,
    width=0,
    height=0,
    problem="HTTP 404",
)


def test_a_picture_comes_back_as_it_was_kept(database: Database) -> None:
    with database.write() as session:
        save_thumbnail(session, "shop", "1", PICTURE)
        save_thumbnail(session, "shop", "1", PICTURE)
    with database.read() as session:
        assert load_thumbnail(session, "shop", "1") == PICTURE
        assert load_thumbnail(session, "shop", "2") is None
        assert load_thumbnail_keys(session, [("shop", "1"), ("shop", "2")]) == {("shop", "1")}


def test_a_newer_picture_replaces_an_older_one_and_a_failure_replaces_none(database: Database) -> None:
    newer = replace(PICTURE, jpeg=b"\xff\xd8\xff", fetched_at=START + HOUR)
    with database.write() as session:
        save_thumbnail(session, "shop", "1", PICTURE)
        save_thumbnail(session, "shop", "1", newer)
        save_thumbnail(session, "shop", "1", FAILED)
    with database.read() as session:
        assert load_thumbnail(session, "shop", "1") == newer


def test_a_picture_that_could_not_be_had_is_none_but_its_address_is_remembered(database: Database) -> None:
    with database.write() as session:
        save_thumbnail(session, "shop", "1", FAILED)
    with database.read() as session:
        assert load_thumbnail(session, "shop", "1") is None
        assert load_thumbnail_keys(session, [("shop", "1")]) == frozenset()
        assert load_thumbnail_source(session, "shop", "1") == FAILED.image_url
