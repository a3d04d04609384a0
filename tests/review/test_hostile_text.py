import os
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from fastapi.testclient import TestClient

from records.hit import HitKey, Span
from records.listing import Listing, Offer, Seller
from storage.database import Database
from storage.hits import hit_id_of
from tests.review.conftest import hit_ids
from tests.review.seeding import exact, hit, invented_hits, store

PAYLOADS = [
    "<script>alert(1)</script>",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "</title><script>alert(1)</script>",
    "</mark></bdi><iframe src=javascript:alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "${7*7}<%= 7*7 %>",
    "javascript:alert(1)",
    "<a href=javascript:alert(1)>x</a>",
    "<style>*{display:none}</style>",
    "<base href=//evil.test>",
    "<meta http-equiv=refresh content=0;url=//evil.test>",
    "--><!-- <form action=//evil.test>",
    "\u202e<b>gnp.exe\u2066",
    "<scr\u200bipt>alert(1)</scr\u200bipt>",
    "&lt;script&gt;&#x3c;img&#62;",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)' autofocus='",
    "％3Cscript％3E＜script＞",
    "<object data=x><embed src=x>",
    "%(verdict)s %s %(x)d {0}",
]
LONG = [
    f"{left}{payload}{right}"
    for payload in PAYLOADS
    for left in ("\"'>", "<!--", "\u2067")
    for right in ("", "<", "]]>")
]
ALLOWED_TAGS = {
    "html",
    "head",
    "meta",
    "title",
    "link",
    "script",
    "body",
    "a",
    "div",
    "nav",
    "span",
    "p",
    "b",
    "h1",
    "h2",
    "h3",
    "svg",
    "path",
    "circle",
    "use",
    "rect",
    "line",
    "polyline",
    "text",
    "input",
    "kbd",
    "header",
    "main",
    "details",
    "summary",
    "form",
    "button",
    "bdi",
    "mark",
    "section",
    "article",
    "aside",
    "dl",
    "dt",
    "dd",
    "ol",
    "ul",
    "li",
    "small",
    "code",
    "time",
    "q",
    "blockquote",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "label",
    "dialog",
    "br",
    "img",
    "ins",
    "del",
}
LogIn = Callable[[str], TestClient]


class Seen(HTMLParser):
    """Collects what a browser would build from a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.problems: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ALLOWED_TAGS:
            self.problems.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on") or name == "style":
                self.problems.append(f"{name}={value}")
            if name in {"href", "src", "action"} and not re.match(r"/(?!/)|#|https://example\.test/", value or ""):
                self.problems.append(f"{name}={value}")
            if tag == "meta" and name == "http-equiv":
                self.problems.append("meta refresh")


def shape_of(page: str) -> list[str]:
    """Return the page's elements in order; raise when one should not be there."""
    seen = Seen()
    seen.feed(page)
    assert seen.problems == []
    return seen.tags


def hostile(payload: str, number: int) -> Listing:
    """Return a listing that carries the payload in every text that a page shows."""
    text = payload.replace("\x00", "")
    return Listing(
        market="tiki_vn",
        listing_id=f"hostile-{number}",
        title=f"Sorano {text} fake",
        url=f"https://example.test/?{number}",
        brand=text,
        description=f"{text}\n{text}",
        category=(text, text),
        condition=text,
        gtin=text,
        seller=Seller(seller_id=text, name=text, location=text),
        offer=Offer(price_raw=text),
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "everything",
    [PAYLOADS, pytest.param(LONG, marks=pytest.mark.skipif("MARKWATCH_LONG" not in os.environ, reason="long run"))],
)
def test_text_of_a_listing_never_becomes_markup(
    reviewer: TestClient, database: Database, everything: list[str]
) -> None:
    listings = [hostile("plain words", 0), *(hostile(payload, number + 1) for number, payload in enumerate(everything))]
    for one in listings:
        whole = Span.cut(one, "title", 0, len(one.title))
        found = exact(one, "Sorano", "Sorano")
        around = replace(found, signal="disguised_mark", spans=(whole, Span.cut(one, "description", 0, 3)))
        store(
            database,
            [hit(one, "sorano", 0.99, "high", found, replace(around, facts={"text": one.title, "mark": one.title}))],
        )
    ids = {
        one.listing_id: hit_id_of(HitKey(market="tiki_vn", listing_id=one.listing_id, track="ip", subject="sorano"))
        for one in listings
    }
    assert len(set(shape_of(reviewer.get(f"/hits/{ids['hostile-0']}").text))) > 20
    for one in listings:
        page = reviewer.get(f"/hits/{ids[one.listing_id]}?decide=violation").text
        shape_of(page)
    shape_of(reviewer.get("/review?market=tiki_vn").text)
    for payload in everything:
        for address in ("/review", "/login"):
            answer = reviewer.get(
                address,
                params={"text": payload, "brand": payload, "next": payload, "market": payload, "after": payload},
            )
            assert answer.status_code in {200, 303}
            if answer.status_code == 200:
                shape_of(answer.text)


def test_a_payload_stays_readable_as_text(reviewer: TestClient, database: Database) -> None:
    one = hostile("<script>alert(1)</script>", 1)
    store(database, [hit(one, "sorano", 0.99, "high", exact(one, "Sorano", "Sorano"))])
    first = hit_ids(reviewer.get("/review").text)[0]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in reviewer.get(f"/hits/{first}").text


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,<b>x", "//evil.test/x", "https://a@evil.test/", "x"]
)
def test_an_address_that_is_no_web_address_stays_text(reviewer: TestClient, database: Database, address: str) -> None:
    one = replace(invented_hits()[3].listing, listing_id="address", url=address)
    store(database, [hit(one, "sorano", 0.99, "high", exact(one, "Sorano", "Sorano"))])
    page = reviewer.get(f"/hits/{hit_ids(reviewer.get('/review').text)[0]}").text
    shape_of(page)
    assert 'rel="noreferrer noopener nofollow"' not in page


def test_a_web_address_is_marked_as_leaving(reviewer: TestClient) -> None:
    page = reviewer.get(f"/hits/{hit_ids(reviewer.get('/review').text)[0]}").text
    link = re.search(r'<a class="btn btn-quiet leaving"[^>]*>', page)
    assert link
    assert 'rel="noreferrer noopener nofollow"' in link[0]


def test_the_shape_check_itself_finds_what_it_must() -> None:
    for payload in ("<script src=//evil.test>", "<img src=x>", "<b onclick=x>", "<a href=javascript:x>", "<p style=x>"):
        with pytest.raises(AssertionError):
            shape_of(f"<html><body>{payload}</body></html>")
