"""Which of the owner's products a listing offers, how that was seen, and whether the offer can be compared with it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import fsum
from typing import Literal, Protocol

from rapidfuzz import fuzz

from matchers.price.goods_terms import GOODS, UNSPACED, WORD, named_words
from matchers.price.offer_relation import judge_pair
from matchers.price.offer_text import OfferText
from matchers.price.offer_words import PRAISE, SUFFIXES, SYLLABLE
from matchers.price.pack_fit import PackFit, pack_fit
from matchers.text.fold import fold_plain
from records.hit import Span
from records.listing import Listing
from records.watchlist import Product, WatchList

How = Literal["gtin", "mpn", "name", "most_words", "alike", "model"]
HOW_WORDS: Mapping[How, str] = {
    "gtin": "the same GTIN",
    "mpn": "the same part number",
    "name": "every word of the product's name",
    "most_words": "nearly every telling word of the product's name",
    "alike": "a title like the product's name",
    "model": "the learned matcher takes it for the product",
}
NUMBER = re.compile(r"[^\W_]+(?:[-._][^\W_]+)*")
# A part number shorter than this, or without a digit, is not looked for in titles.
SHORTEST_NUMBER = 4
# How telling a word of a product name is, by what it is.
NUMBER_WEIGHT, NAME_WEIGHT, WORD_WEIGHT, GOODS_WEIGHT, PRAISE_WEIGHT = 3.0, 2.0, 1.0, 0.6, 0.1
# A word that most products of the mark bear tells little.
COMMON_SHARE, COMMON_FACTOR = 0.6, 0.5
ENOUGH = 0.8
"""Share of the name's weight that the title must say where it does not say every word."""
POSSIBLE = 0.4
"""Share from which title and name are compared as two offers are."""
MOST_COMPARED = 5
SURE = 1.2
"""Margin of `same` from which nineteen in twenty hard pairs of real titles are the same product."""
SPELT_ALIKE = 80
# Suffixes of members of a line; ultra and air are words of praise as often.
MEMBERS = SUFFIXES - {"ultra", "air", "mini"}
CLEARLY = 0.5
"""How far the best product must lie before the next of the line."""
AHEAD = 0.1
"""How far the best product must lie before the next where not every word is said."""
MOST_CANDIDATES = 12
FEWEST_WORDS = 1


class PairModel(Protocol):
    """What a learned matcher must do: say how surely a title offers a product, above 0 for yes."""

    def margin(self, title: str, name: str) -> float:
        """Return the log odds above its edge."""
        ...


@dataclass(frozen=True, slots=True)
class Matched:
    """A product and why the listing is taken for it."""

    product: Product
    how: How
    fit: PackFit
    """How the offered pack stands to the product's."""

    @property
    def reason(self) -> str:
        """Why it is taken for the product, in English."""
        return HOW_WORDS[self.how]


@dataclass(frozen=True, slots=True)
class _Named:
    product: Product
    weights: Mapping[str, float]
    total: float
    spelt: Mapping[str, frozenset[str]]
    """The printed words of each name of goods: a title may pull them apart (kem đánh trắng răng)."""

    def share(self, said: frozenset[str], joined: str) -> float:
        missing = self.missing(said, joined)
        found = fsum(weight for word, weight in self.weights.items() if word not in missing)
        return found / self.total if self.total else 0.0

    def missing(self, said: frozenset[str], joined: str) -> frozenset[str]:
        """Return the words that a title does not have; those of scripts without spaces may stand inside a run."""
        return frozenset(
            word
            for word in self.weights
            if word not in said
            and not (word in self.spelt and self.spelt[word] <= said)
            and not (len(word) > 1 and UNSPACED.search(word) is not None and word in joined)
        )


