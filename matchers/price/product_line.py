"""The products of one mark, found by the words of their names, and by titles that say them in other words."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import fsum
from typing import Literal, Protocol

from rapidfuzz import fuzz

from matchers.price.goods_terms import GOODS, UNSPACED, WORD, named_words
from matchers.price.offer_relation import judge_pair
from matchers.price.offer_text import OfferText
from matchers.price.offer_words import PRAISE, SUFFIXES, SYLLABLE
from matchers.price.pack_fit import pack_fit
from matchers.text.fold import fold_plain
from records.listing import Listing
from records.watchlist import Product

How = Literal["gtin", "mpn", "name", "most_words", "alike", "model"]
# How telling a word of a product name is, by what it is.
NUMBER_WEIGHT, NAME_WEIGHT, WORD_WEIGHT, GOODS_WEIGHT, PRAISE_WEIGHT = 3.0, 2.0, 1.0, 0.6, 0.1
# A word that most products of the mark bear tells little.
COMMON_SHARE, COMMON_FACTOR = 0.6, 0.5
ENOUGH = 0.8
"""Share of the name's weight that the title must say where it does not say every word."""
POSSIBLE = 0.2
"""Share from which title and name are compared as two offers are."""
MOST_COMPARED = 5
SURE = 0.5
"""Margin of `same`, with what the share of the name adds, from which a title of the mark is taken for the product."""
SAID_WORTH = 2.0
"""What the whole name said is worth in margin, against none of it."""
LEANING = 0.0
"""From here to sure, a learned matcher decides where there is one."""
CONTRADICTION = 0.7
"""How much surer it must be where title and name each have a name or number that the other lacks."""
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


class ProductLine:
    """Finds products among those of one mark."""

    def __init__(self, products: Sequence[Product], own: set[str]) -> None:
        self._own = own
        names = [frozenset(words_of(product.name)) - own for product in products]
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
        """Yield the products that a title offers, with how that was seen."""
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
        best = shares[0][0] if shares else 0.0
        near = _of_stated_pack(listing, [self._named[place] for share, place in shares if share > best - AHEAD])
        is_alone = len({frozenset(one.weights) for one in near}) == 1
        if (
            best >= ENOUGH
            and is_alone
            and not _is_other_member(title, near[0].weights)
            and not _are_other_goods(title, near[0].weights)
            and not self._contradicts(title, near[0], said, joined)
            and not _lacks_a_telling_word(near[0], said, joined)
        ):
            yield from ((other.product, "most_words") for other in near)
            return
        offer = OfferText(listing.title, listing.category)
        likely = self._likely(listing, shares, title)
        judged = sorted(
            (
                (judge_pair(offer, self._text_of(self._named[place])).margin + SAID_WORTH * (share - 0.5), place)
                for share, place in likely
            ),
            reverse=True,
        )
        if not judged or (len(judged) > 1 and judged[1][0] > judged[0][0] - CLEARLY):
            return
        margin, place = judged[0]
        one = self._named[place]
        if margin >= SURE + CONTRADICTION * self._contradicts(title, one, said, joined):
            yield one.product, "alike"
        elif margin > LEANING and model is not None and model.margin(listing.title, one.product.name) > 0:
            yield one.product, "model"

    def _likely(
        self, listing: Listing, shares: Sequence[tuple[float, int]], title: Sequence[tuple[str, int, int]]
    ) -> list[tuple[float, int]]:
        """Return the products worth comparing; those that the stated pack rules out only where it rules out all."""
        possible = [
            (share, place)
            for share, place in shares[:MOST_COMPARED]
            if share >= POSSIBLE
            and not _is_other_member(title, self._named[place].weights)
            and not _are_other_goods(title, self._named[place].weights)
        ]
        fits = [pack_fit(listing, self._named[place].product, by_number=False) for _, place in possible]
        for rank in ((fit.is_same_pack for fit in fits), (fit.pack is not None for fit in fits)):
            if chosen := [one for one, is_chosen in zip(possible, rank, strict=True) if is_chosen]:
                return chosen
        return possible

    def _contradicts(
        self, title: Sequence[tuple[str, int, int]], named: _Named, said: frozenset[str], joined: str
    ) -> bool:
        """Say whether title and name each have a name, number or kind of goods that the other lacks.

        Clear White is not Tone Up, an essence no milk.
        """
        missing = named.missing(said, joined)
        others = [word for word, _, _ in title if word not in named.weights and word not in self._own]
        if any(word.startswith(GOODS) for word in missing) and any(word.startswith(GOODS) for word in others):
            return True
        telling = [word for word in others if _is_telling(word)]
        lacking = [word for word in missing if _is_telling(word)]
        lacking = [word for word in lacking if not any(fuzz.ratio(word, other) >= SPELT_ALIKE for other in telling)]
        return bool(lacking and telling)

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


def _are_other_goods(title: Sequence[tuple[str, int, int]], weights: Mapping[str, float]) -> bool:
    """Say whether title and name name their goods, and none the same: a cream is no cleanser."""
    offered = {word for word, _, _ in title if word.startswith(GOODS)}
    named = {word for word in weights if word.startswith(GOODS)}
    return bool(offered and named and not offered & named)


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


def words_of(text: str) -> list[str]:
    """Return the words of a name or title, names of goods as one word each."""
    return [word for word, _, _ in named_words(text)]
