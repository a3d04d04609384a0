"""What markets' terms let us keep: removed in time, whole again when it is seen again, never judged away."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest

from captures.store import CaptureStore
from crawler.cli.main import exit_code
from crawler.config import Settings
from crawler.imports import Imported
from crawler.intake import Intake
from crawler.job_kinds import KINDS
from crawler.market_rules import purge_markets, rules_of
from matchers.match import Matcher
from records.listing import Listing, Offer, PageCopy, Seller
from records.money import Money
from records.watchlist import Mark, WatchList
from spiders.registry import load_markets
from storage.captures import load_captures
from storage.database import Database, open_database
from storage.hit_records import HitFilter
from storage.hits import iterate_hits
from storage.listings import load_listing, load_listings, load_observations, load_prices, load_seller
from tests.storage.servers import sqlite_database

SEEN = datetime(2026, 11, 24, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
WATCH = WatchList(marks=(Mark(mark_id="hanamori", text="Hanamori", owner="Hanamori K.K."),))


@pytest.fixture(name="database")
def _database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(sqlite_database(tmp_path))
    yield opened
    opened.close()


def listing(market: str, listing_id: str = "1", **changes: object) -> Listing:
    price = Money(amount=Decimal(2480), currency="JPY", raw="2,480")
    base = Listing(
        market=market,
        listing_id=listing_id,
        title="Hanamori クリーム H.a.n.a.m.o.r.i",
        url=f"https://market.example/{listing_id}",
        offer=Offer(price=price, price_raw="2,480", availability="in_stock"),
        seller=Seller(seller_id="s1", name="Hanamori fake shop", location="VN"),
        currency="JPY",
        brand="Hanamori",
        description="Hanamori スーパーコピー",
        images=("https://market.example/1.jpg",),
        sold=12,
        fetched_at=SEEN,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def take(database: Database, *found: Listing, at: datetime = SEEN) -> None:
    Intake(database, Matcher(WATCH), None, None).take([Imported(one, None) for one in found], at)


def loaded(database: Database, market: str, listing_id: str = "1") -> Listing:
    with database.read() as session:
        found = load_listing(session, market, listing_id)
    assert found is not None
    return found


def test_rakuten_prices_go_after_a_day_and_the_rest_stays(database: Database) -> None:
    take(database, listing("rakuten_jp"))
    assert purge_markets(database, Settings(), SEEN + 24 * HOUR) == {}
    counts = purge_markets(database, Settings(), SEEN + 24 * HOUR + timedelta(seconds=1))
    assert counts == {"rakuten_jp price": 1}
    kept = loaded(database, "rakuten_jp")
    assert kept.offer == Offer()
    assert (kept.description, kept.seller.name) == ("Hanamori スーパーコピー", "Hanamori fake shop")
    with database.read() as session:
        assert load_prices(session, "rakuten_jp", "1") == ()
        hits = list(iterate_hits(session, HitFilter()))
    assert hits
    assert all(hit.hit.listing.offer.price is None for hit in hits)
    # Doing it twice changes nothing.
    assert purge_markets(database, Settings(), SEEN + 25 * HOUR) == {}


def test_ebay_keeps_id_address_title_price_and_reason_after_six_hours(database: Database) -> None:
    take(database, listing("ebay_com"))
    assert purge_markets(database, Settings(), SEEN + 7 * HOUR) == {"ebay_com details": 1}
    kept = loaded(database, "ebay_com")
    assert (kept.title, kept.url) == ("Hanamori クリーム H.a.n.a.m.o.r.i", "https://market.example/1")
    assert kept.offer.price is not None
    assert (kept.description, kept.brand, kept.images, kept.sold) == (None, None, (), None)
    with database.read() as session:
        (hit,) = iterate_hits(session, HitFilter())
    assert hit.hit.evidence
    for found in hit.hit.evidence:
        assert found.detail
        for span in found.spans:
            text = hit.hit.listing.text_of(span.field)
            assert text is not None
            assert text[span.start : span.end] == span.text


def test_no_ebay_user_is_stored_whatever_the_source(database: Database) -> None:
    take(database, listing("ebay_com"))
    assert loaded(database, "ebay_com").seller == Seller(location="VN")
    with database.read() as session:
        assert load_seller(session, "ebay_com", "s1") is None
        assert "fake shop" not in repr(list(iterate_hits(session, HitFilter())))


def test_what_is_seen_again_is_whole_again(database: Database) -> None:
    take(database, listing("ebay_com"))
    purge_markets(database, Settings(), SEEN + 7 * HOUR)
    later = SEEN + 8 * HOUR
    take(database, listing("ebay_com", fetched_at=later), at=later)
    assert loaded(database, "ebay_com").description == "Hanamori スーパーコピー"
    with database.read() as session:
        assert load_observations(session, "ebay_com", "1") == ()
    assert purge_markets(database, Settings(), later + 5 * HOUR) == {}
    assert purge_markets(database, Settings(), later + 7 * HOUR) == {"ebay_com details": 1}


def test_an_emptied_listing_is_not_judged_again_and_its_hit_stays(database: Database) -> None:
    take(database, listing("ebay_com"))
    purge_markets(database, Settings(), SEEN + 7 * HOUR)
    with database.read() as session:
        assert load_listings(session) == ()
        (hit,) = iterate_hits(session, HitFilter())
    assert hit.state == "new"


def test_after_three_months_a_listing_without_a_hit_is_gone_and_one_with_a_hit_keeps_its_title(
    database: Database,
) -> None:
    innocent = listing("rakuten_jp", "2", title="茶碗", brand=None, description=None, seller=Seller(seller_id="s2"))
    take(database, listing("rakuten_jp"), innocent)
    counts = purge_markets(database, Settings(), SEEN + timedelta(days=91))
    assert counts == {"rakuten_jp deleted": 1, "rakuten_jp price": 1, "rakuten_jp details": 1}
    kept = loaded(database, "rakuten_jp")
    assert (kept.title, kept.description, kept.offer.price) == ("Hanamori クリーム H.a.n.a.m.o.r.i", None, None)
    with database.read() as session:
        assert load_listing(session, "rakuten_jp", "2") is None


def test_markets_without_rules_lose_nothing(database: Database) -> None:
    take(database, listing("tiki_vn"), listing("shop", "2"))
    assert purge_markets(database, Settings(), SEEN + timedelta(days=4_000)) == {}
    assert loaded(database, "tiki_vn").description == "Hanamori スーパーコピー"


def test_an_installation_can_shorten_the_times_and_never_lengthen_them() -> None:
    shorter = Settings(retention_hours={"rakuten_jp": 12, "tiki_vn": 48})
    assert rules_of("rakuten_jp", shorter).price_for == 12 * HOUR
    assert rules_of("tiki_vn", shorter).listing_for == 48 * HOUR
    longer = Settings(retention_hours={"rakuten_jp": 1_000_000, "ebay_com": 1_000_000})
    assert rules_of("rakuten_jp", longer).price_for == 24 * HOUR
    assert rules_of("ebay_com", longer).details_for == 6 * HOUR


def test_answers_that_may_not_be_kept_are_not(database: Database, tmp_path: Path) -> None:
    store = CaptureStore(tmp_path / "captures")
    intake = Intake(database, Matcher(WATCH), store, None)

    def copied(market: str, url: str) -> Imported:
        copy = PageCopy(
            url=url, sha256=sha256(b"x").hexdigest(), byte_count=1, content_type="", status=200, fetched_at=SEEN
        )
        fake = listing(market, title="Hanam0ri rep 1:1 loại fake", page_copy=copy)
        return Imported(fake, b"x")

    urls = {
        "ebay_com": "https://api.ebay.com/buy/browse/v1/item_summary/search?q=x",
        "chotot_vn": "https://gateway.chotot.com/v1/public/ad-listing?q=x",
        "shop": "https://market.example/x",
    }
    intake.take([copied(market, url) for market, url in urls.items()], SEEN)
    with database.read() as session:
        kept = {market: len(load_captures(session, market, "1")) for market in urls}
    assert kept == {"ebay_com": 0, "chotot_vn": 0, "shop": 1}


def test_the_scheduler_asks_for_it_and_a_command_does_it_now(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert KINDS["market_rules"].every == timedelta(minutes=10)
    assert KINDS["market_rules"].load().__name__ == "perform_rules"
    take(database, listing("rakuten_jp", fetched_at=SEEN - timedelta(days=2_000)), at=SEEN - timedelta(days=2_000))
    assert exit_code(["markets", "purge", "--json", "--db", f"sqlite:///{tmp_path / 'markwatch.db'}"]) == 0
    assert '{"market": "rakuten_jp", "removed": "price", "listings": 1}' in capsys.readouterr().out


def test_the_rules_say_where_they_stand() -> None:
    for market in load_markets().values():
        rules = market.rules
        if rules.price_for or rules.details_for or rules.listing_for or not rules.keeps_sellers:
            assert rules.source
