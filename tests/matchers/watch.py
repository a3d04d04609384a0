"""The watch list and listings that the tests of this room are written against."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from records.lines import listing_from_line, product_from_row, seller_from_row
from records.listing import Listing
from records.money import Money
from records.offers import PastPrice, PriceContext, ProductOffer
from records.price_lines import price_from_row, rate_from_row
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
        prices=tuple(price_from_row(row) for row in case.get("prices", ())),
        rates=tuple(rate_from_row(row) for row in case.get("rates", ())),
        as_of=AS_OF,
    )


def listing(case: Mapping[str, Any]) -> Listing:
    """Return the listing that a case describes."""
    seller = case.get("seller", {})
    row = {"market": "shopee_vn", "listing_id": "1", **case}
    return listing_from_line({**row, "seller_id": seller.get("seller_id"), "seller_name": seller.get("name")})


def context(case: Mapping[str, Any]) -> PriceContext:
    """Return what a case says is known around its listing: `peers`, `past`, `of_seller`."""
    judged = listing(case)
    peers = tuple(offer(row, number) for number, row in enumerate(case.get("peers", ())))
    past = tuple(
        PastPrice(
            seen_at=datetime.fromisoformat(f"{day}T03:00:00+00:00"),
            price=Money(amount=Decimal(amount), currency="VND", raw=amount),
        )
        for day, amount in case.get("past", {}).items()
    )
    of_seller = tuple(offer(row, number) for number, row in enumerate(case.get("of_seller", ())))
    seller = judged.seller.seller_id or ""
    return PriceContext(
        peers={product: tuple(one for one in peers if one.product_id == product) for product in ("milk",)},
        history={judged.key: past},
        by_seller={(judged.market, seller): of_seller},
    )


def offer(row: Mapping[str, Any], number: int = 0) -> ProductOffer:
    """Return another listing's offer, of the product `milk` in VND per ml unless the row says otherwise."""
    share = row.get("share")
    return ProductOffer(
        market=row.get("market", "shopee_vn"),
        listing_id=row.get("listing_id", f"other-{number}"),
        product_id=row.get("product_id", "milk"),
        mark_id=row.get("mark_id", "anessa"),
        seller=row.get("seller", f"shop-{number}"),
        is_authorised=row.get("is_authorised", False),
        kind=row.get("kind", "new"),
        is_same_pack=row.get("is_same_pack", True),
        unit_price=Decimal(row.get("unit_price", "10000")),
        unit="ml",
        currency=row.get("currency", "VND"),
        share=None if share is None else Decimal(share),
        seen_at=None,
    )
