"""The letters of the mark mean something else here."""

from matchers.mentions.mention import Mention
from matchers.policy import WEIGHTS
from records.hit import Evidence
from records.listing import Listing
from records.watchlist import WatchList


def other_meaning(listing: Listing, mention: Mention, watchlist: WatchList) -> Evidence | None:
    """The letters are the mark's, but mean something else here: an ordinary word, a title, a style, another company."""
    del listing, watchlist
    use = mention.use
    if use is None or use.relation != "homonym":
        return None
    return Evidence(
        signal="other_meaning",
        weight=WEIGHTS["other_meaning"],
        message="“%(text)s” is not the mark: %(because)s.",
        facts={"text": mention.span.text, "because": use.because},
        spans=(mention.span,),
    )
