"""A web shop's pages: one product, or a list of products, and the links from there."""

from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from records.listing import Listing
from spiders.addresses import canonical, is_on_host, joined
from spiders.errors import PageChanged, UnknownPage
from spiders.formats.shop_product import MARKET, ProductPage, listed_product
from spiders.formats.shop_shells import is_shell
from spiders.pages import open_text
from spiders.reading import Answer, Reading
from spiders.shop_links import scripted_paging, shop_links, site_of
from spiders.structured import Node, PageData, read_structured, text_in

__all__ = ["MARKET", "page_address", "read_shop_page"]

# A title that a list cut short; the product's own page has the whole one.
CUT_MARKS = ("…", "...")


def read_shop_page(answer: Answer) -> Reading:
    """Read a shop's page: its own product, else the products it lists; and where to go from a page of many."""
    text, page = open_text(answer)
    data = read_structured(answer.url, text, page)
    address = page_address(answer, page)
    links = shop_links(page, answer.url)
    notes = [*data.notes, *scripted_paging(page, answer.url)]
    own, listed = sort_products(data, answer.url, address)
    product = ProductPage(answer, page, data, tuple(own), address)
    if own or product.is_open_graph or (not listed and product.is_visible):
        listing = product.listing()
        return Reading(listings=(listing,), links=links, notes=(*notes, *product.notes))
    found: list[Listing] = []
    skipped: dict[str, int] = {}
    for url, node in listed:
        title = text_in(node.get("name"))
        if title is None:
            skipped["Product.name: is missing"] = skipped.get("Product.name: is missing", 0) + 1
        elif title.rstrip().endswith(CUT_MARKS):
            # Its own page says the whole title, and is among the links.
            skipped["Product.name: is cut short in the list"] = (
                skipped.get("Product.name: is cut short in the list", 0) + 1
            )
            links = tuple(dict.fromkeys((*links, url)))
        else:
            found.append(listed_product(answer, node, url, title))
    if listed and not found and not links:
        raise PageChanged(answer.url, "Product.name", f"is missing in all {len(listed)} products")
    if not found and not links:
        if is_shell(page):
            raise UnknownPage(answer.url, "is an empty shell that a script fills; crawl it with rendered=true")
        raise UnknownPage(answer.url, "has neither a product (in its data or to be seen) nor links")
    return Reading(listings=tuple(found), links=links, skipped=skipped, notes=tuple(notes))


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


def sort_products(data: PageData, url: str, address: str) -> tuple[list[tuple[str, Node]], list[tuple[str, Node]]]:
    """Return the page's own product as (source, node), one per source, and (address, node) of those it only lists."""
    own: list[tuple[str, Node]] = []
    listed: list[tuple[str, Node]] = []
    sources: dict[str, list[tuple[str, Node]]] = {}
    fetched = canonical(url)
    for source, node in data.products:
        link = _product_link(node, url)
        if link is None or link in {address, fetched}:
            own.append((source, node))
        else:
            listed.append((link, node))
            sources.setdefault(link, []).append((source, node))
    if not own and len(sources) == 1:
        # One product whose address is written in another way than the page's.
        return next(iter(sources.values())), []
    return own, listed


def _product_link(node: Node, base: str) -> str | None:
    for value in (node.get("url"), node.get("@id")):
        text = text_in(value, "@id", "url")
        link = joined(base, text) if text is not None and not text.startswith(("#", "_:")) else None
        if link is not None:
            return canonical(link)
    return None
