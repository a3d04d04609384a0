"""Price lists, exchange rates, offers of products, and when a price alert re-arms."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from records.listing import Offer
from records.offers import ProductOffer
from records.prices import ExchangeRate, ListedPrice
from records.watchlist import Mark, Product, WatchListError
from storage.database import Database
from storage.decisions import record_decision
from storage.hits import hit_id_of, load_hit, save_hits
from storage.listings import save_listing
from storage.prices import load_listed_prices, load_rates, save_prices, save_rates
from storage.product_offers import load_price_context, save_offers
from storage.watchlist import load_watchlist, save_marks, save_products
from tests.storage.factories import DAY, START, make_hit, make_listing, vnd

MILK = Product(product_id="milk", mark_id="nike", name="Milk", list_price=vnd(700000))
ENTRY = ListedPrice(product_id="milk", list_price=vnd(650000), minimum_price=vnd(500000), valid_from=date(2026, 11, 1))
PROMOTION = ListedPrice(
    product_id="milk", list_price=vnd(350000), valid_from=date(2026, 11, 11), valid_until=date(2026, 11, 12),
    market="shopee_vn", promotion="11.11",
)  # fmt: skip
RATE = ExchangeRate(currency="USD", quote="VND", rate=Decimal("25412.5"), valid_on=date(2026, 11, 20))


@pytest.fixture
def watched(database: Database) -> Database:
    with database.write() as session:
        save_marks(session, [Mark(mark_id="nike", text="NIKE")])
        save_products(session, [MILK])
    return database


def offer(listing_id: str = "1", **changes: Any) -> ProductOffer:
    values: dict[str, Any] = {
        "market": "tiki_vn", "listing_id": listing_id, "product_id": "milk", "mark_id": "nike", "seller": "77",
        "is_authorised": False, "kind": "new", "is_same_pack": True, "unit_price": Decimal("2150.33333"), "unit": "ml",
        "currency": "VND", "share": Decimal("0.25"), "seen_at": START,
    }  # fmt: skip
    return ProductOffer(**values | changes)


def test_price_lists_and_rates_come_back_as_they_were_imported(watched: Database) -> None:
    with watched.write() as session:
        assert save_prices(session, [ENTRY, PROMOTION]).added == 2
        assert save_rates(session, [RATE]).added == 1
        assert set(load_listed_prices(session)) == {ENTRY, PROMOTION}
        assert load_rates(session) == (RATE,)
        watchlist = load_watchlist(session, date(2026, 11, 22))
    assert set(watchlist.prices) == {ENTRY, PROMOTION}
    assert watchlist.rates == (RATE,)


def test_importing_twice_changes_nothing_and_a_new_price_replaces_its_entry(watched: Database) -> None:
    dearer = ListedPrice(product_id="milk", list_price=vnd(690000), valid_from=date(2026, 11, 1))
    with watched.write() as session:
        save_prices(session, [ENTRY])
        assert save_prices(session, [ENTRY]).unchanged == 1
        assert save_prices(session, [dearer]).changed == 1
        assert load_listed_prices(session) == (dearer,)


def test_a_price_of_an_unknown_product_is_refused(watched: Database) -> None:
    stray = ListedPrice(product_id="gone", list_price=vnd(1000))
    with pytest.raises(WatchListError, match="gone"), watched.write() as session:
        save_prices(session, [ENTRY, stray])
    with watched.read() as session:
        assert load_listed_prices(session) == ()


def test_offers_come_back_exactly_and_old_ones_do_not_count(watched: Database) -> None:
    with watched.write() as session:
        for listing_id, age in (("1", 0), ("2", 5), ("3", 31)):
            save_listing(session, make_listing(listing_id), None, START - age * DAY)
            save_offers(session, make_listing(listing_id), [offer(listing_id)], START - age * DAY)
        context = load_price_context(session, [offer("9")], START)
    assert [one.listing_id for one in context.peers["milk"]] == ["1", "2"]
    assert context.peers["milk"][0] == offer("1")
    assert [one.listing_id for one in context.by_seller["tiki_vn", "77"]] == ["1", "2"]


def test_an_offer_that_is_no_longer_made_is_gone_and_an_older_sighting_changes_nothing(watched: Database) -> None:
    listing = make_listing("1")
    with watched.write() as session:
        save_listing(session, listing, None, START)
        save_offers(session, listing, [offer()], START)
        save_offers(session, listing, [], START - DAY)
        assert len(load_price_context(session, [offer("9")], START).peers["milk"]) == 1
        save_offers(session, listing, [], START + DAY)
        assert load_price_context(session, [offer("9")], START + DAY).peers["milk"] == ()


def test_the_history_holds_single_prices_before_the_moment(watched: Database) -> None:
    prices = [vnd(700000), vnd(690000), vnd(120000)]
    with watched.write() as session:
        for day, price in enumerate(prices):
            save_listing(session, make_listing("1", offer=Offer(price=price)), None, START + 2 * day * DAY)
        ranged = make_listing("1", offer=Offer(price=vnd(1000), price_max=vnd(2000)))
        save_listing(session, ranged, None, START + 6 * DAY)
        context = load_price_context(session, [offer("1")], START + 4 * DAY)
        later = load_price_context(session, [offer("1")], START + 8 * DAY)
    assert [one.price.amount for one in context.history["tiki_vn", "1"]] == [700000, 690000]
    assert len(later.history["tiki_vn", "1"]) == 3


def visit(database: Database, day: int, price: int, *, is_found: bool) -> str:
    listing = make_listing("1", offer=Offer(price=vnd(price)))
    hit = make_hit(listing, track="price", product_id="milk")
    with database.write() as session:
        save_listing(session, listing, None, START + day * DAY)
        save_hits(session, listing, [hit] if is_found else [], None, START + day * DAY)
        return load_hit(session, hit_id_of(hit.key)).state


def dismiss(database: Database) -> None:
    hit = make_hit(make_listing("1"), track="price", product_id="milk")
    with database.write() as session:
        stored = load_hit(session, hit_id_of(hit.key))
        record_decision(session, stored.hit_id, stored.revision, "no_violation", "wrong_product", "an", START)


def test_a_price_alert_re_arms_only_after_the_price_recovered(watched: Database) -> None:
    assert visit(watched, 0, 120000, is_found=True) == "new"
    dismiss(watched)
    assert visit(watched, 1, 115000, is_found=True) == "rejected"
    assert visit(watched, 2, 125000, is_found=True) == "rejected"
    assert visit(watched, 3, 690000, is_found=False) == "rejected"
    assert visit(watched, 4, 120000, is_found=True) == "new"
