"""The goods of the sample market: rows written by hand, unfolded into the offers that its sellers make.

Every mark, owner, product, seller and text is invented; a likeness to real ones is chance.
"""

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MARKET_FOLDER = Path(__file__).resolve().parent / "market"
WATCHLIST_FOLDER = MARKET_FOLDER.parent / "watchlist"

# Topic (file of goods) -> the searches that find all of its goods, and its category as the markets name it.
SEARCHES: dict[str, tuple[str, ...]] = {
    "cosmetics": ("mỹ phẩm nhật bản",),
    "fashion": ("giày và đồ thể thao nhật",),
    "electronics": ("đồng hồ tai nghe nhật",),
    "household": ("đồ gia dụng nhật",),
}
CATEGORIES: dict[str, tuple[str, str]] = {
    "cosmetics": ("Làm Đẹp - Sức Khỏe", "Mỹ phẩm"),
    "fashion": ("Thời Trang - Thể Thao", "Giày dép và trang phục"),
    "electronics": ("Điện Tử - Đồng Hồ", "Đồng hồ và phụ kiện số"),
    "household": ("Nhà Cửa - Đời Sống", "Đồ dùng gia đình"),
}

# What each row was written to be. Only these speak against the offer; all others must stay out of the queue.
OFFENDING: dict[str, str] = {
    "disguised": "the mark is spelt so that a search for it fails",
    "imitation": "the words admit an imitation",
    "cheap": "the price is under the owner's minimum",
}
INNOCENT: dict[str, str] = {
    "authorised": "a seller whom the owner allows",
    "genuine": "an honest trader of the mark's goods",
    "pack": "several items, so the price of one is not the printed one",
    "accessory": "goods that only fit the mark's goods",
    "homonym": "the same letters mean something else",
    "label": "labels and books against fakes",
    "trap": "words that look like imitation words",
    "no_price": "no price is stated",
    "japanese": "titles in Japanese, of every kind",
    "english": "titles in English, of every kind",
    "other": "goods of no mark of the list",
}

# Length of the ids that the markets give.
ID_DIGITS: dict[str, int] = {"tiki_vn": 9, "shopee_vn": 11, "shop": 5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """One invented seller of a sample market."""

    code: str
    """Short name in the goods' `offers` column."""
    market: str
    """Spider name of the market."""
    seller_id: str
    """The market's id; empty for the web shop itself."""
    name: str
    """Name as printed."""
    official: bool
    """Whether the market labels it official."""
    location: str
    """Place as printed; may be empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """One hand-written row: what is offered, by whom, and what it was written to be."""

    goods_id: str
    """Identifies the row."""
    topic: str
    """File it stands in."""
    intent: str
    """Key of OFFENDING or INNOCENT."""
    title: str
    """Title as printed, before the option."""
    options: tuple[str, ...]
    """Shades, sizes and the like; each is an offer of its own."""
    price: int | None
    """VND; None where no price is stated."""
    struck: int | None
    """Struck-through price in VND."""
    offers: tuple[str, ...]
    """Codes of the sellers that offer it."""
    brand: str
    """The market's brand field; may be empty."""
    product_id: str
    """The watch list's product that it is; empty where it is none."""
    description: str
    """Description as printed; may be empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """One offer of the sample market: one seller, one option, one price."""

    listing_id: str
    """The market's id of the offer."""
    title: str
    """Title with its option."""
    price: int | None
    """VND; None where no price is stated."""
    struck: int | None
    """Struck-through price in VND."""
    shop: Shop
    """Who offers it."""
    goods: Goods
    """What is offered."""

    @property
    def market(self) -> str:
        """Spider name of its market."""
        return self.shop.market

    @property
    def number(self) -> int:
        """A number that is always the same for this offer, for counts, ratings and dates that only fill a page."""
        return int.from_bytes(hashlib.sha256(f"{self.market}/{self.listing_id}".encode()).digest()[:4], "big")

    @property
    def image(self) -> str:
        """Name of its picture: 32 hexadecimal digits."""
        return hashlib.sha256(f"image/{self.goods.goods_id}".encode()).hexdigest()[:32]


def read_table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a tab-separated table with a header line; nothing in it is quoted."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@cache
def load_shops() -> Mapping[str, Shop]:
    """Return the sellers by code."""
    return {
        row["code"]: Shop(
            code=row["code"],
            market=row["market"],
            seller_id=row["seller_id"],
            name=row["name"],
            official=row["official"] == "yes",
            location=row["location"],
        )
        for row in read_table(MARKET_FOLDER / "sellers.tsv")
    }


@cache
def load_goods() -> tuple[Goods, ...]:
    """Return every hand-written row, topic by topic."""
    return tuple(
        Goods(
            goods_id=row["goods_id"],
            topic=topic,
            intent=row["intent"],
            title=row["title"],
            options=tuple(row["options"].split(";")) if row["options"] else (),
            price=int(row["price"]) if row["price"] else None,
            struck=int(row["struck"]) if row["struck"] else None,
            offers=tuple(row["offers"].split()),
            brand=row["brand"],
            product_id=row["product"],
            description=row["description"],
        )
        for topic in SEARCHES
        for row in read_table(MARKET_FOLDER / f"{topic}.tsv")
    )


@cache
def load_offers() -> tuple[Offered, ...]:
    """Return every offer, sellers mixed as a search would mix them; ids never depend on the order of the rows."""
    offers = [
        _offered(goods, load_shops()[code], option)
        for goods in load_goods()
        for code in goods.offers
        for option in goods.options or ("",)
    ]
    return tuple(sorted(offers, key=lambda offer: offer.number))


@cache
def load_gtins() -> Mapping[str, str]:
    """Return the GTIN of every product of the sample watch list."""
    with (WATCHLIST_FOLDER / "products.csv").open(encoding="utf-8", newline="") as lines:
        return {row["product_id"]: row["gtin"] for row in csv.DictReader(lines)}


def _offered(goods: Goods, shop: Shop, option: str) -> Offered:
    name = f"{shop.market}/{goods.goods_id}/{shop.code}/{option}"
    digest = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
    first = 10 ** (ID_DIGITS[shop.market] - 1)
    # Sellers of the same goods differ a little, always upwards, so that no honest price falls under a minimum.
    price = None if goods.price is None else goods.price + digest % 4 * goods.price // 100 // 1_000 * 1_000
    return Offered(
        listing_id=str(first + digest % (8 * first)),
        title=f"{goods.title} {option}" if option else goods.title,
        price=price,
        struck=goods.struck,
        shop=shop,
        goods=goods,
    )
