"""Trying a title, or another spelling of a mark, on the watch list of one brand: pure judgement, nothing is stored."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from matchers.match import Matcher
from records.hit import Hit
from records.listing import Listing, Offer
from records.money import Money
from records.watchlist import Mark, WatchList
from review.shown import ShownHit
from storage.hit_records import StoredHit

MAX_TITLE: Final = 1000
# So many of the latest listings are judged with the old and the new spellings.
LISTINGS_JUDGED: Final = 1500
EXAMPLES: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """How the rules judge one title."""

    hits: tuple[ShownHit, ...]
    """Strongest first; also those that would stay out of the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpellingChange:
    """What other spellings would do to the latest listings."""

    judged: int
    flagged: tuple[ShownHit, ...]
    """Hits that the present spellings do not send to the queue."""
    dropped: tuple[ShownHit, ...]
    """Hits that the new spellings no longer send there."""


def of_brand(watchlist: WatchList, brand: str, as_of: date) -> WatchList:
    """Return the part of the watch list that is about one brand."""
    marks = tuple(mark for mark in watchlist.marks if (mark.brand or mark.text) == brand)
    ids = {mark.mark_id for mark in marks}
    products = tuple(product for product in watchlist.products if product.mark_id in ids)
    product_ids = {product.product_id for product in products}
    return WatchList(
        marks=marks,
        products=products,
        sellers=tuple(seller for seller in watchlist.sellers if seller.mark_id in ids),
        owners=watchlist.owners,
        prices=tuple(price for price in watchlist.prices if price.product_id in product_ids),
        rates=watchlist.rates,
        as_of=as_of,
    )


def read_spellings(text: str) -> tuple[str, ...]:
    """Return the spellings of a field, one a line or with | between, without repetition."""
    parts = (part.strip() for line in text.splitlines() for part in line.split("|"))
    return tuple(dict.fromkeys(part[:200] for part in parts if part))[:100]


def with_spellings(watchlist: WatchList, mark_id: str, spellings: Sequence[str]) -> WatchList:
    """Return the watch list with other spellings of one mark."""
    marks = tuple(replace(one, variants=tuple(spellings)) if one.mark_id == mark_id else one for one in watchlist.marks)
    return replace(watchlist, marks=marks)


def price_of(text: str) -> Money | None:
    """Return a typed price in dong, None where it is none."""
    digits = text.strip().replace(".", "").replace(",", "").replace(" ", "").removesuffix("₫").removesuffix("đ")
    try:
        amount = Decimal(digits)
    except InvalidOperation:
        return None
    return Money(amount=amount, currency="VND", raw=text) if 0 < amount < 10**12 else None


def try_title(watchlist: WatchList, title: str, price: str, now: datetime) -> Tried:
    """Judge one title as if a marketplace of Viet Nam had sent it."""
    money = price_of(price)
    listing = Listing(
        market="shop_vn", listing_id="try", title=title[:MAX_TITLE], currency="VND",
        offer=Offer(price=money, price_raw=price.strip() or None), fetched_at=now,
    )  # fmt: skip
    found = Matcher(watchlist).match(listing, everything=True)
    return Tried(hits=tuple(_shown(hit, watchlist, now) for hit in found))


def try_spellings(
    watchlist: WatchList, changed: WatchList, listings: Sequence[Listing], now: datetime
) -> SpellingChange:
    """Judge listings with both watch lists and return what differs."""
    before, after = Matcher(watchlist), Matcher(changed)
    flagged: list[ShownHit] = []
    dropped: list[ShownHit] = []
    for old, new in zip(before.match_many(listings), after.match_many(listings), strict=True):
        had, has = _queued(old), _queued(new)
        flagged += [_shown(hit, changed, now) for key, hit in has.items() if key not in had]
        dropped += [_shown(hit, watchlist, now) for key, hit in had.items() if key not in has]
    return SpellingChange(judged=len(listings), flagged=tuple(flagged), dropped=tuple(dropped))


def _queued(found: Sequence[Hit]) -> dict[tuple[str, str, str], Hit]:
    return {
        (hit.listing.market, hit.listing.listing_id, hit.key.subject + hit.track): hit
        for hit in found
        if hit.tier in {"high", "medium"}
    }


def _shown(hit: Hit, watchlist: WatchList, now: datetime) -> ShownHit:
    mark: Mark | None = watchlist.mark_by_id.get(hit.mark_id)
    stored = StoredHit(
        hit_id="", hit=hit, state="new", revision=0, brand="" if mark is None else mark.brand or mark.text,
        owner=None, first_seen_at=now, last_seen_at=now, reopened_because=None, decision=None, capture_sha256=None,
    )  # fmt: skip
    return ShownHit(stored, mark)
