"""The watch list and listings that the tests of this room are written against."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from records.lines import listing_from_line, product_from_row, seller_from_row
from records.listing import Listing
from records.watchlist import Mark, WatchList

AS_OF = date(2026, 11, 22)
_AMBIGUOUS = {"attack", "kate", "oxy", "jordan", "sharp", "citizen", "senka", "canon", "hermes"}
_TEXTS = (
    "Nike|Dior|Chanel|Gucci|Adidas|Asics|Mizuno|Casio|Sony|Shiseido|Hada Labo|SK-II|Bandai|Samsung|Lacoste|Anessa"
    "|Toshiba|iPhone|Louis Vuitton|Makita|Laurier|La Roche-Posay|YKK|Attack|Kate|Oxy|Jordan|Sharp|Citizen|Senka"
    "|Canon|Hermes"
)
_VARIANTS = {"shiseido": ("資生堂",), "sony": ("ソニー",), "sk-ii": ("sk ii", "skii")}

MARKS = tuple(
    Mark(
        mark_id=text.lower().replace(" ", "-"),
        text=text,
        variants=_VARIANTS.get(text.lower(), ()),
        ambiguous=text.lower() in _AMBIGUOUS,
    )
    for text in _TEXTS.split("|")
)


def watchlist(case: Mapping[str, Any] | None = None) -> WatchList:
    """Return the test marks with the products and permissions of a case."""
    case = case or {}
    return WatchList(
        marks=MARKS,
        products=tuple(product_from_row(row) for row in case.get("products", ())),
        sellers=tuple(seller_from_row(row) for row in case.get("permissions", ())),
        as_of=AS_OF,
    )


def listing(case: Mapping[str, Any]) -> Listing:
    """Return the listing that a case describes."""
    seller = case.get("seller", {})
    row = {"market": "shopee_vn", "listing_id": "1", **case}
    return listing_from_line({**row, "seller_id": seller.get("seller_id"), "seller_name": seller.get("name")})
