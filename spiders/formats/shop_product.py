"""One product's page as a listing: what its data says, checked against and completed by what a visitor sees."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cached_property

from selectolax.lexbor import LexborHTMLParser

from records.listing import Availability, Listing, Offer, Seller
from records.money import Money, minor_digits
from spiders.addresses import joined
from spiders.currencies import CURRENCY_OF_COUNTRY
from spiders.drafts import make_listing
from spiders.errors import PageChanged
from spiders.formats.shop_prices import PrintedPrice
from spiders.formats.shop_state import StateProduct, state_products
from spiders.formats.shop_visible import VisiblePage
from spiders.offers import Quote, availability_of, offer_of, rating_of, read_quote, votes_of
from spiders.reading import Answer
from spiders.shop_links import site_of
from spiders.structured import Node, PageData, each, nodes_in, text_in

MARKET = "shop"
GTIN_FIELDS = ("gtin13", "gtin", "gtin14", "gtin12", "gtin8", "isbn")
# OpenGraph names differ between shop systems; the first one present counts.
OG_PRICE = ("product:sale_price:amount", "product:price:amount", "og:price:amount")
OG_CURRENCY = ("product:sale_price:currency", "product:price:currency", "og:price:currency")
OG_AVAILABILITY = ("product:availability", "og:availability")

Stated = tuple[Offer, str | None, str]
"""An offer with its currency and the place in the page's data that says it."""


