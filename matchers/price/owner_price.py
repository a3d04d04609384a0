"""What the owner asks for a product on the day of an offer: price list, minimum price, running promotions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, timedelta, timezone

from records.listing import Listing
from records.money import Money
from records.prices import ListedPrice
from records.watchlist import Product, WatchList

# A price list holds by the days of the marketplace's country, a promotion begins at its midnight. None of these
# countries changes its clocks.
HOURS_AHEAD = {"vn": 7, "jp": 9, "cn": 8, "ph": 8, "th": 7, "id": 7, "my": 8, "sg": 8, "tw": 8, "kr": 9}


@dataclass(frozen=True, slots=True)
class OwnerPrice:
    """The owner's prices of one pack on one day."""

    list_price: Money | None = None
    """What the pack costs that day; the promotion's price while one runs."""
    list_source: str = ""
    """Where the list price stands, in words."""
    minimum_price: Money | None = None
    """Below it an offer is reported."""
    minimum_source: str = ""
    """Where the minimum price stands."""
    promotion: str | None = None
    """The promotion that changes one of the two."""
    allowed: Money | None = None
    """What a promotion allows: an offer at or above it raises no suspicion, whatever the list price."""


def day_of(listing: Listing, watchlist: WatchList) -> date | None:
    """Return the day of an offer in its marketplace's country, else the day of judgement."""
    if listing.fetched_at is None:
        return watchlist.as_of
    hours = HOURS_AHEAD.get(listing.market.rpartition("_")[2])
    zone = UTC if hours is None else timezone(timedelta(hours=hours))
    return listing.fetched_at.astimezone(zone).date()


def owner_price(product: Product, market: str, day: date | None, watchlist: WatchList) -> OwnerPrice:
    """Return the prices that hold that day: the price list's newest entry, else those of the product itself.

    An entry for the marketplace goes before one for all, and a running promotion before both: its price takes the
    place of the list price, and no minimum lies above it.
    """
    holding = [one for one in watchlist.prices_by_product.get(product.product_id, ()) if one.holds(day, market)]
    ordinary = [one for one in holding if one.promotion is None]
    listed = _newest(one for one in ordinary if one.list_price is not None)
    least = _newest(one for one in ordinary if one.minimum_price is not None)
    list_price = product.list_price if listed is None else listed.list_price
    minimum = product.minimum_price if least is None else least.minimum_price
    list_source, minimum_source = _since("list price", listed), _since("minimum price", least)
    promotion, allowed = None, None
    for running in (one for one in holding if one.promotion is not None):
        floor = running.minimum_price or running.list_price
        if floor is not None and (allowed is None or floor.amount < allowed.amount):
            allowed, promotion = floor, running.promotion
        name = f"promotion {running.promotion} until {running.valid_until}"
        if running.list_price is not None and _is_lower(running.list_price, list_price):
            list_price, list_source = running.list_price, name
        if (
            floor is not None
            and (running.minimum_price is not None or minimum is not None)
            and _is_lower(floor, minimum)
        ):
            minimum, minimum_source = floor, name
    return OwnerPrice(list_price, list_source, minimum, minimum_source, promotion, allowed)


def _newest(entries: Iterable[ListedPrice]) -> ListedPrice | None:
    return max(entries, key=lambda one: (one.market is not None, one.valid_from or date.min), default=None)


def _is_lower(price: Money, than: Money | None) -> bool:
    return than is None or (price.currency == than.currency and price.amount < than.amount)


def _since(which: str, entry: ListedPrice | None) -> str:
    """Return which price it is and from which day it holds."""
    return which if entry is None or entry.valid_from is None else f"{which} since {entry.valid_from}"
