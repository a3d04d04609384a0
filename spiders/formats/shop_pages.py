"""A web shop's pages: one product, or a list of products, and the links from there."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from records.listing import Listing, Offer, Seller
from records.money import Money
from spiders.addresses import canonical, is_on_host, joined
from spiders.drafts import make_listing
from spiders.errors import PageChanged, UnknownPage
from spiders.offers import availability_of, offer_of, rating_of, read_quote, votes_of
from spiders.pages import page_text
from spiders.reading import Answer, Reading
from spiders.shop_links import shop_links, site_of
from spiders.structured import Node, PageData, each, nodes_in, read_structured, text_in

MARKET = "shop"
GTIN_FIELDS = ("gtin13", "gtin", "gtin14", "gtin12", "gtin8", "isbn")
# OpenGraph names differ between shop systems; the first one present counts.
OG_PRICE = ("product:sale_price:amount", "product:price:amount", "og:price:amount")
OG_CURRENCY = ("product:sale_price:currency", "product:price:currency", "og:price:currency")
OG_AVAILABILITY = ("product:availability", "og:availability")


def read_shop_page(answer: Answer, page: LexborHTMLParser) -> Reading:
    """Read a shop's page: its own product, else the products it lists; and where to go from a page of many."""
    data = read_structured(answer.url, page_text(answer))
    address = page_address(answer, page)
    links = shop_links(page, answer.url)
    notes = list(data.notes)
    own, listed = sort_products(data, answer.url, address)
    if own or _is_og_product(data):
        listing = _read_product(answer, data, own, address, notes)
        return Reading(listings=(listing,), links=links, notes=tuple(notes))
    found, skipped = [], 0
    for url, node in listed:
        title = text_in(node.get("name"))
        if title is None:
            skipped += 1
        else:
            found.append(_make(answer, None, [node], url, title))
    if listed and not found:
        raise PageChanged(answer.url, "Product.name", f"is missing in all {len(listed)} products")
    if not found and not links:
        raise UnknownPage(answer.url, "has neither product data (JSON-LD, microdata, OpenGraph) nor links")
    return Reading(
        listings=tuple(found),
        links=links,
        skipped={"Product.name: is missing": skipped} if skipped else {},
        notes=tuple(notes),
    )


def page_address(answer: Answer, page: LexborHTMLParser) -> str:
    """Return the address that stands for the page: its canonical link within the site, else the address fetched."""
    node = page.css_first("link[rel=canonical]")
    link = None if node is None else joined(answer.url, node.attributes.get("href") or "")
    is_usable = (
        link is not None
        and is_on_host(link, (site_of(answer.url),))
        and (
            # Some shops name their home page as every page's canonical address.
            urlsplit(link).path.strip("/") or not urlsplit(answer.url).path.strip("/")
        )
    )
    return canonical(link if link is not None and is_usable else answer.url)


def sort_products(data: PageData, url: str, address: str) -> tuple[list[Node], list[tuple[str, Node]]]:
    """Return the nodes of the page's own product (one per source), and (address, node) of products it only lists."""
    own: list[Node] = []
    listed: list[tuple[str, Node]] = []
    fetched = canonical(url)
    for _, node in data.products:
        link = _product_link(node, url)
        if link is None or link in {address, fetched}:
            own.append(node)
        else:
            listed.append((link, node))
    if not own and len({link for link, _ in listed}) == 1:
        # One product whose address is written in another way than the page's.
        return [node for _, node in listed], []
    return own, listed


def _product_link(node: Node, base: str) -> str | None:
    for value in (node.get("url"), node.get("@id")):
        text = text_in(value, "@id", "url")
        link = joined(base, text) if text is not None and not text.startswith(("#", "_:")) else None
        if link is not None:
            return canonical(link)
    return None


def _is_og_product(data: PageData) -> bool:
    return "product" in data.properties.get("og:type", "").lower() or _first(data.properties, OG_PRICE) is not None