class ProductPage:
    """A page that may be one product's; reading what is seen costs time, so it is done only where data leaves gaps."""

    def __init__(
        self, answer: Answer, page: LexborHTMLParser, data: PageData, own: tuple[tuple[str, Node], ...], address: str
    ) -> None:
        self.answer = answer
        self.page = page
        self.data = data
        self.own = own
        self.address = address
        self.notes: list[str] = []
        self.sources: dict[str, str] = {}

    @property
    def is_open_graph(self) -> bool:
        """Whether the page calls itself a product."""
        properties = self.data.properties
        return "product" in properties.get("og:type", "").lower() or _first(properties, OG_PRICE) is not None

    @property
    def is_visible(self) -> bool:
        """Whether a visitor sees one product: a heading, and two of price, product number and stock or buy button."""
        seen = self.seen
        if seen.heading is None or seen.is_list:
            return False
        signs = (seen.price is not None, seen.sku is not None, seen.availability is not None)
        return sum(signs) >= 2

    @cached_property
    def seen(self) -> VisiblePage:
        """The page as a visitor sees it."""
        names = [text_in(node.get("name")) for _, node in self.own] + [_first(self.data.properties, ("og:title",))]
        return VisiblePage(self.answer.url, self.page, self.answer.body, tuple(name for name in names if name))

    @cached_property
    def state(self) -> StateProduct | None:
        """The product in the state of the page's scripts: the one that bears the page's title."""
        titles = {name.strip().lower() for name in self.seen.names}
        if self.seen.title is not None:
            titles.add(self.seen.title.value.strip().lower())
        for product in state_products(self.page):
            name = product.name.strip().lower()
            if any(name == title or (len(name) > 12 and (name in title or title in name)) for title in titles if title):
                return product
        return None

    def listing(self) -> Listing:
        """Return the listing; raise PageChanged where the product has no name."""
        nodes, title = self._title()
        offer, currency = self._offer(nodes)
        return _make(
            self.answer,
            nodes=[node for _, node in nodes],
            data=self.data,
            address=self.address,
            title=title,
            offer=offer,
            currency=currency,
            sku=self._sku(nodes),
            sources=self.sources,
        )

    def _title(self) -> tuple[list[tuple[str, Node]], str]:
        """Return the name, and the descriptions of the goods of that name."""
        priced = [pair for pair in self.own if pair[1].get("offers") is not None] or list(self.own)
        names = [text_in(node.get("name")) for _, node in priced]
        for (source, _), name in zip(priced, names, strict=True):
            if name and name.strip():
                self.sources["title"] = f"{source} Product.name"
                # Several products without an address of their own: those with the first one's name are the same goods.
                return [pair for pair, other in zip(priced, names, strict=True) if other in {name, None}], name
        title = (self.data.properties.get("og:title") or "").strip()
        if self.seen.title is not None and (not title or self.seen.title.value.lower() in title.lower()):
            self.sources["title"] = self.seen.title.source
            return priced, self.seen.title.value
        if not title:
            raise PageChanged(self.answer.url, "Product.name", "is missing")
        self.sources["title"] = "opengraph og:title"
        return priced, title

    def _offer(self, nodes: list[tuple[str, Node]]) -> tuple[Offer, str | None]:
        stated = [(*offer_of(node), f"{source} Product.offers.price") for source, node in nodes]
        quote = read_quote(_first(self.data.properties, OG_PRICE), _first(self.data.properties, OG_CURRENCY))
        if quote is not None:
            name = next(name for name in OG_PRICE if self.data.properties.get(name, "").strip())
            stated.append((*_quoted(quote), f"opengraph {name}"))
        prices = {offer.price.amount for offer, _, _ in stated if offer.price is not None}
        if len(prices) > 1:
            shown = ", ".join(sorted(str(price) for price in prices))
            self.notes.append(f"the page states different prices: {shown}")
        offer, currency, source = self._chosen(stated)
        if offer.price is None:
            offer, currency, source = self._seen_offer(offer, currency, source)
        if offer.price is not None or offer.price_raw is not None:
            self.sources["price"] = source
        availability = self._availability(nodes, [found.availability for found, _, _ in stated])
        return replace(offer, availability=availability), currency

    def _chosen(self, stated: list[Stated]) -> Stated:
        """Return the first stated offer whose price a visitor sees, else the first with a price."""
        priced = [found for found in stated if found[0].price is not None]
        if not priced:
            return next((found for found in stated if found[0].price_raw is not None), (Offer(), None, ""))
        amounts = {found[0].price.amount for found in priced if found[0].price is not None}
        code = priced[0][1]
        is_whole = any(amount == amount.to_integral_value() for amount in amounts)
        if len(amounts) == 1 and not (is_whole and code is not None and minor_digits(code)):
            # One price, and in a form that only major units have.
            return priced[0]
        printed = {price.amount for price in self.seen.prices}
        for found in priced:
            if found[0].price is not None and found[0].price.amount in printed:
                return found
        first, seen = priced[0][0].price, self.seen.price
        if first is not None and seen is not None and code is not None and minor_digits(code):
            minor = first.amount.scaleb(-minor_digits(code))
            if first.amount == first.amount.to_integral_value() and seen.amount == minor:
                self.notes.append(f"the page's data counts in minor units: {first.raw} is {seen.raw}")
                return self._seen_offer(Offer(), None, "")
        return priced[0]

    def _seen_offer(self, offer: Offer, currency: str | None, source: str) -> Stated:
        """Return the offer by what is printed, or by the page's state; a stated amount that lacks a currency helps."""
        printed = self.seen.price
        if offer.price_raw is not None:
            quote = read_quote(offer.price_raw, None)
            same = next((one for one in self.seen.prices if quote and one.amount == quote.amount), None)
            code = self._currency(same)
            if quote is not None and code is not None:
                return replace(offer, price=_money(quote.amount, code, quote.raw)), code, source
        if printed is None:
            return self._state_offer(offer, currency, source)
        original = self.seen.original_price
        code = self._currency(printed)
        if code is None:
            return replace(offer, price_raw=printed.raw), None, printed.source
        return (
            Offer(
                price=_money(printed.amount, code, printed.raw),
                original_price=None if original is None else _money(original.amount, code, original.raw),
                price_raw=printed.raw,
            ),
            code,
            printed.source,
        )

    def _state_offer(self, offer: Offer, currency: str | None, source: str) -> Stated:
        state = self.state
        code = None if state is None else (state.currency or self._currency(None))
        if state is None or state.price is None or code is None or len(code) != 3 or not code.isalpha():
            return offer, currency, source
        amount = state.price
        text = self.page.body.text(deep=True) if self.page.body is not None else ""
        if minor_digits(code) and amount == amount.to_integral_value() and amount >= 100:
            # Shop systems keep whole cents; the page itself tells whether these are.
            minor = amount.scaleb(-minor_digits(code))
            if f"{minor}" in text or f"{minor}".replace(".", ",") in text:
                amount = minor
        return (
            replace(offer, price=_money(amount, code.upper(), state.raw), price_raw=state.raw),
            code.upper(),
            state.path,
        )

    def _currency(self, printed: PrintedPrice | None) -> str | None:
        """Return the currency of the page's prices: of the printed amount, else the only one that the page names."""
        if printed is not None and printed.currency is not None:
            return printed.currency
        for other in self.seen.prices:
            if other.currency is not None:
                return other.currency
        if self.seen.stated:
            return self.seen.stated[0]
        return CURRENCY_OF_COUNTRY.get(site_of(self.answer.url).rpartition(".")[2])

    def _availability(self, nodes: list[tuple[str, Node]], said: Iterable[Availability | None]) -> Availability | None:
        known = [value for value in said if value is not None]
        meta = availability_of(_first(self.data.properties, OG_AVAILABILITY))
        if known:
            # Variants of one product: one that can be had is enough.
            self.sources["availability"] = f"{nodes[0][0] if nodes else 'json-ld'} Product.offers.availability"
            return "in_stock" if "in_stock" in known else "out_of_stock"
        if meta is not None:
            self.sources["availability"] = "opengraph product:availability"
            return meta
        if self.seen.availability is None:
            return None
        value, self.sources["availability"] = self.seen.availability
        return value

    def _is_printed(self, number: str) -> bool:
        """Return whether a visitor sees that very number as the end of a text: then no other is looked for."""
        body, sought = self.answer.body, number.strip().encode("utf-8", "replace")
        start = body.find(sought) if len(sought) >= 3 else -1
        while start >= 0:
            if body[start - 1 : start] in {b">", b" ", b":"} and body[start + len(sought) :][:20].lstrip()[:1] == b"<":
                return True
            start = body.find(sought, start + 1)
        return False

    def _sku(self, nodes: list[tuple[str, Node]]) -> str | None:
        """Return the number that the shop prints for its customers, else the one that only its data holds."""
        stated = next(
            (
                (f"{source} Product.{name}", found)
                for source, node in nodes
                for name in ("sku", "productID")
                if (found := _text([node, *nodes_in(node.get("offers"))], name)) is not None
            ),
            None,
        )
        if stated is not None and self._is_printed(stated[1]):
            self.sources["sku"], found = stated
            return _number_alone(found)
        if self.seen.sku is not None:
            self.sources["sku"] = self.seen.sku.source
            return self.seen.sku.value
        if stated is not None:
            self.sources["sku"], found = stated
            return _number_alone(found)
        return self._hidden_sku()

    def _hidden_sku(self) -> str | None:
        """Return the number that only the page's head, its cart form or its scripts hold."""
        found = _first(self.data.properties, ("product:retailer_item_id",))
        if found is not None:
            self.sources["sku"] = "opengraph product:retailer_item_id"
        elif self.seen.form_sku is not None:
            self.sources["sku"], found = self.seen.form_sku.source, self.seen.form_sku.value
        elif self.state is not None and self.state.sku is not None:
            self.sources["sku"], found = self.state.path.rpartition(".")[0], self.state.sku
        return found


