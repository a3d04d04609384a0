"""Any web shop: products by their data (JSON-LD, microdata, RDFa, OpenGraph, state) or as seen; lists and sitemaps."""

from collections.abc import Iterator
from typing import Any, ClassVar, cast

from pydantic import Field
from scrapy import Request
from scrapy.http import Response

from records.listing import Listing
from spiders.addresses import is_default_port, is_on_host, origin_of
from spiders.arguments import CrawlArguments
from spiders.base import MarketSpider, Yield
from spiders.errors import PageChanged, UnknownPage
from spiders.formats.shop_pages import read_shop_page
from spiders.json_api import check_graphql, is_json
from spiders.reading import Answer, Reading
from spiders.rendered import BROWSER_LIMITS, browser_meta
from spiders.shop_links import is_paging, site_of
from spiders.sitemaps import is_sitemap, read_sitemap
from spiders.ways import Way


class ShopArguments(CrawlArguments):
    """What a web shop's crawl can be told."""

    max_pages: int = Field(default=100, ge=1, le=100_000, description="Pages fetched per page given")
    sitemap: bool = Field(default=False, description="Also read /sitemap.xml of each site given")
    rendered: bool = Field(default=False, description="Fetch pages through a browser, for shops built by script")


class ShopSpider(MarketSpider):
    """Any web shop. A listing's id is its page's canonical address: no fragment, no tracking parameters."""

    name = "shop"
    title = "Web shop"
    home = ""
    expected = Yield(at_least=1)
    ways = (
        Way(
            name="pages",
            format="schema.org JSON-LD and microdata, OpenGraph, category pages, sitemaps",
            recorded="69 pages of many shops (research set)",
            terms="Each shop's own; its robots.txt is read before the first page.",
            limits="pages of the sites given only",
        ),
        Way(name="import", format="the same pages, saved by a person", recorded="as for pages", terms="as for pages"),
    )
    arguments_model = ShopArguments
    custom_settings: dict[str, Any] | None = dict(BROWSER_LIMITS)  # noqa: RUF012 - declared so by Scrapy
    stops_at_known: ClassVar[bool] = False

    def __init__(self, name: str | None = None, **given: Any) -> None:
        super().__init__(name, **given)
        self.known_links: dict[str, set[str]] = {}

    @classmethod
    def start_addresses(cls, arguments: CrawlArguments) -> tuple[str, ...]:
        """Return the pages given, their sitemaps where asked for, or the replay host itself."""
        if arguments.query:
            cls.search_url(arguments.query[0], 1)
        given = arguments.url or ((arguments.base_url,) if arguments.base_url is not None else ())
        if not cast("ShopArguments", arguments).sitemap:
            return given
        return tuple(dict.fromkeys((*given, *(f"{origin_of(url)}/sitemap.xml" for url in given))))

    @classmethod
    def real_address(cls, url: str, arguments: CrawlArguments) -> str:  # noqa: ARG003 - the hook's arguments
        """Return the address itself: a shop has no home but the pages given."""
        return url

    @classmethod
    def may_fetch(cls, url: str, arguments: CrawlArguments) -> bool:
        """Return whether the address lies on the site of a page given, on a usual port, or on a host opened."""
        sites = tuple(site_of(given) for given in arguments.url)
        return (is_on_host(url, sites) and is_default_port(url)) or super().may_fetch(url, arguments)

    @classmethod
    def detail_url(cls, listing: Listing) -> str | None:
        """Return the listing's own page."""
        return listing.url

    @classmethod
    def read_page(cls, answer: Answer) -> Reading:
        """Read a product page, a category page or a sitemap."""
        if is_sitemap(answer.body):
            return read_sitemap(answer)
        if is_json(answer) and not answer.body.lstrip().startswith(b"<"):
            check_graphql(answer)
            raise UnknownPage(answer.url, "is JSON; a web shop's pages are HTML or sitemaps")
        return read_shop_page(answer)

    def follow(self, links: tuple[str, ...], start: str) -> Iterator[Request]:
        """Yield requests for the links; a list's further page that shows nothing new leads to no further one.

        Shops answer page 999 with an empty grid or the last page again, with status 200 and a link to page 1000.
        """
        known = self.known_links.setdefault(start, set())
        paging = [link for link in links if is_paging(link)]
        news = set(links).difference(paging, known)
        if known and not news and paging:
            self.inc_stat("skip.page_repeats")
            links = tuple(link for link in links if not is_paging(link))
        known |= news
        yield from super().follow(links, start)

    @property
    def needs_browser(self) -> bool:
        """Whether rendered=true was given."""
        return cast("ShopArguments", self.arguments).rendered

    def answer_of(self, response: Response) -> Answer:
        """Return the answer; refuse one that went past the browser although it was asked for."""
        if self.needs_browser and "playwright" not in response.flags:
            raise PageChanged(response.url, "page", "was not fetched through the browser")
        return super().answer_of(response)

    def request_meta(self) -> dict[str, object]:
        """Send pages through the browser where asked to."""
        return browser_meta() if self.needs_browser else {}