class ProductIndex:
    """Finds products by look-up: numbers first, names only among the products of marks that the listing offers."""

    def __init__(self, watchlist: WatchList, model: PairModel | None = None) -> None:
        self._model = model
        self._by_gtin: defaultdict[str, list[Product]] = defaultdict(list)
        self._by_number: defaultdict[str, list[Product]] = defaultdict(list)
        self._by_mark: dict[str, _Line] = {}
        of_mark: defaultdict[str, list[Product]] = defaultdict(list)
        for product in watchlist.products:
            if product.gtin:
                self._by_gtin[_gtin(product.gtin)].append(product)
            if product.mpn and _is_number(product.mpn):
                self._by_number[squashed(product.mpn)].append(product)
            of_mark[product.mark_id].append(product)
        for mark_id, products in of_mark.items():
            mark = watchlist.mark_by_id[mark_id]
            own = set().union(*(_words(text) for text in (mark.text, mark.brand or "", *mark.variants)))
            self._by_mark[mark_id] = _Line(products, own)

    def find(self, listing: Listing, mark_ids: Iterable[str]) -> tuple[Matched, ...]:
        """Return the products that the listing offers, the surest reason for each; none where a name fits several."""
        found: dict[str, Matched] = {}
        for product, how in self._candidates(listing, frozenset(mark_ids)):
            if product.product_id not in found:
                fit = pack_fit(listing, product, by_number=how in {"gtin", "mpn"})
                found[product.product_id] = Matched(product, how, fit)
        if any(one.fit.is_same_pack for one in found.values()):
            # A name that fits in another size only is another product where one fits in the stated size.
            return tuple(one for one in found.values() if one.fit.is_same_pack or one.how in {"gtin", "mpn"})
        return tuple(found.values())

    def _candidates(self, listing: Listing, mark_ids: frozenset[str]) -> Iterator[tuple[Product, How]]:
        if not self._by_mark:
            return
        if listing.gtin:
            yield from ((product, "gtin") for product in self._by_gtin.get(_gtin(listing.gtin), ()))
        if self._by_number and mark_ids:
            numbers = {squashed(listing.mpn)} if listing.mpn else set()
            numbers |= {number for number, _, _ in _numbers(listing.title)}
            for number in sorted(numbers & self._by_number.keys()):
                yield from ((one, "mpn") for one in self._by_number[number] if one.mark_id in mark_ids)
        for mark_id in sorted(mark_ids & self._by_mark.keys()):
            yield from self._by_mark[mark_id].find(listing, self._model)


class _Line:
    """The products of one mark, found by the words of their names."""

    def __init__(self, products: Sequence[Product], own: set[str]) -> None:
        self._own = own
        names = [frozenset(_words(product.name)) - own for product in products]
        counts: defaultdict[str, int] = defaultdict(int)
        for words in names:
            for word in words:
                counts[word] += 1
        common = {word for word, count in counts.items() if count > 2 and count > COMMON_SHARE * len(products)}
        self._named: list[_Named] = []
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        for product, words in zip(products, names, strict=True):
            weights = {word: _weight(word) * (COMMON_FACTOR if word in common else 1.0) for word in sorted(words)}
            for word in weights:
                if word not in common or len(words) == len(words & common):
                    self._places[word].append(len(self._named))
            spelt = {
                word: frozenset(WORD.findall(fold_plain(product.name[start:end]).text))
                for word, start, end in named_words(product.name)
                if word in weights and word.startswith(GOODS)
            }
            self._named.append(_Named(product, weights, fsum(weights.values()), spelt))
        self._texts: dict[str, OfferText] = {}
        self._runs = [word for word in self._places if UNSPACED.search(word)]

    def find(self, listing: Listing, model: PairModel | None) -> Iterator[tuple[Product, How]]:
        title = named_words(listing.title)
        # The words inside a name of goods count as well: a list may say only a part of it.
        said = frozenset(word for word, _, _ in title) | frozenset(WORD.findall(fold_plain(listing.title).text))
        joined = "".join(word for word, _, _ in title)
        counted: defaultdict[int, float] = defaultdict(float)
        for word in (*said & self._places.keys(), *(run for run in self._runs if run not in said and run in joined)):
            for place in self._places[word]:
                counted[place] += self._named[place].weights[word]
        ranked = sorted(counted, key=lambda place: (-counted[place], place))[:MOST_CANDIDATES]
        shares = sorted(
            ((self._named[place].share(said, joined), place) for place in ranked), key=lambda one: (-one[0], one[1])
        )
        whole = [self._named[place] for share, place in shares if share > 1 - 1e-9]
        whole = [one for one in whole if len(one.weights) >= FEWEST_WORDS and not _is_other_member(title, one.weights)]
        if whole:
            yield from ((one.product, "name") for one in _of_longest_name(_of_stated_pack(listing, whole)))
            return
        yield from self._nearly(listing, shares, title, said, joined, model)

    def _nearly(
        self,
        listing: Listing,
        shares: Sequence[tuple[float, int]],
        title: Sequence[tuple[str, int, int]],
        said: frozenset[str],
        joined: str,
        model: PairModel | None,
    ) -> Iterator[tuple[Product, How]]:
        """Yield the product that the title names in other words, where no other of the line comes near it."""
        possible = [self._named[place] for share, place in shares if share >= POSSIBLE]
        possible = [
            one
            for one in possible[:MOST_COMPARED]
            if not _is_other_member(title, one.weights) and not self._contradicts(title, one, said, joined)
        ]
        if not possible:
            return
        best = shares[0][0]
        near = [self._named[place] for share, place in shares if share > best - AHEAD]
        near = _of_stated_pack(listing, near)
        is_alone = len({frozenset(one.weights) for one in near}) == 1
        if best >= ENOUGH and is_alone and near[0] in possible and not _lacks_a_telling_word(near[0], said, joined):
            yield from ((other.product, "most_words") for other in near)
            return
        offer = OfferText(listing.title, listing.category)
        margins = sorted(
            ((judge_pair(offer, self._text_of(one)).margin, number) for number, one in enumerate(possible)),
            reverse=True,
        )
        margin, chosen = margins[0]
        if len(margins) > 1 and margins[1][0] > margin - CLEARLY:
            return
        product = possible[chosen].product
        if margin >= SURE:
            yield product, "alike"
        elif margin > 0 and model is not None and model.margin(listing.title, product.name) > 0:
            yield product, "model"

    def _contradicts(
        self, title: Sequence[tuple[str, int, int]], named: _Named, said: frozenset[str], joined: str
    ) -> bool:
        """Say whether title and name each have a name or number that the other lacks: Clear White is not Tone Up."""
        lacking = [word for word in named.missing(said, joined) if _is_telling(word)]
        others = [
            word for word, _, _ in title if _is_telling(word) and word not in named.weights and word not in self._own
        ]
        lacking = [word for word in lacking if not any(fuzz.ratio(word, other) >= SPELT_ALIKE for other in others)]
        return bool(lacking and others)

    def _text_of(self, named: _Named) -> OfferText:
        found = self._texts.get(named.product.product_id)
        if found is None:
            found = self._texts[named.product.product_id] = OfferText(named.product.name)
        return found


