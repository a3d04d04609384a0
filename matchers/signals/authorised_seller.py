"""The seller has the owner's permission."""

from matchers.mentions.mention import Mention
from matchers.policy import WEIGHTS
from matchers.right import permission_of
from records.hit import Evidence
from records.listing import Listing
from records.watchlist import WatchList


def authorised_seller(listing: Listing, mention: Mention, watchlist: WatchList) -> Evidence | None:
    """The owner allows this seller to use the mark on this marketplace on that day, by seller id, else by shop name."""
    permission = permission_of(listing, mention.mark.mark_id, watchlist)
    if permission is None:
        return None
    return Evidence(
        signal="authorised_seller",
        weight=WEIGHTS["authorised_seller"],
        message="The owner allows %(seller)s to use the mark.",
        facts={"seller": permission.seller_name or permission.seller_id or ""},
    )
