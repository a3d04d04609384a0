"""Every signal by name. Adding one: its file in signals/, its weight in policy.py, its row here, its case file."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from matchers.mentions.mention import Mention
from matchers.price.case import PriceCase
from matchers.signals.authorised_seller import authorised_seller
from matchers.signals.compatible_with import compatible_with
from matchers.signals.disguised_mark import disguised_mark
from matchers.signals.exact_mark import exact_mark
from matchers.signals.genuine_claim import genuine_claim
from matchers.signals.imitation_words import imitation_words
from matchers.signals.misspelt_mark import misspelt_mark
from matchers.signals.other_meaning import other_meaning
from matchers.signals.price_below_authorised import price_below_authorised
from matchers.signals.price_below_list import price_below_list
from matchers.signals.price_below_minimum import price_below_minimum
from matchers.signals.price_below_peers import price_below_peers
from matchers.signals.price_cheap_across_marks import price_cheap_across_marks
from matchers.signals.price_dropped import price_dropped
from matchers.signals.price_fake_discount import price_fake_discount
from records.hit import Evidence
from records.listing import Listing
from records.watchlist import WatchList

MentionSignal = Callable[[Listing, Mention, WatchList], Evidence | None]
PriceSignal = Callable[[PriceCase], Evidence | None]

# IP track: asked for every mention of a mark. The owner's permission comes first: where it is found,
# nothing else is asked.
MENTION_SIGNALS: Mapping[str, MentionSignal] = MappingProxyType({
    "authorised_seller": authorised_seller,
    "exact_mark": exact_mark,
    "misspelt_mark": misspelt_mark,
    "disguised_mark": disguised_mark,
    "imitation_words": imitation_words,
    "genuine_claim": genuine_claim,
    "compatible_with": compatible_with,
    "other_meaning": other_meaning,
})  # fmt: skip
# Price track: asked for every comparable offer of a product. The first that finds something names the hit's reference.
PRICE_SIGNALS: Mapping[str, PriceSignal] = MappingProxyType({
    "price_below_list": price_below_list,
    "price_below_minimum": price_below_minimum,
    "price_below_authorised": price_below_authorised,
    "price_below_peers": price_below_peers,
    "price_dropped": price_dropped,
    "price_fake_discount": price_fake_discount,
    "price_cheap_across_marks": price_cheap_across_marks,
})  # fmt: skip

SIGNALS: Mapping[str, MentionSignal | PriceSignal] = MappingProxyType({**MENTION_SIGNALS, **PRICE_SIGNALS})
