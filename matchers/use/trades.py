"""Which trades a listing and a mark belong to: what decides whether an ambiguous word is the mark."""

from functools import lru_cache

from matchers.text.fold import accented_view, fold_plain
from matchers.text.phrases import Phrases
from matchers.use.known_marks import KNOWN_TRADES
from matchers.use.trade_words import CLASSES, SHARED, TRADE_WORDS
from records.listing import Listing
from records.watchlist import Mark

_TRADES = Phrases(TRADE_WORDS)

DEVICES = frozenset({"electronics", "phone", "camera", "printer", "vehicle", "bicycle", "tools", "game", "component"})
# Trades whose marks are also at home on goods of these: a car maker's cap, a phone maker's loudspeaker.
RELATED: dict[str, frozenset[str]] = {
    "vehicle": frozenset({"toys", "fashion", "electronics"}),
    "electronics": frozenset({"phone", "camera", "printer", "game"}),
    "phone": frozenset({"electronics"}),
    "camera": frozenset({"electronics", "phone"}),
    "printer": frozenset({"electronics", "stationery"}),
    "game": frozenset({"electronics", "toys"}),
    "watch": frozenset({"jewellery"}),
    "household": frozenset({"cosmetics", "baby"}),
    "health": frozenset({"cosmetics", "food"}),
    "sports": frozenset({"fashion"}),
    "toys": frozenset({"game"}),
}
OFTEN_FAKED = frozenset({"fashion", "watch", "perfume", "jewellery", "sports"})
DEVICE_CLASSES = frozenset({7, 9, 11, 12})


@lru_cache(maxsize=4_096)
def _trades_of_text(text: str) -> frozenset[str]:
    found = list(_TRADES.find(accented_view(text).text))
    shared = (SHARED[one[0]] for one in found if one[0] in SHARED)
    return frozenset(one.lastgroup for one in found if one.lastgroup).union(*shared)


def trades_of_listing(listing: Listing) -> frozenset[str]:
    """Return the trades that the listing's title and categories name; empty where none is recognised."""
    return frozenset().union(_trades_of_text(listing.title), *map(_trades_of_text, listing.category))


@lru_cache(maxsize=200_000)
def letters_of(text: str) -> str:
    """Return the folded letters and digits of a mark's text, without separators."""
    return "".join(char for char in fold_plain(text).text if char.isalnum())


def trades_of_mark(mark: Mark) -> frozenset[str]:
    """Return the mark's trades by its Nice classes, else by the table of well-known marks; empty where unknown."""
    known = KNOWN_TRADES.get(letters_of(mark.text), frozenset())
    if known or not mark.nice_classes:
        return known
    return frozenset(trade for trade, classes in CLASSES.items() if classes & frozenset(mark.nice_classes))


def home_of_mark(mark: Mark) -> frozenset[str]:
    """Return the mark's trades and those related to them."""
    ours = trades_of_mark(mark)
    return ours.union(*(RELATED.get(trade, frozenset()) for trade in ours))


def is_often_faked(mark: Mark) -> bool:
    """Say whether the mark's trade is one of often faked goods."""
    return bool(trades_of_mark(mark) & OFTEN_FAKED)


def makes_devices(mark: Mark) -> bool:
    """Say whether the mark stands on devices that other sellers make parts and accessories for."""
    return (
        bool(trades_of_mark(mark) & DEVICES)
        if letters_of(mark.text) in KNOWN_TRADES
        else bool(DEVICE_CLASSES & frozenset(mark.nice_classes))
    )
