"""Which of the owner's products a listing offers: by GTIN, by part number, or by every word of its name."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from matchers.price.pack_size import is_plain_offer, pack_of_title
from matchers.price.pack_words import AMOUNT
from matchers.text.fold import fold_accented, fold_plain
from records.hit import Span
from records.listing import Listing
from records.watchlist import Mark, Product, WatchList

How = Literal["gtin", "mpn", "name"]
HOW_WORDS: dict[How, str] = {
    "gtin": "the same GTIN",
    "mpn": "the same part number",
    "name": "every word of the product's name",
}

Named = tuple[Product, frozenset[str]]
WORD = re.compile(r"[^\W_]+")
NUMBER = re.compile(r"[\w\-/]+")
# A part number shorter than this, or without a digit, is not looked for in titles.
SHORTEST_NUMBER = 4
# Name words beside the mark that must be there; fewer say too little.
FEWEST_WORDS = 1


@dataclass(frozen=True, slots=True)
class Matched:
    """A product and why the listing is taken for it."""

    product: Product
    how: How


class ProductIndex:
    """Finds products by look-up: numbers first, names only among the products of marks that the listing offers."""

    def __init__(self, watchlist: WatchList) -> None:
        self._by_gtin: defaultdict[str, list[Product]] = defaultdict(list)
        self._by_number: defaultdict[str, list[Product]] = defaultdict(list)
        self._by_mark: defaultdict[str, list[Named]] = defaultdict(list)
        for product in watchlist.products:
            if product.gtin:
                self._by_gtin[_gtin(product.gtin)].append(product)
            if product.mpn and _is_number(product.mpn):
                self._by_number[squashed(product.mpn)].append(product)
            mark = watchlist.mark_by_id[product.mark_id]
            words = name_words(product.name) - name_words(mark.text) - name_words(mark.brand or "")
            self._by_mark[product.mark_id].append((product, words))

    def find(self, listing: Listing, mark_ids: Iterable[str]) -> tuple[Matched, ...]:
        """Return the products that the listing offers; the surest reason for each, none where a name fits several."""
        found: dict[str, Matched] = {}
        offered = frozenset(mark_ids)
        for matched in self._candidates(listing, offered):
            found.setdefault(matched.product.product_id, matched)
        return tuple(found.values())

    def _candidates(self, listing: Listing, mark_ids: frozenset[str]) -> Iterator[Matched]:
        if not self._by_mark or not is_plain_offer(listing.title):
            return
        if listing.gtin:
            yield from (Matched(product, "gtin") for product in self._by_gtin.get(_gtin(listing.gtin), ()))
        words = name_words(listing.title)
        numbers = {squashed(listing.mpn)} if listing.mpn else set()
        if self._by_number:
            numbers |= {"".join(WORD.findall(word)) for word in NUMBER.findall(fold_plain(listing.title).text)}
        for number in sorted(numbers & self._by_number.keys()):
            yield from (Matched(product, "mpn") for product in self._by_number[number] if product.mark_id in mark_ids)
        for mark_id in sorted(mark_ids):
            fitting = [
                (product, name)
                for product, name in self._by_mark.get(mark_id, ())
                if len(name) >= FEWEST_WORDS and name <= words
            ]
            if len(fitting) > 1:
                fitting = _of_stated_pack(listing, fitting) or fitting
            longest = max((len(name) for _, name in fitting), default=0)
            yield from (Matched(product, "name") for product, name in fitting if len(name) == longest)


def seen_in_title(listing: Listing, product: Product, how: How) -> tuple[Span, ...]:
    """Return the places of the title that name the product: its words, or its part number; none for a GTIN."""
    view = fold_plain(listing.title)
    if how == "name":
        wanted = name_words(product.name)
        places = [match.span() for match in WORD.finditer(view.text) if match[0] in wanted]
    elif how == "mpn" and product.mpn:
        wanted = frozenset({squashed(product.mpn)})
        places = [match.span() for match in NUMBER.finditer(view.text) if "".join(WORD.findall(match[0])) in wanted]
    else:
        places = []
    runs: list[tuple[int, int]] = []
    for start, end in places:
        if runs and not view.text[runs[-1][1] : start].strip():
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    return tuple(Span.cut(listing, "title", *view.original(start, end)) for start, end in runs)


def _of_stated_pack(listing: Listing, fitting: list[Named]) -> list[Named]:
    """Return the products of the size that the title states: a line is sold in several."""
    stated = pack_of_title(listing.title, listing.category)
    if stated is None or stated.unit_amount is None:
        return []
    return [
        (product, name)
        for product, name in fitting
        if (product.unit_amount, product.unit) == (stated.unit_amount, stated.unit)
    ]


def name_words(text: str) -> frozenset[str]:
    """Return the words of a product name or title without its pack size, folded."""
    return frozenset(WORD.findall(fold_plain(AMOUNT.sub(" ", fold_accented(text).text)).text))


def squashed(text: str) -> str:
    """Return the letters and digits of a part number, folded."""
    return "".join(WORD.findall(fold_plain(text).text))


def _is_number(text: str) -> bool:
    return len(squashed(text)) >= SHORTEST_NUMBER and any(char.isdigit() for char in text)


def _gtin(text: str) -> str:
    return "".join(char for char in text if char.isdigit()).lstrip("0")


def how_matched(listing: Listing, product: Product, watchlist: WatchList) -> How | None:
    """Return why a listing is taken for one product; None where it is not."""
    found = _alone(watchlist.mark_by_id[product.mark_id], product).find(listing, (product.mark_id,))
    return found[0].how if found else None


@lru_cache(maxsize=4096)
def _alone(mark: Mark, product: Product) -> ProductIndex:
    """Return the index of one product; it is asked for again with every listing."""
    return ProductIndex(WatchList(marks=(mark,), products=(product,)))
