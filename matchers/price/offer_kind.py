"""Of what kind an offer is: new, used, refurbished, sample, refill, or nothing that can be compared."""

import re
from dataclasses import dataclass
from functools import lru_cache

from matchers.price.pack_size import PackSize
from matchers.price.pack_words import REFILL, SAMPLE
from matchers.text.fold import fold_accented
from records.offers import OfferKind

# "used for" says what goods are good for; "used" before a dash, a bracket or the end says what they are.
USED = re.compile(
    r"(?<!\w)(?:cũ(?!\s?(?:chuyền|kỹ))|2hand|2nd\shand|secondhand|second\shand|đã\s(?:qua\s)?sử\sdụng|qua\ssử\sdụng|hàng\sbãi|pass\s(?:lại|đồ|nhanh)"
    r"|^pass|like\s?new|likenew|pre-?owned|pre-?loved|đồ\ssi|si\stuyển|(?:very\s)?good\scondition|còn\s(?:[5-9]\d)\s?%|used(?=\s?(?:[-,.)\]/|]|$|condition|like|once|twice|good)))(?!\w)"
    r"|^\W*used\s|中古|ジャンク|訳あり|使用済|美品|開封済|二手"
)
REFURBISHED = re.compile(
    r"(?<!\w)(?:refurbished|refurb|reconditioned|renewed|tân\strang|open\s?box|hàng\strưng\sbày|trưng\sbày|cpo)(?!\w)|整備済|リファービッシュ|展示品|再生品"
)
MINI = re.compile(r"(?<!\w)(?:mini|minisize|bản\sdùng\sthử|fullsize\schiết)(?!\w)|ミニ")
# What is not the product at all: its empty packaging, a part of its content in another vessel.
EMPTY = re.compile(
    r"(?<!\w)(?:vỏ\s(?:hộp|chai|lọ|bao)|^vỏ|hộp\s(?:không|rỗng|giấy)|chai\srỗng|lọ\srỗng|bao\sbì|empty\s(?:box|bottle)|tem\s(?:dán|nhãn|chống))(?!\w)|空箱|空瓶|空き箱"
)
DECANTED = re.compile(r"(?<!\w)(?:chiết(?!\s(?:xuất|suất|tách|từ))|decant|san\sra)(?!\w)|小分け")
OPEN_CHOICE = re.compile(
    r"(?<!\w)(?:tùy\schọn|tuỳ\schọn|nhiều\s(?:size|dung\stích|loại)|đủ\s(?:size|loại|dung\stích)|các\sloại|chọn\sloại)(?!\w)|選べる"
)
# Accessories and parts at the front of a title are what is sold; goods of their own (pin, sạc) are not among them.
ACCESSORY = re.compile(
    r"(?<!\w)(?:ốp(?:\slưng)?|bao\sda|bao\sđựng|túi\sđựng|kính\scường\slực|cường\slực|miếng\sdán|dán\s(?:màn|lưng)|dây\sđeo|phụ\skiện|phụ\stùng"
    r"|lõi\slọc|nắp|đế|giá\s(?:đỡ|treo|kẹp)|hộp\sđựng|kệ|đầu\sthay|miếng\sđệm|case|cover|charger\sfor|skin\sdán|quai|ron|linh\skiện)(?!\w)"
)
ACCESSORY_FRONT = 12
# A vessel or holder at the front that says what it is for.
HOLDER = re.compile(
    r"^\W*(?:túi|hộp|bao|ống|kệ|giá|khay|lọ|hũ|vali|balo|ví|đế|vỏ)\s(?:[^\W\d_]+\s){0,3}?(?:đựng|chứa|bảo\svệ|dùng\scho|cho|treo|gắn)\s"
    r"|^\W*(?:case|cover|holder|stand|pouch|strap|sleeve)\s(?:for|of)\s"
)
# Words of a marketplace's condition field.
CONDITIONS: tuple[tuple[re.Pattern[str], OfferKind], ...] = (
    (re.compile(r"refurb|renewed|recondition|tân trang|整備済|再生"), "refurbished"),
    (re.compile(r"used|pre-?owned|second|cũ|đã (?:qua )?sử dụng|中古|usado|bekas|like new|open"), "used"),
)
TITLE_WORDS: tuple[tuple[re.Pattern[str], OfferKind], ...] = (
    (REFURBISHED, "refurbished"),
    (USED, "used"),
    (REFILL, "refill"),
    (SAMPLE, "sample"),
    (MINI, "sample"),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """What kind of offer a title makes."""

    kind: OfferKind | None
    """None where it cannot be compared with a pack of the product."""
    because: str = ""
    """Why it cannot, or what tells the kind."""


@lru_cache(maxsize=512)
def kind_of(title: str, condition: str | None, pack: PackSize, name: str = "") -> Kind:
    """Return the kind of an offer of the product of that name; words that the name itself bears tell nothing.

    A product sold as mini, refill or sample is compared with offers that say so as well.
    """
    text = fold_accented(title).text
    named = fold_accented(name).text
    if pack.kind == "choice" or _says(OPEN_CHOICE, text, named):
        return Kind(None, "a choice of several packs")
    if pack.kind == "set_of_different_goods":
        return Kind(None, "different goods sold together")
    for pattern, because in ((EMPTY, "the packaging alone"), (DECANTED, "a part of a pack filled into another vessel")):
        if _says(pattern, text, named):
            return Kind(None, because)
    part = HOLDER.search(text) or ACCESSORY.search(text)
    if part and part.start() < ACCESSORY_FRONT and not (HOLDER.search(named) or ACCESSORY.search(named)):
        return Kind(None, f"a part or accessory: {part.group().strip()}")
    return _stated(fold_accented(condition or "").text) or _titled(text, named)


def _stated(condition: str) -> Kind | None:
    """Return the kind that the condition field states, where it is another than new."""
    return next((Kind(kind, condition) for pattern, kind in CONDITIONS if pattern.search(condition)), None)


def _titled(text: str, named: str) -> Kind:
    """Return the kind that words of the title tell."""
    for pattern, kind in TITLE_WORDS:
        found = pattern.search(text)
        if found and not pattern.search(named):
            return Kind(kind, found.group().strip())
    return Kind("new")


def _says(pattern: re.Pattern[str], text: str, named: str) -> bool:
    return pattern.search(text) is not None and pattern.search(named) is None
