"""Which links of a web shop's page are worth following: further pages first, then products, then categories."""

import re
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from spiders.addresses import canonical, is_on_host, joined

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
PAGE_QUERY = re.compile(r"(?:^|&)(?:page|p|pg|trang|start|offset)=\d+(?:&|$)|/page/\d+", re.IGNORECASE)


def site_of(url: str) -> str:
    """Return the host that stands for a shop's site: that of the address, without www."""
    return (urlsplit(url).hostname or "").rstrip(".").removeprefix("www.")


def shop_links(page: LexborHTMLParser, url: str) -> tuple[str, ...]:
    """Return the page's links within its site, each once, the most useful kinds first, in page order within a kind."""
    ranked: dict[str, int] = {}
    own = canonical(url)
    for node in page.css("link[rel=next], link[rel=sitemap], a[href]"):
        link = joined(url, node.attributes.get("href") or "")
        if link is None or not is_on_host(link, (site_of(url),)) or _loops(link):
            continue
        form = canonical(link)
        parts = urlsplit(form)
        if form == own or SKIPPED_FILES.search(parts.path) or SKIPPED_PARTS & set(parts.path.lower().split("/")):
            continue
        rel = (node.attributes.get("rel") or "").lower().split()
        if "next" in rel or "sitemap" in rel or PAGE_QUERY.search(parts.query) or PAGE_QUERY.search(parts.path):
            rank = 0
        else:
            rank = 1 if PRODUCT_PATH.search(parts.path) else 2
        ranked[form] = min(rank, ranked.get(form, rank))
        if len(ranked) >= MAX_LINKS:
            break
    return tuple(sorted(ranked, key=ranked.__getitem__))


def _loops(link: str) -> bool:
    """Return whether the path repeats itself (/a/b/a/b/a/b), as broken relative links do."""
    parts = [part for part in urlsplit(link).path.split("/") if part]
    return len(parts) > 4 and any(parts.count(part) > 2 for part in parts)
