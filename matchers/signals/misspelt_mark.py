"""The mark is misspelt, joined or taken apart, in a way that may be a slip."""

from matchers.mentions.mention import CHANGE_WORDS, HIDING_CHANGES, Mention
from matchers.policy import WEIGHTS
from matchers.use.intent import hides_the_mark
from records.hit import Evidence
from records.listing import Listing
from records.watchlist import WatchList


def misspelt_mark(listing: Listing, mention: Mention, watchlist: WatchList) -> Evidence | None:
    """The mark is misspelt, or written together or apart.

    That is a slip on most goods and a known dodge on clothes, shoes, bags, watches and perfume.
    """
    del watchlist
    if mention.spelling == "exact":
        return None
    hides = hides_the_mark(listing, mention)
    if mention.change in HIDING_CHANGES and hides:
        return None
    return Evidence(
        signal="misspelt_mark",
        weight=WEIGHTS["misspelt_mark_on_faked_goods" if hides else "misspelt_mark"],
        message="%(text)s → %(mark)s: %(change)s, on goods that are often faked."
        if hides
        else "%(text)s → %(mark)s: %(change)s.",
        facts={"text": mention.span.text, "mark": mention.name, "change": CHANGE_WORDS[mention.change]},
        spans=(mention.span,),
    )
