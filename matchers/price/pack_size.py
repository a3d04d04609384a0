"""How much one offer holds, from its title: unit amount, unit and count, or an honest unknown."""

import re
from dataclasses import dataclass
from decimal import Decimal

from matchers.text.fold import fold_accented
from records.watchlist import Product, Unit

_WORDS: tuple[tuple[Unit, int, str], ...] = (
    ("ml", 1, "ml ミリリットル"),
    ("ml", 10, "cl"),
    ("ml", 1000, "l lít lit litre"),
    ("g", 1, "g gr gram グラム"),
    ("g", 1000, "kg kí"),
    ("piece", 1, "viên miếng tablets capsules 粒 錠 枚"),
)
UNITS: dict[str, tuple[Unit, int]] = {word: (unit, factor) for unit, factor, words in _WORDS for word in words.split()}
AMOUNT = re.compile(rf"(?<![\w.,])(\d+(?:[.,]\d+)?)\s?({'|'.join(sorted(UNITS, key=len, reverse=True))})(?![a-zà-ỹ])")
# A number that says how many items are sold for the price.
COUNT = re.compile(
    r"(?<!\w)(?:combo|lốc|thùng|bộ|set|sét|hộp|pack\sof|lot\sof|bundle\sof)\s?(\d{1,3})"
    r"(?!\s?(?:in\s?1|trong|ml|g\b|kg|l\b|viên|miếng|[.,]\d|\d))"
    r"|(?<!\w)(\d{1,3})\s?(?:chai|lọ|tuýp|tuyp|hũ|lon|gói|cái|chiếc|hộp|bịch|túi|bottles?|pcs|packs?|pieces|本|個|袋|箱|缶|セット)(?!\w)"
    r"|(?<=[\dl g])\s?[x×*]\s?(\d{1,3})(?![\d.,]|\s?(?:cm|mm|m\b))"
    r"|(?<!\w)(\d{1,3})\s?[x×]\s?(?=\d+(?:[.,]\d+)?\s?(?:ml|g|gr|kg|l)\b)|(?<!\w)[x×](\d{1,2})(?!\w)"
)
# Offers that are not the plain product: another kind, or a choice whose price belongs to one unknown part of it.
NOT_PLAIN = re.compile(
    r"(?<!\w)(?:mẫu\sthử|dùng\sthử|tester|sample|mini(?:size)?|chiết|pass|2hand|secondhand|second\shand|cũ|used"
    r"|đã\squa\ssử\sdụng|refurbished|refill|túi\sthay\sthế|quà\stặng\skhông\sbán|vỏ|hộp\skhông"
    r"|tùy\schọn|nhiều\ssize|đủ\ssize)(?!\w)"
    r"|お試し|サンプル|中古|ミニ|詰め?替え?|リフィル|ジャンク|訳あり|小分け|テスター"
)


@dataclass(frozen=True, slots=True)
class PackSize:
    """What one offer holds. `unit` None means that no amount is stated."""

    unit_amount: Decimal | None
    unit: Unit | None
    count: int

    @property
    def total(self) -> Decimal | None:
        """Content of the whole offer in its unit."""
        return None if self.unit_amount is None else self.unit_amount * self.count

    def printed(self) -> str:
        """Return the pack in words, such as 2 × 60 ml."""
        if self.unit_amount is None or self.unit is None:
            return f"{self.count} piece"
        amount = f"{self.unit_amount.normalize():f} {self.unit}"
        return amount if self.count == 1 else f"{self.count} × {amount}"


def pack_of_title(title: str) -> PackSize | None:
    """Return the pack that a title states; None where several amounts or counts leave it unsure."""
    text = fold_accented(title).text
    amounts = {
        (Decimal(number.replace(",", ".")) * UNITS[word][1], UNITS[word][0]) for number, word in AMOUNT.findall(text)
    }
    counts = {int(number) for groups in COUNT.findall(text) for number in groups if number}
    counts.discard(0)
    if len(amounts) > 1 or len(counts) > 1:
        return None
    count = counts.pop() if counts else 1
    if not amounts:
        return PackSize(None, None, count)
    amount, unit = amounts.pop()
    return PackSize(amount, unit, count)


def pack_of_product(product: Product) -> PackSize:
    """Return the pack of the owner's product."""
    return PackSize(product.unit_amount, product.unit, product.count)


def is_plain_offer(title: str) -> bool:
    """Say whether the title offers the product itself, new and full size, without a choice of packs."""
    return not NOT_PLAIN.search(fold_accented(title).text)
