"""What stands behind the use of a mark: its registration on the day of judgement, and the owner's permissions."""

from matchers.use.trade_words import CLASSES
from matchers.use.trades import trades_of_listing
from records.hit import Right
from records.listing import Listing
from records.watchlist import AuthorisedSeller, Mark, WatchList


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


def permission_of(listing: Listing, mark_id: str, watchlist: WatchList) -> AuthorisedSeller | None:
    """Return the owner's permission for this seller, mark and marketplace on that day; by seller id, else shop name."""
    sellers = watchlist.permissions.get((mark_id, listing.market), ())
    return next((one for one in sellers if _covers(one, listing, watchlist)), None) if sellers else None


def _covers(permission: AuthorisedSeller, listing: Listing, watchlist: WatchList) -> bool:
    """Say whether the permission is this seller's and valid on the day of judgement."""
    day = watchlist.as_of
    if day is not None and (
        (permission.valid_from is not None and day < permission.valid_from)
        or (permission.valid_until is not None and day > permission.valid_until)
    ):
        return False
    if permission.seller_id is not None and listing.seller.seller_id is not None:
        return permission.seller_id == listing.seller.seller_id
    if permission.seller_id is not None and permission.seller_name is None:
        return False
    name = listing.seller.name
    return (
        name is not None
        and permission.seller_name is not None
        and name.strip().casefold() == permission.seller_name.strip().casefold()
    )
