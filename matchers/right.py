"""The state of a mark's registration on the day of judgement. It never changes a score or a tier."""

from matchers.use.trade_words import CLASSES
from matchers.use.trades import trades_of_listing
from records.hit import Right
from records.listing import Listing
from records.watchlist import Mark, WatchList


def right_of(listing: Listing, mark: Mark, watchlist: WatchList) -> Right:
    """Return valid, expired, other_class or unknown; everything but valid is shown as watch only."""
    if mark.registration_no is None or watchlist.as_of is None:
        return "unknown"
    if mark.valid_until is None:
        return "unknown"
    if mark.valid_until < watchlist.as_of:
        return "expired"
    if mark.nice_classes:
        classes = frozenset().union(*(CLASSES[trade] for trade in trades_of_listing(listing)))
        if classes and not classes & frozenset(mark.nice_classes):
            return "other_class"
    return "valid"
