"""Words that claim genuine goods."""

from matchers.mentions.mention import Mention
from matchers.policy import WEIGHTS
from matchers.use.intent import find_genuine_claims, in_words
from records.hit import Evidence
from records.listing import Listing
from records.watchlist import WatchList


def genuine_claim(listing: Listing, mention: Mention, watchlist: WatchList) -> Evidence | None:
    """The title claims genuine goods (chính hãng, authentic, 正規品).

    The claim proves nothing; beside a hidden mark it is one more sign.
    """
    del mention, watchlist
    found = find_genuine_claims(listing)
    if not found:
        return None
    words, kind = in_words(found)
    return Evidence(
        signal="genuine_claim",
        weight=WEIGHTS["genuine_claim"],
        message="“%(words)s” %(kind)s.",
        facts={"words": words, "kind": kind},
        spans=tuple(one.span for one in found),
    )
