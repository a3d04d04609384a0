"""Every signal by name. Adding one: its file in signals/, its weight in policy.py, its row here, its case file."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from matchers.mentions.mention import Mention
from matchers.signals.authorised_seller import authorised_seller
from matchers.signals.compatible_with import compatible_with
from matchers.signals.disguised_mark import disguised_mark
from matchers.signals.exact_mark import exact_mark
from matchers.signals.genuine_claim import genuine_claim
from matchers.signals.imitation_words import imitation_words
from matchers.signals.misspelt_mark import misspelt_mark
from matchers.signals.other_meaning import other_meaning
from matchers.signals.price_below_minimum import price_below_minimum
from records.hit import Evidence
from records.listing import Listing
from records.watchlist import Product, WatchList

MentionSignal = Callable[[Listing, Mention, WatchList], Evidence | None]
ProductSignal = Callable[[Listing, Product, WatchList], Evidence | None]

# IP track: asked for every mention of a mark.
MENTION_SIGNALS: Mapping[str, MentionSignal] = MappingProxyType({
    "exact_mark": exact_mark,
    "misspelt_mark": misspelt_mark,
    "disguised_mark": disguised_mark,
    "imitation_words": imitation_words,
    "genuine_claim": genuine_claim,
    "compatible_with": compatible_with,
    "other_meaning": other_meaning,
    "authorised_seller": authorised_seller,
})  # fmt: skip
# Price track: asked for every product of a mark that the listing names.
PRODUCT_SIGNALS: Mapping[str, ProductSignal] = MappingProxyType({"price_below_minimum": price_below_minimum})

SIGNALS: Mapping[str, MentionSignal | ProductSignal] = MappingProxyType({**MENTION_SIGNALS, **PRODUCT_SIGNALS})
