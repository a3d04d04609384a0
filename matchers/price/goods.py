"""What kind of goods a title names, as far as its pack size depends on it."""

import re
from collections.abc import Sequence
from functools import cache

from matchers.price.goods_words import CONSUMABLE_CATEGORIES, GOODS, JAPANESE, GoodsClass
from matchers.text.fold import fold_plain

Named = tuple[int, GoodsClass, int]
WORD = re.compile(r"[^\W_]+")
KANA = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
# After these a title speaks of something else than the goods: what it suits, what comes with it.
ELSEWHERE = frozenset({"cho", "tặng", "kèm", "của", "for", "trong", "bằng", "từ", "khi", "đựng", "không", "vào", "làm"})
# A vessel beside a number holds the goods (túi 400g, 2 túi) and does not name them.
VESSELS = frozenset({"túi", "bình", "ly", "cốc", "tô", "cặp", "bát", "chén", "tui", "binh", "coc", "cap"})

# After a vessel these say that it fills another one up: túi refill, túi thay thế.
REFILLING = frozenset({"refill", "thay", "nạp"})


@cache
def _unaccented() -> dict[str, GoodsClass]:
    """Return the phrases as titles without accents write them; where two fold alike, the first stays."""
    table: dict[str, GoodsClass] = {}
    for phrase, goods in GOODS.items():
        table.setdefault(fold_plain(phrase).text, goods)
    return table


@cache
def _beginnings(*, unaccented: bool = False) -> dict[str, int]:
    """Return the first word of every phrase with the words of its longest."""
    longest: dict[str, int] = {}
    for phrase in _unaccented() if unaccented else GOODS:
        words = phrase.split()
        longest[words[0]] = max(len(words), longest.get(words[0], 0))
    return longest


def goods_named(text: str) -> tuple[Named, ...]:
    """Return every phrase of goods in a folded text: where it begins, its class, its words; in order, no overlap."""
    table, begins = (_unaccented(), _beginnings(unaccented=True)) if text.isascii() else (GOODS, _beginnings())
    words = [(found.start(), found.group()) for found in WORD.finditer(text)]
    named: list[Named] = []
    index = 0
    while index < len(words):
        longest = min(begins.get(words[index][1], 0), len(words) - index)
        for length in range(longest, 0, -1):
            phrase = words[index][1] if length == 1 else " ".join(word for _, word in words[index : index + length])
            goods = table.get(phrase)
            if goods is not None:
                follows = words[index + length][1] if index + length < len(words) else ""
                before = words[index - 1][1] if index else ""
                holds = phrase in VESSELS and (follows[:1].isdigit() or before.isdigit() or follows in REFILLING)
                if not holds and before not in ELSEWHERE:
                    named.append((words[index][0], goods, length))
                index += length
                break
        else:
            index += 1
    return tuple(named)


def goods_of(text: str, named: Sequence[Named], category: tuple[str, ...]) -> GoodsClass | None:
    """Return the class of the goods that a folded title offers; None where neither title nor category tells."""
    if named:
        return named[0][1]
    if KANA.search(text):
        last = max(
            ((text.rfind(word), len(word), goods) for word, goods in JAPANESE.items() if word in text), default=None
        )
        if last is not None:
            return last[2]
    return _of_category(category)


@cache
def _of_category(category: tuple[str, ...]) -> GoodsClass | None:
    folded = " ".join(fold_plain(name).text.replace("-", " ") for name in category)
    return "consumable" if any(word in folded for word in CONSUMABLE_CATEGORIES) else None
