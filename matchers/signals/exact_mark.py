"""The listing names the mark as registered."""

from matchers.mentions.mention import Mention
from matchers.policy import WEIGHTS
from records.hit import Evidence
from records.listing import Listing
from records.watchlist import WatchList


def exact_mark(listing: Listing, mention: Mention, watchlist: WatchList) -> Evidence | None:
    """The listing names the mark, spelt as registered or as its owner spells it; case, width and accents aside."""
    del listing, watchlist
    if mention.change != "same":
        return None
    return Evidence(
        signal="exact_mark",
        weight=WEIGHTS["exact_mark"],
        message="“%(text)s” names the mark %(mark)s.",
        facts={"text": mention.span.text, "mark": mention.mark.text},
        spans=(mention.span,),
    )
