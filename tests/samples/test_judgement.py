"""The matcher finds what the sample goods were written to be, so that the demo's queue shows no silly hit."""

from collections import Counter
from functools import cache

import pytest

from matchers.match import Matcher
from records.hit import QUEUE_TIERS, Hit
from samples.goods import INNOCENT, OFFENDING, Goods, load_goods
from tests.samples.reading import crawl, load_watchlist
from tests.samples.test_goods import DECISIONS

# Titles in other languages are of every kind; these offend.
OFFENDING_ABROAD = {"c47", "f39", "f41", "e46", "e50", "h42"}


@cache
def judged() -> tuple[tuple[Goods, Hit], ...]:
    """Return every hit on the listings that the demo crawls, with the row that its listing was written as."""
    by_title = {f"{goods.title} {option}".strip(): goods for goods in load_goods() for option in goods.options or ("",)}
    matcher = Matcher(load_watchlist())
    return tuple(
        (by_title[listing.title], hit)
        for market in ("tiki_vn", "shopee_vn", "shop")
        for listing in crawl(market)[0].values()
        for hit in matcher.match(listing)
    )


def queued() -> list[tuple[Goods, Hit]]:
    """Return the hits that enter the review queue."""
    return [(goods, hit) for goods, hit in judged() if hit.tier in QUEUE_TIERS]


@pytest.mark.slow
def test_the_queue_is_filled_on_both_tracks_and_all_markets() -> None:
    hits = [hit for _, hit in queued()]
    assert 80 <= len(hits) <= 200
    assert {hit.track for hit in hits} == {"ip", "price"}
    assert {hit.listing.market for hit in hits} == {"tiki_vn", "shopee_vn", "shop"}
    owners = Counter(load_watchlist().mark_by_id[hit.mark_id].owner for hit in hits)
    assert min(owners[owner.name] for owner in load_watchlist().owners) >= 10


def test_no_innocent_offer_enters_the_queue() -> None:
    silly = [
        (goods.intent, hit.listing.title, hit.track, hit.mark_id)
        for goods, hit in queued()
        if goods.intent in INNOCENT and goods.goods_id not in OFFENDING_ABROAD
    ]
    assert silly == []


def test_nearly_every_offending_row_enters_the_queue() -> None:
    found = {goods.goods_id for goods, _ in queued()}
    written = {goods.goods_id for goods in load_goods() if goods.intent in OFFENDING} | OFFENDING_ABROAD
    missed = written - found
    assert len(missed) <= len(written) // 7, sorted(missed)


def test_every_past_decision_meets_a_hit() -> None:
    keys = {(hit.key.market, hit.key.listing_id, hit.key.track, hit.key.subject) for _, hit in judged()}
    wanted = {
        (row["market"], row["listing_id"], row["track"], row.get("product_id") or row["mark_id"]) for row in DECISIONS
    }
    assert wanted - keys == set()