def _read_product(answer: Answer, data: PageData, own: list[Node], address: str, notes: list[str]) -> Listing:
    """Return the page's one listing; what the first description of the product leaves open, the next one fills."""
    priced = [node for node in own if node.get("offers") is not None] or own
    names = [text_in(node.get("name")) for node in priced]
    title = next((name for name in (*names, data.properties.get("og:title")) if name and name.strip()), None)
    if title is None:
        raise PageChanged(answer.url, "Product.name", "is missing")
    # Several products without an address of their own: those with the first one's name describe the same goods.
    same = [node for node, name in zip(priced, names, strict=True) if name in {title, None}]
    prices = {offer.price.amount for node in same if (offer := offer_of(node)[0]).price is not None}
    if len(prices) > 1:
        notes.append(f"the page states different prices: {', '.join(sorted(str(price) for price in prices))}")
    return _make(answer, data, same, address, title)


def _make(answer: Answer, data: PageData | None, nodes: list[Node], address: str, title: str) -> Listing:
    """Return the listing of product nodes that describe the same goods; page-wide data fills in where it is given."""
    properties = {} if data is None else data.properties
    offer, currency = _offer(properties, nodes)
    ratings = [rating for node in nodes for rating in nodes_in(node.get("aggregateRating"))]
    offers = [offer for node in nodes for offer in nodes_in(node.get("offers"))]
    images = [text_in(part, "url", "contentUrl", "@id") for node in nodes for part in each(node.get("image"))]
    links = [joined(answer.url, image) for image in images or (() if data is None else data.images) if image]
    crumbs = () if data is None else data.crumbs
    return make_listing(
        answer,
        market=MARKET,
        listing_id=address,
        title=title,
        url=address,
        currency=currency,
        offer=offer,
        seller=Seller(
            seller_id=site_of(answer.url),
            name=_text(offers, "seller", inner="name") or _first(properties, ("og:site_name",)),
        ),
        condition=(_text(offers, "itemCondition", inner="@id") or "").rstrip("/").rpartition("/")[2] or None,
        brand=_text(nodes, "brand", inner="name")
        or _text(nodes, "manufacturer", inner="name")
        or _first(properties, ("product:brand", "og:brand")),
        gtin=next((found for name in GTIN_FIELDS if (found := _text([*nodes, *offers], name))), None),
        sku=_text([*nodes, *offers], "sku")
        or _text(nodes, "productID")
        or _first(properties, ("product:retailer_item_id",)),
        mpn=_text([*nodes, *offers], "mpn") or _first(properties, ("product:mfr_part_no",)),
        category=crumbs[:-1] if crumbs and crumbs[-1].strip() == title.strip() else crumbs,
        description=_text(nodes, "description") or _first(properties, ("og:description",)),
        images=[link for link in links if link is not None],
        rating=rating_of(ratings),
        review_count=votes_of(ratings),
    )


def _offer(properties: Mapping[str, str], nodes: list[Node]) -> tuple[Offer, str | None]:
    """Return the first offer with a price, its availability filled in from the other descriptions of the goods."""
    read = [offer_of(node) for node in nodes]
    quote = read_quote(_first(properties, OG_PRICE), _first(properties, OG_CURRENCY))
    if quote is not None:
        price = None if quote.currency is None else Money.rounded(quote.amount, quote.currency, quote.raw)
        read.append((Offer(price=price, price_raw=quote.raw), quote.currency))
    best = next((found for found in read if found[0].price is not None), None)
    best = best or next((found for found in read if found[0].price_raw is not None), (Offer(), None))
    said = [offer.availability for offer, _ in read] + [availability_of(_first(properties, OG_AVAILABILITY))]
    return replace(best[0], availability=next((value for value in said if value is not None), None)), best[1]


def _text(nodes: list[Node], name: str, *, inner: str = "name") -> str | None:
    """Return the first text that the nodes hold in that field."""
    return next((found for node in nodes if (found := text_in(node.get(name), inner)) is not None), None)


def _first(properties: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((properties[name] for name in names if properties.get(name, "").strip()), None)
