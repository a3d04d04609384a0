"""The seller has the owner's permission."""

from matchers.mentions.mention import Mention
from matchers.policy import WEIGHTS
from records.hit import Evidence
from records.listing import Listing
from records.watchlist import AuthorisedSeller, WatchList


def authorised_seller(listing: Listing, mention: Mention, watchlist: WatchList) -> Evidence | None:
    """The owner allows this seller to use the mark on this marketplace on that day, by seller id, else by shop name."""
    for permission in watchlist.sellers:
        if (
            permission.mark_id == mention.mark.mark_id
            and permission.market == listing.market
            and _covers(permission, listing, watchlist)
        ):
            name = permission.seller_name or permission.seller_id or ""
            return Evidence(
                signal="authorised_seller",
                weight=WEIGHTS["authorised_seller"],
                message="The owner allows %(seller)s to use the mark.",
                facts={"seller": name},
            )
    return None


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
