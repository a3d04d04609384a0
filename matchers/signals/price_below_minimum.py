"""The offer is cheaper than the owner's prices allow."""

from matchers.policy import WEIGHTS
from matchers.price.bands import BAND_WORDS
from matchers.price.comparison import compare
from matchers.price.product_match import how_matched, seen_in_title
from records.hit import Evidence, Span
from records.listing import Listing
from records.watchlist import Product, WatchList


def price_below_minimum(listing: Listing, product: Product, watchlist: WatchList) -> Evidence | None:
    """Per unit, the offer is under the owner's minimum price or far under the list price.

    A price is no proof of a fake, and no price proves goods genuine.
    """
    how = how_matched(listing, product, watchlist)
    found = None if how is None else compare(listing, product, how)
    if found is None or (found.band is None and not found.is_below_minimum):
        return None
    weight = max(
        WEIGHTS[found.band] if found.band else 0.0, WEIGHTS["below_minimum"] if found.is_below_minimum else 0.0
    )
    gap = next(step.value for step in found.chain if step.name == "gap")
    raw = listing.offer.price_raw
    spans = seen_in_title(listing, product, how) if how else ()
    if raw:
        spans += (Span.cut(listing, "price_raw", 0, len(raw)),)
    if found.is_below_minimum:
        message = "%(product)s at %(gap)s: under the owner's minimum price."
    else:
        message = "%(product)s at %(gap)s: a %(band)s price signal."
    return Evidence(
        signal="price_below_minimum",
        weight=weight,
        message=message,
        facts={"product": product.name, "gap": gap, "band": BAND_WORDS[found.band] if found.band else ""},
        spans=spans,
    )