def _lacks_a_telling_word(named: _Named, said: frozenset[str], joined: str) -> bool:
    """Say whether a name, a number, or the one word for the goods is missing: then it may be another of the line."""
    missing = named.missing(said, joined)
    if any(named.weights[word] >= NAME_WEIGHT * COMMON_FACTOR for word in missing):
        return True
    goods = {word for word in said if word.startswith(GOODS)}
    return any(word.startswith(GOODS) for word in missing) and not (goods and goods <= named.weights.keys())


def _of_stated_pack(listing: Listing, fitting: Sequence[_Named]) -> list[_Named]:
    """Return the products of the size that the title states, all where it fits none: a line is sold in several."""
    if len(fitting) < 2:
        return list(fitting)
    return [one for one in fitting if pack_fit(listing, one.product, by_number=False).is_same_pack] or list(fitting)


def _of_longest_name(fitting: Sequence[_Named]) -> list[_Named]:
    longest = max(one.total for one in fitting)
    return [one for one in fitting if one.total > longest - 1e-9]


def _is_other_member(title: Sequence[tuple[str, int, int]], weights: Mapping[str, float]) -> bool:
    """Say whether the title names another member of the line: a Pro, Plus or Mini right after a word of the name."""
    ordered = sorted(title, key=lambda one: one[1])
    return any(
        word in MEMBERS and word not in weights and before in weights
        for (before, _, _), (word, _, _) in pairwise(ordered)
    )


def _is_telling(word: str) -> bool:
    return len(word) > 1 and not word.startswith(GOODS) and _weight(word) >= NAME_WEIGHT


def _weight(word: str) -> float:
    if word.startswith(GOODS):
        return GOODS_WEIGHT
    if word in PRAISE or word.startswith("spf"):
        return PRAISE_WEIGHT
    if any(map(str.isdigit, word)):
        return NUMBER_WEIGHT
    return WORD_WEIGHT if SYLLABLE.match(word) else NAME_WEIGHT


def _words(text: str) -> list[str]:
    return [word for word, _, _ in named_words(text)]


def seen_in_title(listing: Listing, product: Product, how: How) -> tuple[Span, ...]:
    """Return the places of the title that name the product: its words, or its part number; none for a GTIN."""
    if how == "gtin":
        return ()
    if how == "mpn" and product.mpn:
        wanted = {squashed(product.mpn)}
        places = [(start, end) for number, start, end in _numbers(listing.title) if number in wanted]
    else:
        named = frozenset(_words(product.name))
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