def listed_product(answer: Answer, node: Node, address: str, title: str) -> Listing:
    """Return the listing of a product that a page of many lists."""
    offer, currency = offer_of(node)
    sku = _text([node, *nodes_in(node.get("offers"))], "sku") or _text([node], "productID")
    sources = {name: f"listed Product.{name}" for name in ("name", "offers") if node.get(name) is not None}
    return _make(
        answer, nodes=[node], data=None, address=address, title=title, offer=offer, currency=currency, sku=sku,
        sources=sources,
    )  # fmt: skip


def _make(
    answer: Answer, *, nodes: list[Node], data: PageData | None, address: str, title: str, offer: Offer,
    currency: str | None, sku: str | None, sources: Mapping[str, str],
) -> Listing:  # fmt: skip
    """Return the listing of product nodes that describe the same goods; page-wide data fills in where it is given."""
    properties: Mapping[str, str] = {} if data is None else data.properties
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
        sku=sku,
        mpn=_text([*nodes, *offers], "mpn") or _first(properties, ("product:mfr_part_no",)),
        category=crumbs[:-1] if crumbs and crumbs[-1].strip() == title.strip() else crumbs,
        description=_text(nodes, "description") or _first(properties, ("og:description",)),
        images=[link for link in links if link is not None],
        rating=rating_of(ratings),
        review_count=votes_of(ratings),
        sources=sources,
    )


def _number_alone(text: str) -> str:
    """Return a product number without words that some shops write behind it."""
    first, *rest = text.split()
    is_code = len(first) >= 5 and any(sign.isdigit() for sign in first)
    return first if is_code and rest and all(word.strip(",").isalpha() for word in rest) else text


def _quoted(quote: Quote) -> tuple[Offer, str | None]:
    price = None if quote.currency is None else Money.rounded(quote.amount, quote.currency, quote.raw)
    return Offer(price=price, price_raw=quote.raw), quote.currency


def _money(amount: Decimal, currency: str, raw: str) -> Money | None:
    try:
        return Money.rounded(amount, currency, raw)
    except ValueError:
        return None


def _text(nodes: list[Node], name: str, *, inner: str = "name") -> str | None:
    """Return the first text that the nodes hold in that field."""
    return next((found for node in nodes if (found := text_in(node.get(name), inner)) is not None), None)


def _first(properties: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((properties[name] for name in names if properties.get(name, "").strip()), None)
