"""Making listings at the edge: texts cut to their limits, markup removed from descriptions."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from selectolax.lexbor import LexborHTMLParser

from records.listing import LIMITS, MAX_CATEGORIES, MAX_IMAGES, Listing, Offer, Seller, cut_to_limit
from spiders.errors import PageChanged
from spiders.reading import Answer

BLOCK_TAGS = (
    "address, article, blockquote, br, dd, div, dl, dt, figure, h1, h2, h3, h4, h5, h6, hr, li, ol, p, pre, "
    "section, table, tr, ul"
)
NOT_SHOWN_TAGS = ["script", "style", "template", "noscript", "iframe", "svg"]
_MARKUP = re.compile(r"<[a-zA-Z/!]|&[#a-zA-Z]")
_BLANK_LINES = re.compile(r"[ \t\r\f\v]*\n\s*\n[ \t]*")
# Descriptions longer than this are cut before their markup is read: reading time stays small.
MAX_MARKUP = 200_000


def make_listing(
    answer: Answer,
    *,
    market: str,
    listing_id: str,
    title: str,
    url: str | None,
    currency: str | None,
    offer: Offer,
    seller: Seller,
    condition: str | None = None,
    brand: str | None = None,
    gtin: str | None = None,
    sku: str | None = None,
    mpn: str | None = None,
    category: Iterable[str] = (),
    description: str | None = None,
    images: Iterable[str] = (),
    sold: int | None = None,
    rating: Decimal | None = None,
    review_count: int | None = None,
    sources: Mapping[str, str] | None = None,
) -> Listing:
    """Return the listing with every text cut to its limit and the cut counted; `description` may hold markup.

    Raise PageChanged for a title that is blank once its market's own words are taken off.
    """
    cut_from: dict[str, int] = {}
    if not title.strip():
        raise PageChanged(answer.url, "title", "is blank")

    def limited(name: str, text: str | None) -> str | None:
        if text is None or not text.strip():
            return None
        kept, length = cut_to_limit(name, text)
        if length is not None:
            cut_from[name] = length
        return kept

    price_raw, name = limited("price_raw", offer.price_raw), limited("seller_name", seller.name)
    return Listing(
        market=market,
        listing_id=listing_id,
        title=limited("title", title) or "",
        url=url,
        offer=offer if price_raw == offer.price_raw else replace(offer, price_raw=price_raw),
        seller=seller if name == seller.name else replace(seller, name=name),
        currency=currency,
        condition=condition,
        brand=limited("brand", brand),
        gtin=gtin,
        sku=sku,
        mpn=mpn,
        category=tuple(part[: LIMITS["category"]] for part in dict.fromkeys(category) if part.strip())[:MAX_CATEGORIES],
        description=limited("description", None if description is None else plain_text(description)),
        images=tuple(dict.fromkeys(images))[:MAX_IMAGES],
        sold=sold,
        # A rating of 0 with no vote behind it is the absence of one.
        rating=rating or None,
        review_count=review_count,
        fetched_at=answer.fetched_at,
        cut_from=cut_from,
        sources=sources or {},
    )


def plain_text(markup: str) -> str:
    """Return the text of a piece of HTML as a reader sees it: tags gone, blocks on lines of their own."""
    if not _MARKUP.search(markup):
        return markup
    tree = LexborHTMLParser(markup[:MAX_MARKUP])
    tree.strip_tags(NOT_SHOWN_TAGS)
    for node in tree.css(BLOCK_TAGS):
        node.insert_before("\n")
        node.insert_after("\n")
    body = tree.body
    found = "" if body is None else body.text(deep=True, separator="", strip=False)
    return _BLANK_LINES.sub("\n", found.replace("\x00", "")).strip()
