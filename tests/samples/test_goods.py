"""The sample goods and watch list are well formed, invented and mostly honest."""

import json
from collections import Counter
from datetime import date
from email.utils import parseaddr

import pytest

from records.decision import REASONS
from records.lines import mark_from_row, owner_from_row, product_from_row, seller_from_row
from records.watchlist import WatchList
from samples.goods import CATEGORIES, INNOCENT, OFFENDING, SEARCHES, load_goods, load_offers, load_shops
from tests.samples.reading import SAMPLES, load_rows, load_watchlist

DECISIONS = [json.loads(line) for line in (SAMPLES / "decisions.jsonl").read_text(encoding="utf-8").splitlines()]


def check_digit(digits: str) -> str:
    """Return the GS1 check digit of all digits but the last."""
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-weighted % 10)


def test_ids_are_unique_within_their_table() -> None:
    assert len({goods.goods_id for goods in load_goods()}) == len(load_goods())
    assert len({(offer.market, offer.listing_id) for offer in load_offers()}) == len(load_offers())
    assert len({(shop.market, shop.seller_id) for shop in load_shops().values()}) == len(load_shops())


def test_there_are_enough_offers_to_fill_a_queue_on_every_market() -> None:
    counts = Counter(offer.market for offer in load_offers())
    assert 400 <= counts.total() <= 600
    assert set(counts) == {"tiki_vn", "shopee_vn", "shop"}
    assert min(counts.values()) >= 40


def test_most_sellers_offers_are_honest() -> None:
    offending = sum(offer.goods.intent in OFFENDING for offer in load_offers())
    assert 0.1 < offending / len(load_offers()) < 0.3


def test_every_row_says_what_it_was_written_to_be() -> None:
    assert {goods.intent for goods in load_goods()} == {*OFFENDING, *INNOCENT}
    assert set(SEARCHES) == set(CATEGORIES)


def test_every_row_names_known_sellers_and_products() -> None:
    products = {row["product_id"] for row in load_rows("products")}
    for goods in load_goods():
        assert goods.title.strip() == goods.title != ""
        assert set(goods.offers) <= set(load_shops()), goods.goods_id
        assert goods.product_id in {"", *products}, goods.goods_id


def test_a_price_is_a_whole_number_above_zero_or_unknown_and_never_above_the_struck_one() -> None:
    for offer in load_offers():
        assert (offer.price is None) == (offer.goods.intent == "no_price")
        assert offer.price is None or offer.price > 0
        assert offer.price is None or offer.struck is None or offer.price <= offer.struck, offer.title


def test_only_rows_written_as_cheap_undercut_the_minimum_price_of_their_product() -> None:
    products = {product.product_id: product for product in load_watchlist().products}
    for offer in load_offers():
        product = products.get(offer.goods.product_id)
        if product is None or product.minimum_price is None or offer.price is None:
            continue
        # A pack's price is compared per item by the matcher; here only that single items are as they were meant.
        if offer.goods.intent == "cheap" and "Combo" not in offer.title:
            assert offer.price < product.minimum_price.amount, offer.title
        elif offer.goods.intent != "pack":
            assert offer.price >= product.minimum_price.amount, offer.title


def test_the_watch_list_is_read_by_the_published_readers_without_contradiction() -> None:
    watchlist = load_watchlist()
    assert isinstance(watchlist, WatchList)
    assert [len(watchlist.owners), len(watchlist.marks) >= 14, len(watchlist.products) >= 25] == [4, True, True]
    assert any(mark.ambiguous for mark in watchlist.marks)
    assert any(mark.valid_until is not None and mark.valid_until < date(2026, 1, 1) for mark in watchlist.marks)
    assert all(mark.variants for mark in watchlist.marks)


def test_every_mark_has_an_owner_with_one_address_so_that_the_demo_writes_one_mail_per_owner() -> None:
    owners = {owner.name: owner for owner in load_watchlist().owners}
    for mark in load_watchlist().marks:
        assert mark.owner in owners
        assert len(owners[mark.owner].emails) == 1


def test_addresses_belong_to_nobody() -> None:
    for owner in load_watchlist().owners:
        for address in owner.emails:
            assert parseaddr(address)[1].endswith(".example.com")


def test_mails_are_written_in_japanese_and_vietnamese() -> None:
    assert {owner.language for owner in load_watchlist().owners} == {"ja", "vi"}


def test_every_gtin_has_a_valid_check_digit_and_belongs_to_no_real_goods() -> None:
    gtins = [product.gtin or "" for product in load_watchlist().products]
    assert len(set(gtins)) == len(gtins)
    for gtin in gtins:
        assert len(gtin) == 13
        assert gtin[-1] == check_digit(gtin[:-1])
        # GS1 keeps 200 to 299 for use inside a shop.
        assert gtin.startswith("29")


def test_every_minimum_price_is_under_its_list_price() -> None:
    for product in load_watchlist().products:
        assert product.list_price is not None
        assert product.minimum_price is not None
        assert product.minimum_price.amount < product.list_price.amount


def test_every_authorised_seller_is_one_of_the_sample_markets() -> None:
    sellers = {(shop.market, shop.seller_id) for shop in load_shops().values()} | {("shop", "may-trang.example.com")}
    for seller in load_watchlist().sellers:
        assert (seller.market, seller.seller_id) in sellers


@pytest.mark.parametrize(
    ("name", "reader"),
    [
        ("marks", mark_from_row),
        ("products", product_from_row),
        ("sellers", seller_from_row),
        ("owners", owner_from_row),
    ],
)
def test_a_watch_list_file_holds_only_rows_that_are_read(name: str, reader: object) -> None:
    assert callable(reader)
    assert [reader(row) for row in load_rows(name)]


def test_past_decisions_are_of_every_verdict_and_reach_every_owner() -> None:
    assert {row["verdict"] for row in DECISIONS} == set(REASONS)
    assert all(row["reason"] in REASONS[row["verdict"]] for row in DECISIONS)
    watchlist = load_watchlist()
    confirmed = Counter(
        watchlist.mark_by_id[row.get("mark_id") or watchlist.product_by_id[row["product_id"]].mark_id].owner
        for row in DECISIONS
        if row["verdict"] == "violation"
    )
    assert set(confirmed) == {owner.name for owner in watchlist.owners}
    assert min(confirmed.values()) >= 3


def test_a_past_decision_is_about_an_offer_that_exists_and_older_than_the_undo_window() -> None:
    offers = {(offer.market, offer.listing_id) for offer in load_offers()}
    for row in DECISIONS:
        assert (row["market"], row["listing_id"]) in offers
        assert (row["track"] == "price") == ("product_id" in row)
        assert row["hours_ago"] >= 1


def test_no_hit_was_decided_twice() -> None:
    keys = [(row["market"], row["listing_id"], row["track"]) for row in DECISIONS]
    assert len(set(keys)) == len(keys)
