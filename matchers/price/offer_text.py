"""One offer prepared for comparison with others: its words, names, models, measures, colours, pack and price."""

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import pairwise

from matchers.price.goods_terms import terms_in
from matchers.price.offer_codes import Codes, codes_of
from matchers.price.offer_words import (
    CLOTHES,
    COLOURS,
    GENERIC_NAMES,
    HAS_MEMORY,
    MEASURED,
    NO_SHADE,
    PART,
    PART_FRONT,
    PRAISE,
    SAME_UNIT,
    SERVICE,
    SHORT_MEMORY,
    SIZED,
    SUFFIXES,
    SYLLABLE,
    TIERS,
    VALUE,
)
from matchers.price.pack_size import PackSize, read_pack
from matchers.text.fold import fold_accented, fold_plain

WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W_]+")
# Words found joined in the other title count as said there from this length on.
SHORTEST_JOINED = 4
EDITION = re.compile(
    r"(?<!\w)(?P<name>[^\W\d_]{3,})\s(?P<number>[1-9]\d?|i{1,3}|iv|v)(?![\w./+-]|,\d|\s?(?:cái|chiếc|hộp|chai|gói|túi|ml|gr?|kg|cm|mm|m|inch|"
    r"màu|trong|in|tháng|năm|lít|viên|miếng|lớp|ngăn|cổng|đầu|lưỡi|sim|x|\d)(?!\w))"
)
FLAVOUR = re.compile(
    r"(?<!\w)(?<!lưu\s)(?<!khử\s)(?:vị|hương(?!\stự\snhiên)|mùi(?!\stự\snhiên))\s(?!thơm|vị|trái|cực|hương|lâu|hôi|khó)(?P<what>[^\W\d_]+\s[^\W\d_]+|[^\W\d_]+)"
)
ARTICLE = re.compile(r"\s-\s(?P<number>\d{5})\s*$")
SHADE = re.compile(
    r"(?<!\w)(?<!bền\s)(?<!giữ\s)(?<!lên\s)(?<!phai\s)(?<!nhiều\s)(?<!\d\s)(?<!đủ\s)(?<!phối\s)màu\s(?P<shade>[^\W\d_]+)"
)
MOTIF = re.compile(
    r"(?<!\w)(?:mẫu|họa\stiết|hoạ\stiết|in\shình|hình|in\schữ|chủ\sđề|bản|nhân\svật)\s(?!mới|hot|2\d|thật|đẹp|số|lựa|mã|tùy|đa|ngẫu)"
    r"(?P<what>[^\W\d_]+\s[^\W\d_]+|[^\W\d_]+)"
)
# The tone of oa, oe, uy is written on either letter.
_TONES = "òaoà óaoá ỏaoả õaoã ọaoạ òeoè óeoé ỏeoẻ õeoẽ ọeoẹ ùyuỳ úyuý ủyuỷ ũyuỹ ụyuỵ"
TONE_PLACED = {pair[2:]: pair[:2] for pair in _TONES.split()}
TONE_PLACE = re.compile(rf"(?<!q)(?:{'|'.join(TONE_PLACED)})(?!\w)")
IN_SMALLER = {"kg": ("g", 1000), "l": ("ml", 1000), "m": ("cm", 100), "kw": ("w", 1000), "tb": ("gb", 1024)}
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
        text = ARTICLE.sub("", SERVICE.sub(" ", fold_accented(self.title).text))
        return " ".join(TONE_PLACE.sub(lambda found: TONE_PLACED[found.group()], text).split())

    @cached_property
    def article(self) -> str:
        """The article number a supermarket puts behind a title, or nothing."""
        found = ARTICLE.search(fold_accented(self.title).text)
        return found["number"] if found else ""

    @cached_property
    def named_goods(self) -> dict[str, frozenset[str]]:
        """Names of goods with the words they are printed in; one name in every language (máy lạnh is điều hòa)."""
        found: dict[str, set[str]] = {}
        for start, end, meaning in terms_in(self.text):
            found.setdefault(meaning, set()).update(WORD.findall(self.text[start:end]))
        return {name: frozenset(words) for name, words in found.items()}

    @cached_property
    def goods(self) -> frozenset[str]:
        """Names of goods."""
        return frozenset(self.named_goods)

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
    def codes(self) -> Codes:
        """Model and design codes."""
        return codes_of(self.text)

    @cached_property
    def brands(self) -> frozenset[str]:
        """Names that tell a brand or line: foreign words less those for goods and trade, and codes."""
        named = frozenset().union(*self.named_goods.values())
        return self.names - GENERIC_NAMES - named - COLOURS

    @cached_property
    def shades(self) -> frozenset[str]:
        """Colour words, and the word behind màu."""
        found = (one["shade"] for one in SHADE.finditer(self.text))
        return self.colours | frozenset(word for word in found if word not in NO_SHADE)

    @cached_property
    def sizes(self) -> frozenset[str]:
        """Sizes of clothes and shoes."""
        return frozenset(one["size"] or one["stated"] or one["last"] for one in SIZED.finditer(self.text))

    @cached_property
    def values(self) -> frozenset[str]:
        """Amounts of money that the goods are worth: cards, vouchers."""
        found = ((one["grouped"], one["short"]) for one in VALUE.finditer(self.text))
        return frozenset(
            f"{short}000" if short else "".join(char for char in grouped if char.isdigit()) for grouped, short in found
        )

    @cached_property
    def editions(self) -> dict[str, str]:
        """The number behind each name: Warfare 3, Buds 2; a name without one is not here."""
        found = EDITION.finditer(self.text)
        return {one["name"]: one["number"] for one in found if one["name"] in self.names}

    @cached_property
    def flavours(self) -> frozenset[str]:
        """The words behind vị, hương, mùi: the flavour or scent."""
        return frozenset(found["what"] for found in FLAVOUR.finditer(self.text))

    @cached_property
    def motifs(self) -> frozenset[str]:
        """The words behind mẫu, họa tiết, in hình: what is printed on the goods."""
        return frozenset(found["what"] for found in MOTIF.finditer(self.text))

    @cached_property
    def members(self) -> frozenset[str]:
        """Suffixes that tell members of a line apart: pro, plus, lite."""
        behind = self.names | SUFFIXES
        return frozenset(
            word
            for before, word in pairwise(self.words)
            if word in SUFFIXES and (before in behind or before[-1].isdigit() or before[0].isdigit())
        )

    @cached_property
    def tiers(self) -> frozenset[str]:
        """Words that tell the tiers of a line apart: premium, classic."""
        return self.set & TIERS

    @cached_property
    def measures(self) -> dict[str, frozenset[str]]:
        """Numbers by their unit."""
        found: dict[str, set[str]] = {}
        for one in MEASURED.finditer(self.text):
            unit = SAME_UNIT.get(one["unit"], one["unit"])
            unit, factor = IN_SMALLER.get(unit, (unit, 1))
            number = Decimal(one["number"].replace(",", ".")) * factor
            found.setdefault(unit, set()).add(f"{number.normalize():f}")
        return {unit: frozenset(numbers) for unit, numbers in found.items()}

    @cached_property
    def memory(self) -> frozenset[str]:
        """Memory and storage sizes in GB."""
        short = set(SHORT_MEMORY.findall(self.text)) if HAS_MEMORY.search(self.text) else set()
        return self.measures.get("gb", frozenset()) | short

    @cached_property
    def colours(self) -> frozenset[str]:
        """Colour words."""
        return self.set & COLOURS

    @cached_property
    def is_worn(self) -> bool:
        """Say whether it is clothing, shoes or a bag."""
        return bool(self.set & CLOTHES)

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
        if word in self.codes.every:
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
