"""One product text prepared once for many comparisons: its words, rare words, numbers and model numbers."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

WORD = re.compile(r"\d+(?:\.\d+)+|[^\W_]+")
NUMBER = re.compile(r"\d+(?:\.\d+)?$")
YEAR = re.compile(r"(?:19|20)\d\d$")
# A number torn from its point (v1 .2), and a possessive.
TORN_POINT = re.compile(r"(?<=\d)\s+\.(?=\d)")
POSSESSIVE = re.compile(r"(?<=\w)'s\b")
# Sizes and capacities that are written like model numbers and are none.
MEASURE = re.compile(r"\d+(?:gb|mb|tb|mm|inch|in|ft|w|x|hz|mah|ghz|mp|pk|pc|k|th|nd|rd|st|ml|g|kg|l|cm|m|v)$")
SHORTEST_MODEL = 3
SHORTEST_DIGITS = 4


@dataclass(frozen=True, kw_only=True, eq=False)
class ProductText:
    """What a source says about one product or offer, lower case, as far as matching needs it."""

    title: str
    """Name as printed, in lower case."""
    brand: str = ""
    """Brand or manufacturer field."""
    number: str = ""
    """Model or part number field, letters and digits only."""
    category: str = ""
    """Category name."""
    description: str = ""
    """Longer text."""
    log_price: float | None = None
    """Natural logarithm of the price in one currency; None where unknown. Prices themselves stay exact elsewhere."""

    @classmethod
    def cleaned(
        cls,
        *,
        title: str,
        brand: str = "",
        number: str = "",
        category: str = "",
        description: str = "",
        log_price: float | None = None,
    ) -> "ProductText":
        """Return the text with torn numbers mended."""
        return cls(
            title=_mended(title),
            brand=_mended(brand),
            number=joined(number),
            category=category.lower(),
            description=_mended(description),
            log_price=log_price,
        )

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The title's words in order."""
        return tuple(WORD.findall(self.title))

    @cached_property
    def all_words(self) -> frozenset[str]:
        """The words of title, brand, description and model number."""
        found = {*self.words, *WORD.findall(self.brand), *WORD.findall(self.description)}
        return frozenset(found | {self.number} if self.number else found)


def _mended(text: str) -> str:
    return POSSESSIVE.sub("s", TORN_POINT.sub(".", text.lower()))


def joined(text: str) -> str:
    """Return the letters and digits of a text without anything between."""
    return "".join(WORD.findall(text.lower()))


def is_model(word: str) -> bool:
    """Say whether a word looks like a model or part number."""
    if word.isalpha() or len(word) < SHORTEST_MODEL or not any(char.isdigit() for char in word):
        return False
    if len(word) < SHORTEST_DIGITS and word.isdigit():
        return False
    return not (YEAR.match(word) or MEASURE.match(word))


class Rarity:
    """How telling each word is: the logarithm of how few product texts have it."""

    def __init__(self, table: Mapping[str, float], unseen: float) -> None:
        self.table = table
        self.unseen = unseen

    @classmethod
    def counted(cls, texts: Iterable[ProductText]) -> "Rarity":
        """Return the rarity of the words of these texts."""
        counts: Counter[str] = Counter()
        number = 0
        for text in texts:
            number += 1
            counts.update(text.all_words)
        whole = math.log(max(number, 2))
        return cls({word: whole - math.log(count) for word, count in counts.items()}, whole)

    def of(self, word: str) -> float:
        """Return the rarity of one word; a word never seen is as rare as can be."""
        return self.table.get(word, self.unseen)


class Prepared:
    """A product text with everything that comparisons ask for, worked out once."""

    __slots__ = (
        "all_joined", "all_length", "all_total", "joined", "length", "models", "numbers", "pairs", "set", "sorted",
        "text", "total", "weight", "words", "years",
    )  # fmt: skip

    def __init__(self, text: ProductText, rarity: Rarity) -> None:
        self.text = text
        self.words = text.words
        self.set = frozenset(text.words)
        self.weight = {word: rarity.of(word) for word in text.all_words}
        self.total = math.fsum(self.weight[word] for word in self.set)
        self.length = math.sqrt(math.fsum(self.weight[word] ** 2 for word in self.set)) or 1.0
        self.all_total = math.fsum(self.weight.values())
        self.all_length = math.sqrt(math.fsum(weight * weight for weight in self.weight.values())) or 1.0
        self.numbers = frozenset(
            word.rstrip("0").rstrip(".") if "." in word else word for word in self.words if NUMBER.match(word)
        )
        self.years = frozenset(number for number in self.numbers if YEAR.match(number))
        self.models = frozenset(_models(text))
        self.joined = "".join(self.words)
        self.all_joined = f"{self.joined} {joined(text.description)} {text.number}"
        self.sorted = " ".join(sorted(self.set))
        self.pairs = frozenset(zip(self.words, self.words[1:], strict=False))


def _models(text: ProductText) -> set[str]:
    found = {word for word in text.words if is_model(word)}
    # kx-tg8231 is one number, however it is written.
    found |= {whole for whole in map(joined, text.title.split()) if is_model(whole)}
    if len(text.number) >= SHORTEST_MODEL:
        found.add(text.number)
    return found
