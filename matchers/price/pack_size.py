"""How much one offer holds, from its title: unit amount, unit, count, gift and kind, or an honest unknown."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from matchers.price.goods import Named, goods_named, goods_of
from matchers.price.goods_terms import terms_in
from matchers.price.goods_words import GoodsClass
from matchers.price.pack_statements import Amount, Count, amounts_of, counts_of, product_of
from matchers.price.pack_words import (
    ADDED,
    ADDED_PIECES,
    AMOUNT,
    BUY_AND_GET,
    CHOICE_OF_COUNTS,
    DIFFERENT_GOODS,
    GIFT,
    NO_AMOUNT,
    NO_GIFT,
    PRICE_PER,
    REFILL,
    SAMPLE,
)
from matchers.text.fold import fold_accented
from records.watchlist import Product, Unit

Kind = Literal["full", "sample", "refill", "choice", "set_of_different_goods", "not_applicable"]
# Counters of goods that last.
KILOGRAMS = frozenset({"cân", "kg", "kí", "ký"})
SINGLE = frozenset({"cái", "chiếc", "đôi", "quả", "viên", "miếng", "cuộn"})
# What stands between two sizes to choose from.
LISTED = re.compile(r"\s?(?:/|,|\||hoặc)\s?")
LISTED_SURELY = 3
"""So many amounts side by side are sizes to choose from, whatever the counts beside them."""
PLUS = re.compile(r"\s[+＋]\s|(?<=[a-z\d])[+＋](?=[^\W\d])|(?<=\d(?:ml|gr))\svà\s")
AMOUNT_NEAR = 12
# What stands between the amounts of goods that are sold together.
JOINED = re.compile(r"[+&＋]|(?<!\w)(?:và|kèm|and|with)(?!\w)")
HAS_DIGIT = re.compile(r"\d")
# Between a good and what comes free with it: the gift ends where the next part of the title begins.
GIFT_END = re.compile(r"[)\],|\]+]|\s-\s|$")
# Offers that are not the plain product: opened, used, decanted, or the packaging alone.
NOT_PLAIN = re.compile(
    r"(?<!\w)(?:chiết|pass|2hand|secondhand|second\shand|cũ|used|đã\squa\ssử\sdụng|refurbished|vỏ|hộp\skhông|mini"
    r"|mẫu\sthử|tester|tùy\schọn|nhiều\ssize|đủ\ssize)(?!\w)|中古|ミニ|ジャンク|訳あり|小分け"
)


@dataclass(frozen=True, slots=True)
class PackSize:
    """What one offer holds. `unit` None means that no amount is stated."""

    unit_amount: Decimal | None
    unit: Unit | None
    count: int
    gift: bool = False
    kind: Kind = "full"

    @property
    def total(self) -> Decimal | None:
        """Content of the whole offer in its unit."""
        return None if self.unit_amount is None else self.unit_amount * self.count

    def printed(self) -> str:
        """Return the pack in words, such as 2 × 60 ml."""
        if self.unit_amount is None or self.unit is None or (self.unit == "piece" and self.unit_amount == 1):
            return f"{self.count} piece"
        amount = f"{self.unit_amount.normalize():f} {self.unit}"
        return amount if self.count == 1 else f"{self.count} × {amount}"


@lru_cache(maxsize=256)
def read_pack(title: str, category: tuple[str, ...] = ()) -> PackSize:
    """Return the pack that a title states; the category helps only where no word of the title names the goods.

    The last packs are remembered: index, comparison and signal ask for the same title in turn.
    """
    text = " ".join(fold_accented(title).text.split())
    text, added = _with_additions(text)
    text, gift = _without_gift(text)
    named = goods_named(text)
    goods = goods_of(text, named, category)
    gift = gift or added
    if not HAS_DIGIT.search(text):
        kind: Kind = "set_of_different_goods" if _is_set(text, goods, named) else _kind(text, goods, stated=False)
        return PackSize(None, None, 1, gift, kind)
    text = NO_AMOUNT.sub(lambda found: " " * len(found.group()), text)
    counts = counts_of(text, [start for start, _, length in named if length > 1])
    amounts = amounts_of(text)
    lasting = goods in {"durable", "vessel"}
    if goods == "vessel" and len({one.amount for one in amounts}) > 1:
        fixed = product_of(_bundles(counts))
        return PackSize(Decimal(1) if fixed > 1 else None, "piece" if fixed > 1 else None, fixed, gift, "choice")
    if lasting:
        amounts = ()
        counts = _single_goods(counts, text)
    if _is_choice(text, amounts, counts, lasting=lasting):
        return PackSize(None, None, 1, gift, "choice")
    if _is_set(text, goods, named):
        return PackSize(None, None, 1, gift, "set_of_different_goods")
    amount, unit, count = _content(text, amounts, counts, goods)
    return PackSize(amount, unit, count, gift, _kind(text, goods, stated=unit is not None or count > 1))


def _with_additions(text: str) -> tuple[str, bool]:
    """Write the sum where more of the same good is given on top: 350ml + 35ml tặng thêm."""
    text = ADDED_PIECES.sub(lambda found: str(int(found["first"]) + int(found["second"])), text)
    for found in ADDED.finditer(text):
        if found["word"] or found["after"]:
            first, second = (Decimal(found[name].replace(",", ".")) for name in ("first", "second"))
            return f"{text[: found.start()]}{first + second}{found['unit']}{text[found.end() :]}", True
    return text, False


def _without_gift(text: str) -> tuple[str, bool]:
    """Cut out what comes free, so that its numbers are not taken for the pack; say whether something does."""
    bought = BUY_AND_GET.search(text)
    if bought:
        text = f"{text[: bought.start()]} {text[bought.end() :]}"
    plain = NO_GIFT.sub(lambda found: " " * len(found.group()), text)
    found = GIFT.search(plain)
    if found is None:
        return text, bought is not None
    end = GIFT_END.search(text, found.end())
    return f"{text[: found.start()]} {text[end.start() if end else len(text) :]}", True


def _bundles(counts: Sequence[Count]) -> list[Count]:
    return [count for count in counts if count.kind in {"bundle", "times"}]


def _single_goods(counts: Sequence[Count], text: str) -> tuple[Count, ...]:
    """Return the counts that hold for goods that last: bundles and pieces, not the parts or packs they name."""
    return tuple(
        count
        for count in counts
        if count.kind == "bundle"
        or (count.kind == "piece" and (count.number > 1 or text[count.start - 1 : count.start] in {"(", "[", ""}))
        or (count.kind == "piece" and re.match(r"1\s?(?:đôi|cặp|chiếc|cái)(?!\w)", text[count.start :]))
        or (count.kind == "container" and re.search(r"(?:combo|set|bộ|lốc)\s?$", text[: count.start]))
    )


def _is_choice(text: str, amounts: Sequence[Amount], counts: Sequence[Count], *, lasting: bool) -> bool:
    """Say whether the buyer picks one of several packs."""
    several = CHOICE_OF_COUNTS.search(text)
    if several and (not lasting or several["counter"] in SINGLE):
        return True
    if any(
        len({one.amount for one in trio}) == LISTED_SURELY
        and all(LISTED.fullmatch(text[left.end : right.start]) for left, right in pairwise(trio))
        for trio in zip(amounts, amounts[1:], amounts[2:], strict=False)
    ):
        return True
    return any(
        _are_listed(text, _distinct([one for one in amounts if one.unit == unit], counts))
        for unit in dict.fromkeys(one.unit for one in amounts)
    )


def _are_listed(text: str, distinct: Sequence[Amount]) -> bool:
    """Say whether several amounts stand side by side to choose from, not joined to a set."""
    between = [text[left.end : right.start] for left, right in pairwise(distinct)]
    if any(LISTED.fullmatch(part) for part in between):
        return True
    return len(distinct) > 1 and not any(JOINED.search(part) for part in between)


def _distinct(amounts: Sequence[Amount], counts: Sequence[Count]) -> list[Amount]:
    """Return the amounts that differ, without those that only add up or restate another in its other unit."""
    distinct: list[Amount] = []
    numbers = {count.number for count in counts} | {product_of(counts)}
    for one in amounts:
        if any(one.amount == other.amount for other in distinct):
            continue
        if any(max(one.amount, other.amount) / min(one.amount, other.amount) in numbers - {1} for other in distinct):
            continue
        distinct.append(one)
    return distinct


def _is_set(text: str, goods: GoodsClass | None, named: Sequence[Named]) -> bool:
    """Say whether goods that differ in kind are sold together."""
    if DIFFERENT_GOODS.search(text) and not (goods == "durable" and _is_outfit(text)):
        return True
    if goods != "durable" and _joins_other_goods(text):
        return True
    for plus in re.finditer(r"\+|(?<!\w)(?:và|kèm)(?!\w)", text):
        if plus.group() != "+" and not re.match(r"\W*(?:combo|set|bộ)(?!\w)", text):
            continue
        after = [one for one in named if plus.end() <= one[0] <= plus.end() + 2]
        before = [one for one in named if one[0] < plus.start()]
        if after and before and after[0][1] == "durable" and _is_outfit(text):
            continue
        if after and before and text[before[-1][0] :][:6] != text[after[0][0] :][:6]:
            return True
    return False


def _joins_other_goods(text: str) -> bool:
    """Say whether a plus joins goods of another name, each with its amount: shampoo 400ml + conditioner 400ml."""
    for plus in PLUS.finditer(text):
        before, after = text[: plus.start()], text[plus.end() :]
        if not (AMOUNT.search(before[-AMOUNT_NEAR:]) and AMOUNT.search(after)):
            continue
        first, second = ({meaning for _, _, meaning in terms_in(part)} for part in (before, after))
        if first and second and not first & second:
            return True
    return False


def _is_outfit(text: str) -> bool:
    return re.search(r"(?<!\w)(?:áo|quần|váy|đầm|đồ|len|bộ\sđồ)(?!\w)", text) is not None


def _content(
    text: str, amounts: Sequence[Amount], counts: Sequence[Count], goods: GoodsClass | None
) -> tuple[Decimal | None, Unit | None, int]:
    """Return unit amount, unit and count."""
    if amounts:
        inner = min(amounts, key=lambda one: one.amount) if len({one.unit for one in amounts}) == 1 else amounts[0]
        per_piece = inner.unit == "ml" or "mặt nạ" in text or any(one.kind == "times" for one in counts)
        outer = [count for count in counts if count.kind != "piece" or per_piece]
        return inner.amount, inner.unit, product_of(outer)
    pieces = [count for count in counts if count.kind == "piece"]
    if pieces:
        inner_count = max(pieces, key=lambda count: count.number)
        others = [
            count
            for count in counts
            if count.number != inner_count.number and not _is_part_of(text, count, inner_count.number)
        ]
        return Decimal(inner_count.number), "piece", product_of(others)
    per = PRICE_PER.search(text)
    if per:
        return (Decimal(1000), "g", 1) if per["per"] in KILOGRAMS else (Decimal(1), "piece", 1)
    count = product_of(counts)
    is_bundle = any(one.kind == "bundle" for one in counts)
    if count > 1 and (goods in {"durable", "vessel"} or (is_bundle and goods != "consumable")):
        return Decimal(1), "piece", count
    return None, None, count


def _is_part_of(text: str, count: Count, total: int) -> bool:
    """Say whether a bracket only tells how the pieces are packed: hộp 40 viên (10 vỉ)."""
    return (
        count.kind == "container"
        and total % count.number == 0
        and text[: count.start].rstrip().endswith("(")
        and text[count.end :].lstrip().startswith(")")
    )


def _kind(text: str, goods: GoodsClass | None, *, stated: bool) -> Kind:
    if goods in {"consumable", "countable"} or (goods is None and stated):
        if REFILL.search(text):
            return "refill"
        return "sample" if SAMPLE.search(text) else "full"
    return "full" if stated else "not_applicable"


def pack_of_title(title: str, category: tuple[str, ...] = ()) -> PackSize | None:
    """Return the pack that a title states; None where it leaves a choice or sells different goods together."""
    pack = read_pack(title, category)
    return None if pack.kind in {"choice", "set_of_different_goods"} else pack


def pack_of_product(product: Product) -> PackSize:
    """Return the pack of the owner's product."""
    return PackSize(product.unit_amount, product.unit, product.count)


@lru_cache(maxsize=256)
def is_plain_offer(title: str) -> bool:
    """Say whether the title offers the product itself, new and full size, without a choice of packs."""
    text = fold_accented(title).text
    return not (NOT_PLAIN.search(text) or SAMPLE.search(text) or REFILL.search(text))
