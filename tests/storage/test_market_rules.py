"""What markets' rules remove, on both kinds of database."""

from dataclasses import replace
from datetime import timedelta

from records.listing import Offer
from storage.database import Database
from storage.hit_records import HitFilter
from storage.hits import iterate_hits, load_hit, save_hits
from storage.listings import load_listing, load_listings, load_prices, save_listing
from storage.market_rules import delete_unflagged, purge_part
from tests.storage.factories import START, make_hit, make_listing

HOUR = timedelta(hours=1)


def test_parts_go_batch_by_batch_and_only_once(database: Database) -> None:
    with database.write() as session:
        for number in range(5):
            save_listing(session, make_listing(str(number), market="rakuten_jp"), None, START)
        save_listing(session, make_listing("9", market="tiki_vn"), None, START)
    done = []
    for _ in range(4):
        with database.write() as session:
            done.append(purge_part(session, "rakuten_jp", "price", START + HOUR, START + 2 * HOUR, limit=2))
    assert done == [2, 2, 1, 0]
    with database.read() as session:
        emptied, other = load_listing(session, "rakuten_jp", "0"), load_listing(session, "tiki_vn", "9")
        assert emptied is not None
        assert other is not None
        assert emptied.offer == Offer()
        assert other.offer != Offer()
        assert load_prices(session, "rakuten_jp", "0") == ()
        assert [one.market for one in load_listings(session)] == ["tiki_vn"]


def test_a_hits_own_copy_is_emptied_too_and_its_spans_fit_what_is_left(database: Database) -> None:
    listing = make_listing("1", market="ebay_com")
    hit = make_hit(listing)
    with database.write() as session:
        save_listing(session, listing, None, START)
        save_hits(session, listing, (hit,), None, START)
        assert purge_part(session, "ebay_com", "details", START + HOUR, START + 2 * HOUR) == 1
        kept = load_listing(session, "ebay_com", "1")
    assert kept is not None
    assert (kept.title, kept.description, kept.seller.name, kept.images) == (listing.title, None, None, ())
    with database.read() as session:
        (stored,) = iterate_hits(session, HitFilter())
        assert load_hit(session, stored.hit_id).hit.listing.description is None
    for found in stored.hit.evidence:
        for span in found.spans:
            assert (stored.hit.listing.text_of(span.field) or "")[span.start : span.end] == span.text


def test_listings_without_a_hit_are_deleted_with_all_about_them(database: Database) -> None:
    flagged, plain = make_listing("1", market="rakuten_jp"), make_listing("2", market="rakuten_jp")
    with database.write() as session:
        for one in (flagged, plain, replace(make_listing("3"), market="tiki_vn")):
            save_listing(session, one, None, START)
        save_hits(session, flagged, (make_hit(flagged),), None, START)
        assert delete_unflagged(session, "rakuten_jp", START + HOUR) == 1
        assert delete_unflagged(session, "rakuten_jp", START + HOUR) == 0
    with database.read() as session:
        assert load_listing(session, "rakuten_jp", "1") is not None
        assert load_listing(session, "rakuten_jp", "2") is None
        assert load_prices(session, "rakuten_jp", "2") == ()
        assert load_listing(session, "tiki_vn", "3") is not None
