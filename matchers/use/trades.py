"""Which trades a listing and a mark belong to: what decides whether an ambiguous word is the mark."""

from dataclasses import dataclass
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
    return _trades_of_texts(listing.title, listing.category)


@lru_cache(maxsize=512)
def _trades_of_texts(title: str, category: tuple[str, ...]) -> frozenset[str]:
    return frozenset().union(_trades_of_text(title), *map(_trades_of_text, category))


@lru_cache(maxsize=200_000)
def letters_of(text: str) -> str:
    """Return the folded letters and digits of a mark's text, without separators."""
    return "".join(char for char in fold_plain(text).text if char.isalnum())


@dataclass(frozen=True, slots=True)
class _Profile:
    """What is known of a mark by its text and classes."""

    trades: frozenset[str]
    home: frozenset[str]
    makes_devices: bool


@lru_cache(maxsize=200_000)
def _profile(text: str, nice_classes: tuple[int, ...]) -> _Profile:
    classes = frozenset(nice_classes)
    known = KNOWN_TRADES.get(letters_of(text))
    if known is None:
        known = frozenset(trade for trade, of_trade in CLASSES.items() if of_trade & classes)
        makes = bool(DEVICE_CLASSES & classes)
    else:
        makes = bool(known & DEVICES)
    return _Profile(known, known.union(*(RELATED.get(trade, frozenset()) for trade in known)), makes)


def trades_of_mark(mark: Mark) -> frozenset[str]:
    """Return the mark's trades by the table of well-known marks, else by its Nice classes; empty where unknown."""
    return _profile(mark.text, mark.nice_classes).trades


def home_of_mark(mark: Mark) -> frozenset[str]:
    """Return the mark's trades and those related to them."""
    return _profile(mark.text, mark.nice_classes).home


def is_often_faked(mark: Mark) -> bool:
    """Say whether the mark's trade is one of often faked goods."""
    return bool(trades_of_mark(mark) & OFTEN_FAKED)


def makes_devices(mark: Mark) -> bool:
    """Say whether the mark stands on devices that other sellers make parts and accessories for."""
    return _profile(mark.text, mark.nice_classes).makes_devices
