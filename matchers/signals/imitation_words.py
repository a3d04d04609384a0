"""Words that admit an imitation."""

from matchers.mentions.mention import Mention
from matchers.policy import WEIGHTS
from matchers.use.intent import find_imitation, in_words
from records.hit import Evidence
from records.listing import Listing
from records.watchlist import WatchList


def imitation_words(listing: Listing, mention: Mention, watchlist: WatchList) -> Evidence | None:
    """Words beside the mark admit an imitation (fake, rep 1:1, hàng nhái, コピー品).

    Guarantees against fakes and material words (faux fur, giả da) do not count.
    """
    del watchlist
    found = find_imitation(listing, mention)
    if not found:
        return None
    words, kind = in_words(found)
    return Evidence(
        signal="imitation_words",
        weight=WEIGHTS["imitation_words"],
        message="“%(words)s” %(kind)s.",
        facts={"words": words, "kind": kind},
        spans=tuple(one.span for one in found),
    )
