"""The mark is spelt so that people read it and filters do not."""

from matchers.mentions.mention import CHANGE_WORDS, HIDING_CHANGES, Mention
from matchers.policy import WEIGHTS
from matchers.use.intent import hides_the_mark
from records.hit import Evidence
from records.listing import Listing
from records.watchlist import WatchList


def disguised_mark(listing: Listing, mention: Mention, watchlist: WatchList) -> Evidence | None:
    """Signs, digits or letters of another style inside the mark keep filters from finding it.

    Nobody does so by accident.
    """
    del watchlist
    if mention.change not in HIDING_CHANGES or not hides_the_mark(listing, mention):
        return None
    return Evidence(
        signal="disguised_mark",
        weight=WEIGHTS["disguised_mark"],
        message="%(text)s → %(mark)s: %(change)s.",
        facts={"text": mention.span.text, "mark": mention.name, "change": CHANGE_WORDS[mention.change]},
        spans=(mention.span,),
    )
