"""One offer prepared for comparison with others: its words, names, models, measures, colours, pack and price."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from matchers.price.goods_terms import MEANINGS, TERM
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
SHORTEST_STRONG = 5
MOST_STRONG = 3
# At least two digits and a letter, no long run of letters that makes a name.
STRONG = re.compile(
    r"(?=.*\d.*\d)(?=.*[a-z])(?!\d{1,3}[a-z]{4,}$)(?:[a-z]{0,4}\d+){1,5}[a-z]{0,4}|[a-z]{5,8}\d{3,}[a-z0-9]{0,4}"
)
HYPHENED = re.compile(r"(?=.*\d)[a-z]{2,4}-[a-z0-9]{3,8}(?:[-/][a-z0-9]{1,4})?")
# Processors, memory, screens, dates, dimensions: many products bear them.
SPECIFICATION = re.compile(
    r"i[3579]\w{0,7}|r[3579]\w{0,6}|g\d{4}t?|e[35]\w{4,6}|\d{4,5}[a-z]{1,2}|[gr]tx?\d{3,4}\w{0,5}|ddr\d\w*|ram\d.*|ssd\d.*|hdd\d.*|win\d+"
    r"|(?:date|hsd|nsx)\d+|\d+m?x\d+\w*|ps\d+\w*|\d+[kp]|full.*|usb\d.*|h\d{3}|vn\d+|hcm\d*|t\d{1,2}|\w*(?:sale|10\d|20[12]\d)"
)
YEAR = re.compile(r"(?:19|20)\d\d")
NOT_BEFORE_NUMBER = frozenset(
    {"date", "size", "hsd", "tet", "tu", "cho", "em", "be", "set", "gia", "cao", "dai", "ram", "ssd", "hdd"}
)
EDITION = re.compile(
    r"(?<!\w)(?P<name>[^\W\d_]{3,})\s(?P<number>[1-9]\d?|i{1,3}|iv|v)(?![\w.,/+-]|\s?(?:cái|chiếc|hộp|chai|gói|túi|ml|gr?|kg|cm|mm|m|inch|"
    r"màu|trong|in|tháng|năm|lít|viên|miếng|lớp|ngăn|cổng|đầu|lưỡi|sim|x|\d)(?!\w))"
)
FLAVOUR = re.compile(
    r"(?<!\w)(?<!lưu\s)(?<!khử\s)(?:vị|hương(?!\stự\snhiên)|mùi(?!\stự\snhiên))\s(?!thơm|vị|trái|cực|hương|lâu|hôi|khó)(?P<what>[^\W\d_]+\s[^\W\d_]+|[^\W\d_]+)"
)
MOTIF = re.compile(
    r"(?<!\w)(?:mẫu|họa\stiết|hoạ\stiết|in\shình|hình|in\schữ|chủ\sđề|bản|nhân\svật)\s(?!mới|hot|2\d|thật|đẹp|số)"
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
        text = SERVICE.sub(" ", fold_accented(self.title).text)
        return " ".join(TONE_PLACE.sub(lambda found: TONE_PLACED[found.group()], text).split())

    @cached_property
    def named_goods(self) -> dict[str, frozenset[str]]:
        """Names of goods with the words they are printed in; one name in every language (máy lạnh is điều hòa)."""
        found: dict[str, set[str]] = {}
        for one in TERM.finditer(self.text):
            found.setdefault(MEANINGS[one.group()], set()).update(WORD.findall(one.group()))
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
    def models(self) -> frozenset[str]:
        """Model numbers, however they are hyphenated."""
        return frozenset(self._models())

    def _models(self) -> Iterator[str]:
        yield from (word for word in self.set if is_model(word) and not NO_MODEL.match(word))
        for one, other in zip(self.words, self.words[1:], strict=False):
            # AR 36 is AR-36.
            is_letters = one.isascii() and one.isalpha() and len(one) <= 4 and one not in NOT_BEFORE_NUMBER
            if is_letters and other.isdigit() and 2 <= len(other) <= 5 and not YEAR.fullmatch(other):
                yield one + other
        for whole in map(joined, self.text.split()):
            if len(whole) >= SHORTEST_JOINED_MODEL and is_model(whole) and not NO_MODEL.match(whole):
                yield whole

    @cached_property
    def strong_models(self) -> frozenset[str]:
        """Model numbers that are hardly met by chance: printed in one, letters and digits, no size, date or processor.

        A title that lists many fits them all: none of them is its own.
        """
        wholes = ((printed, joined(printed)) for printed in self.text.split())
        found = frozenset(
            whole
            for printed, whole in wholes
            if len(whole) >= SHORTEST_STRONG
            and (STRONG.fullmatch(whole) or HYPHENED.fullmatch(printed))
            and not (NO_MODEL.match(whole) or SPECIFICATION.fullmatch(whole))
        )
        return found if len(found) <= MOST_STRONG else frozenset()

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
        return self.set & SUFFIXES

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
