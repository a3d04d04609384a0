"""Which of the owner's products a listing offers, how that was seen, and whether the offer can be compared with it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from matchers.price.goods_terms import named_words
from matchers.price.offer_kind import Kind, kind_of
from matchers.price.pack_fit import PackFit, pack_fit
from matchers.price.pack_size import read_pack
from matchers.price.product_line import How, PairModel, ProductLine, words_of
from matchers.text.fold import fold_plain
from records.hit import Span
from records.listing import Listing
from records.watchlist import Product, WatchList

HOW_WORDS: Mapping[How, str] = {
    "gtin": "the same GTIN",
    "mpn": "the same part number",
    "name": "every word of the product's name",
    "most_words": "nearly every telling word of the product's name",
    "alike": "a title like the product's name",
    "model": "the learned matcher takes it for the product",
}
Asked = tuple[str, tuple[str, ...], str | None, str | None, str | None, frozenset[str]]
MOST_REMEMBERED = 8192
NUMBER = re.compile(r"[^\W_]+(?:[-._][^\W_]+)*")
# A part number shorter than this, or without a digit, is not looked for in titles.
SHORTEST_NUMBER = 4


@dataclass(frozen=True, slots=True)
class Matched:
    """A product and why the listing is taken for it."""

    product: Product
    how: How
    fit: PackFit
    """How the offered pack stands to the product's."""
    kind: Kind
    """New, used, refurbished, sample, refill, or why it is no pack of the product."""

    @property
    def reason(self) -> str:
        """Why it is taken for the product, in English."""
        return HOW_WORDS[self.how]


class ProductIndex:
    """Finds products by look-up: numbers first, names only among the products of marks that the listing offers."""

    def __init__(self, watchlist: WatchList, model: PairModel | None = None) -> None:
        self._model = model
        # Latest last: the one asked for longest ago goes first.
        self._found: dict[Asked, tuple[Matched, ...]] = {}
        self._by_gtin: defaultdict[str, list[Product]] = defaultdict(list)
        self._by_number: defaultdict[str, list[Product]] = defaultdict(list)
        self._by_mark: dict[str, ProductLine] = {}
        of_mark: defaultdict[str, list[Product]] = defaultdict(list)
        for product in watchlist.products:
            if product.gtin:
                self._by_gtin[_gtin(product.gtin)].append(product)
            if product.mpn and _is_number(product.mpn):
                self._by_number[squashed(product.mpn)].append(product)
            of_mark[product.mark_id].append(product)
        for mark_id, products in of_mark.items():
            mark = watchlist.mark_by_id[mark_id]
            own = set().union(*(words_of(text) for text in (mark.text, mark.brand or "", *mark.variants)))
            self._by_mark[mark_id] = ProductLine(products, own)

    def find(self, listing: Listing, mark_ids: Iterable[str]) -> tuple[Matched, ...]:
        """Return the products that the listing offers, the surest reason for each; none where a name fits several.

        What the title says is worked out once: most sightings are of titles seen before, at another price.
        """
        if not self._by_mark:
            return ()
        offered = frozenset(mark_ids)
        asked = (listing.title, listing.category, listing.condition, listing.gtin, listing.mpn, offered)
        found = self._found.pop(asked, None)
        if found is None:
            found = self._find(listing, offered)
            if len(self._found) >= MOST_REMEMBERED:
                del self._found[next(iter(self._found))]
        self._found[asked] = found
        return found

    def _find(self, listing: Listing, mark_ids: frozenset[str]) -> tuple[Matched, ...]:
        found: dict[str, Matched] = {}
        for product, how in self._candidates(listing, mark_ids):
            if product.product_id not in found:
                fit = pack_fit(listing, product, by_number=how in {"gtin", "mpn"})
                pack = read_pack(listing.title, listing.category)
                kind = kind_of(listing.title, listing.condition, pack, product.name)
                found[product.product_id] = Matched(product, how, fit, kind)
        if any(one.fit.is_same_pack for one in found.values()):
            # A name that fits in another size only is another product where one fits in the stated size.
            return tuple(one for one in found.values() if one.fit.is_same_pack or one.how in {"gtin", "mpn"})
        return tuple(found.values())

    def _candidates(self, listing: Listing, mark_ids: frozenset[str]) -> Iterator[tuple[Product, How]]:
        if listing.gtin:
            yield from ((product, "gtin") for product in self._by_gtin.get(_gtin(listing.gtin), ()))
        if self._by_number and mark_ids:
            numbers = {squashed(listing.mpn)} if listing.mpn else set()
            numbers |= {number for number, _, _ in _numbers(listing.title)}
            for number in sorted(numbers & self._by_number.keys()):
                yield from ((one, "mpn") for one in self._by_number[number] if one.mark_id in mark_ids)
        for mark_id in sorted(mark_ids & self._by_mark.keys()):
            yield from self._by_mark[mark_id].find(listing, self._model)


def seen_in_title(listing: Listing, product: Product, how: How) -> tuple[Span, ...]:
    """Return the places of the title that name the product: its words, or its part number; none for a GTIN."""
    if how == "gtin":
        return ()
    if how == "mpn" and product.mpn:
        wanted = {squashed(product.mpn)}
        places = [(start, end) for number, start, end in _numbers(listing.title) if number in wanted]
    else:
        named = frozenset(words_of(product.name))
        places = sorted((start, end) for word, start, end in named_words(listing.title) if word in named)
    runs: list[tuple[int, int]] = []
    for start, end in places:
        if runs and not listing.title[runs[-1][1] : start].strip():
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    return tuple(Span.cut(listing, "title", start, end) for start, end in runs)


def _numbers(title: str) -> Iterator[tuple[str, int, int]]:
    """Yield what can be a part number, squashed, with its place: words with signs inside, two words side by side."""
    words = list(NUMBER.finditer(title))
    for place, word in enumerate(words):
        if any(map(str.isdigit, word.group())):
            yield squashed(word.group()), word.start(), word.end()
            if place and words[place - 1].end() + 1 == word.start():
                yield squashed(words[place - 1].group() + word.group()), words[place - 1].start(), word.end()


def squashed(text: str) -> str:
    """Return the letters and digits of a part number, folded."""
    return "".join(char for char in fold_plain(text).text if char.isalnum())


def _is_number(text: str) -> bool:
    return len(squashed(text)) >= SHORTEST_NUMBER and any(char.isdigit() for char in text)


def _gtin(text: str) -> str:
    return "".join(char for char in text if char.isdigit()).lstrip("0")
