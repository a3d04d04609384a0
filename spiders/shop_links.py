"""Which links of a web shop's page are worth following: further pages first, then products, then categories."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from spiders.addresses import canonical, is_on_host, joined, origin_of

MAX_LINKS = 500
# Path parts of pages that hold no goods.
SKIPPED_PARTS = frozenset(
    {
        "account", "admin", "api", "auth", "basket", "blog", "blogs", "cart", "checkout", "compare", "contact",
        "cookie-policy", "customer", "faq", "gio-hang", "help", "kontakt", "login", "logout", "my-account", "news",
        "newsletter", "order", "orders", "policies", "privacy", "privacy-policy", "register", "returns", "search",
        "shipping", "signin", "signup", "support", "tai-khoan", "terms", "thanh-toan", "wishlist", "wp-admin",
        "wp-json", "wp-login.php",
    }
)  # fmt: skip
SKIPPED_FILES = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|ico|css|js|json|pdf|zip|mp4|webm|mp3|woff2?|xlsx?|docx?)$", re.IGNORECASE
)
PRODUCT_PATH = re.compile(
    r"/(?:p|dp|item|items|product|products|prod|san-pham|shop)/[^/]|-p\d+\.html|\d{5,}", re.IGNORECASE
)
MORE_WORDS = frozenset(
    {
        "load more", "show more", "view more", "more products", "xem thêm", "xem thêm sản phẩm", "もっと見る",
        "さらに表示", "mehr laden", "mehr anzeigen", "voir plus", "ver más", "mostra altro", "показать ещё",
        "показать еще", "加载更多",
    }
)  # fmt: skip
# Where shops write the address that their "load more" button asks for.
MORE_ADDRESSES = ("data-next-url", "data-url", "data-href", "data-next", "data-load-more-url")
PAGE_QUERY = re.compile(r"(?:^|&)(?:page|p|pg|trang|start|offset)=\d+(?:&|$)|/page/\d+", re.IGNORECASE)


def site_of(url: str) -> str:
    """Return the host that stands for a shop's site: that of the address, without www."""
    return (urlsplit(url).hostname or "").rstrip(".").removeprefix("www.")


def shop_links(page: LexborHTMLParser, url: str) -> tuple[str, ...]:
    """Return the page's links within its site, each once, the most useful kinds first, in page order within a kind."""
    ranked: dict[str, int] = {}
    own, origin, site = canonical(url), origin_of(url), site_of(url)
    met: set[str] = set()
    for node in page.css("link[rel=next], link[rel=sitemap], a[href]"):
        attributes = node.attributes
        href, rel = attributes.get("href") or "", attributes.get("rel")
        is_next = rel is not None and not {"next", "sitemap"}.isdisjoint(rel.lower().split())
        if href in met and not is_next:
            continue
        met.add(href)
        # Menus are the same on every page of a shop: a link that stands for itself is judged once.
        stands_alone = (href.startswith("/") and not href.startswith("//")) or "://" in href[:10]
        found = _judged(origin if stands_alone else url, href, site)
        if found is None or found[0] == own:
            continue
        form, rank = found[0], 0 if is_next else found[1]
        ranked[form] = min(rank, ranked.get(form, rank))
        if len(ranked) >= MAX_LINKS:
            break
    for node in page.css("button, a[href='#'], [data-next-url], [data-load-more-url]"):
        for name in MORE_ADDRESSES:
            link = joined(url, node.attributes.get(name) or "") if node.attributes.get(name) else None
            if link is not None and is_on_host(link, (site_of(url),)) and canonical(link) != own:
                ranked.setdefault(canonical(link), 0)
    return tuple(sorted(ranked, key=ranked.__getitem__))


@lru_cache(maxsize=20_000)
def is_paging(link: str) -> bool:
    """Return whether an address is a further page of a list."""
    parts = urlsplit(link)
    return bool(PAGE_QUERY.search(parts.query) or PAGE_QUERY.search(parts.path))


@lru_cache(maxsize=20_000)
def _judged(base: str, href: str, site: str) -> tuple[str, int] | None:
    """Return a link's one form and how early it is worth following (0 first), None where it leads to no goods."""
    link = joined(base, href)
    if link is None or not is_on_host(link, (site,)) or _loops(link):
        return None
    form = canonical(link)
    parts = urlsplit(form)
    if SKIPPED_FILES.search(parts.path) or SKIPPED_PARTS & set(parts.path.lower().split("/")):
        return None
    if is_paging(form):
        return form, 0
    return form, 1 if PRODUCT_PATH.search(parts.path) else 2


def _loops(link: str) -> bool:
    """Return whether the path repeats itself (/a/b/a/b/a/b), as broken relative links do."""
    parts = [part for part in urlsplit(link).path.split("/") if part]
    return len(parts) > 4 and any(parts.count(part) > 2 for part in parts)


def scripted_paging(page: LexborHTMLParser, url: str) -> tuple[str, ...]:
    """Return a note where further pages hang on a script: paging links to #, a "load more" button without address."""
    for node in page.css("a[href='#'], a[href^='javascript:'], button"):
        text = " ".join(node.text(deep=True).split()).lower()
        names = f"{node.attributes.get('class') or ''} {node.attributes.get('rel') or ''}".lower()
        is_paging = "next" in names.split() or "pagination" in names or "page-link" in names or "load-more" in names
        if (is_paging and len(text) <= 30) or text in MORE_WORDS:
            return (f"{url}: further pages hang on a script; crawl it with rendered=true or from its sitemap",)
    return ()
