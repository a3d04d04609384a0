"""One offer prepared for comparison with others: its words, names, models, measures, colours, pack and price."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from matchers.price.offer_words import (
    COLOURS,
    MEASURED,
    NO_MODEL,
    PART,
    PART_FRONT,
    PRAISE,
    SAME_UNIT,
    SERVICE,
    SHORT_MEMORY,
    SUFFIXES,
    SYLLABLE,
)
from matchers.price.pack_size import PackSize, read_pack
from matchers.price.product_words import is_model, joined
from matchers.text.fold import fold_accented, fold_plain

WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W_]+")
# Words found joined in the other title count as said there from this length on.
SHORTEST_JOINED = 4
SHORTEST_JOINED_MODEL = 4
# How telling a word is, by what it is.
MODEL_WEIGHT, NAME_WEIGHT, NUMBER_WEIGHT, WORD_WEIGHT, COLOUR_WEIGHT = 3.0, 2.2, 1.2, 1.0, 0.5


@dataclass(frozen=True)
class OfferText:
    """What an offer says about its product; prices are the ends of its price range in one currency."""

    title: str
    category: tuple[str, ...] = ()
    low: Decimal | None = None
    high: Decimal | None = None

    @cached_property
    def text(self) -> str:
        """The folded title without brackets that speak of delivery."""
        return " ".join(SERVICE.sub(" ", fold_accented(self.title).text).split())

    @cached_property
    def words(self) -> tuple[str, ...]:
        """All words in order."""
        return tuple(WORD.findall(self.text))

    @cached_property
    def telling(self) -> tuple[str, ...]:
        """The words that are not praise, in order."""
        return tuple(word for word in self.words if word not in PRAISE)

    @cached_property
    def set(self) -> frozenset[str]:
        """The telling words."""
        return frozenset(self.telling)

    @cached_property
    def joined(self) -> str:
        """All words without anything between."""
        return "".join(self.words)

    @cached_property
    def names(self) -> frozenset[str]:
        """Words that are no Vietnamese syllables: brands, lines, foreign words."""
        return frozenset(
            word
            for word in self.set
            if len(word) > 1 and word.isalpha() and word not in SUFFIXES and not SYLLABLE.match(fold_plain(word).text)
        )

    @cached_property
    def models(self) -> frozenset[str]:
        """Model numbers, however they are hyphenated."""
        return frozenset(self._models())

    def _models(self) -> Iterator[str]:
        yield from (word for word in self.set if is_model(word) and not NO_MODEL.match(word))
        for one, other in zip(self.words, self.words[1:], strict=False):
            # AR 36 is AR-36.
            if one.isascii() and one.isalpha() and len(one) <= 4 and other.isdigit() and 2 <= len(other) <= 5:
                yield one + other
        for whole in map(joined, self.text.split()):
            if len(whole) >= SHORTEST_JOINED_MODEL and is_model(whole) and not NO_MODEL.match(whole):
                yield whole

    @cached_property
    def measures(self) -> dict[str, frozenset[str]]:
        """Numbers by their unit."""
        found: dict[str, set[str]] = {}
        for one in MEASURED.finditer(self.text):
            unit = SAME_UNIT.get(one["unit"], one["unit"])
            found.setdefault(unit, set()).add(one["number"].replace(",", "."))
        return {unit: frozenset(numbers) for unit, numbers in found.items()}

    @cached_property
    def memory(self) -> frozenset[str]:
        """Memory and storage sizes in GB."""
        short = {word[:-1] for word in self.words if SHORT_MEMORY.match(word)} if "g" not in self.measures else set()
        return self.measures.get("gb", frozenset()) | short

    @cached_property
    def colours(self) -> frozenset[str]:
        """Colour words."""
        return self.set & COLOURS

    @cached_property
    def pack(self) -> PackSize:
        """The pack that the title states."""
        return read_pack(self.title, self.category)

    @cached_property
    def part(self) -> str:
        """The part or accessory named at the front, or nothing."""
        found = PART.search(self.text)
        return found.group() if found and found.start() < PART_FRONT else ""

    def says(self, word: str) -> bool:
        """Say whether the title has the word, perhaps joined to others."""
        return word in self.set or (len(word) >= SHORTEST_JOINED and word in self.joined)

    def weight(self, word: str) -> float:
        """Return how telling a word of this title is."""
        if word in self.models:
            return MODEL_WEIGHT
        if word in self.names:
            return NAME_WEIGHT
        if word[0].isdigit():
            return NUMBER_WEIGHT
        return COLOUR_WEIGHT if word in COLOURS else WORD_WEIGHT

    def gap(self, other: "OfferText") -> float:
        """Return the logarithm of how far the price ranges lie apart; 0 where they meet or one is unknown."""
        if self.low is None or other.low is None:
            return 0.0
        above = max(self.low, other.low)
        below = min(self.high or self.low, other.high or other.low)
        return math.log(above / below) if above > below else 0.0
