"""The mark only says what the goods fit."""

from matchers.mentions.mention import Mention
from matchers.policy import WEIGHTS
from records.hit import Evidence
from records.listing import Listing
from records.watchlist import WatchList


def compatible_with(listing: Listing, mention: Mention, watchlist: WatchList) -> Evidence | None:
    """The mark only says what the goods fit or work with (dùng cho, for, 対応, a case, a filter).

    Platforms tell honest sellers to use these very words.
    """
    del listing, watchlist
    use = mention.use
    if use is None or use.relation != "compatible":
        return None
    return Evidence(
        signal="compatible_with",
        weight=WEIGHTS["compatible_with"],
        message="“%(text)s” names what the goods fit: %(because)s.",
        facts={"text": mention.span.text, "because": use.because},
        spans=(mention.span,),
    )
