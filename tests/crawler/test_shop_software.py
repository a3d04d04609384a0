"""What real shop software does, on a server that does it: one crawl, one listing per product, and an honest end."""

import itertools
from pathlib import Path

import pytest

from tests.crawler.crawling import crawl
from tests.crawler.replay import Reply, replay

# Each crawl is a process of its own and takes seconds.
pytestmark = pytest.mark.fault
_VISIT = itertools.count()


def product(name: str, price: str = "49,90 €", head: str = "") -> Reply:
    """Return a product page that differs in a token at every visit."""
    return Reply(body=(
        f'<html lang="de"><head><title>{name}</title>{head}</head><body><form><input type="hidden" name="csrf" '
        f'value="{next(_VISIT)}"></form><h1>{name}</h1><p class="price">{price}</p><button>In den Warenkorb</button>'
        f"</body></html>"
    ).encode())  # fmt: skip


def grid(numbers: range, page: int, *, more: str = "") -> Reply:
    """Return a list page that always offers a next one, as shops with endless paging do."""
    cards = "".join(f'<li><a href="/p/{number}">Lampe {number}</a></li>' for number in numbers)
    paging = f'<a href="/lampen?page={page + 1}">weiter</a>'
    return Reply(body=f"<html><body><h1>Lampen</h1><ul>{cards}</ul>{paging}{more}</body></html>".encode())


def test_paging_without_an_end_ends_where_nothing_new_comes(tmp_path: Path) -> None:
    routes: dict[str, Reply | list[Reply]] = {
        "/lampen": grid(range(1, 4), 1), "/lampen?page=2": grid(range(4, 7), 2), "/robots.txt": Reply(body=b""),
    }  # fmt: skip
    routes |= {f"/lampen?page={page}": grid(range(4, 7), page) for page in range(3, 40)}
    routes |= {f"/p/{number}": product(f"Lampe {number}") for number in range(1, 7)}
    with replay(routes) as server:
        done = crawl(tmp_path, "shop", {"url": f"{server.url}/lampen", "allow_host": server.place, "max_pages": "60"})
        asked = server.paths()
    assert len(done.listings) == 6
    assert "/lampen?page=3" in asked
    assert "/lampen?page=4" not in asked
    assert done.run.counts["skip.page_repeats"] == 1


def test_one_product_under_three_addresses_is_one_listing(tmp_path: Path) -> None:
    head = '<link rel="canonical" href="/p/lampe">'
    links = "".join(f'<a href="{path}">L</a>' for path in ("/p/lampe", "/licht/p/lampe?color=red", "/sale/p/lampe"))
    routes: dict[str, Reply | list[Reply]] = {
        "/": Reply(body=f"<html><body>{links}</body></html>".encode()),
        "/p/lampe": product("Lampe", head=head), "/licht/p/lampe": product("Lampe", head=head),
        "/sale/p/lampe": product("Lampe", head=head), "/robots.txt": Reply(body=b""),
    }  # fmt: skip
    with replay(routes) as server:
        done = crawl(tmp_path, "shop", {"url": f"{server.url}/", "allow_host": server.place})
        place = server.url
    assert [listing.listing_id for listing in done.listings] == [f"{place}/p/lampe"]
    assert done.run.counts["skip.duplicate"] == 2


def test_a_search_with_one_hit_and_a_malformed_link_header_lead_to_the_product(tmp_path: Path) -> None:
    headers = (("Link", '<>; rel=canonical; ;;"'), ("Link", "<http://[::1; rel=next"))
    page = product("Lampe")
    routes: dict[str, Reply | list[Reply]] = {
        "/suche": Reply(status=302, headers=(("Location", "/p/lampe"),)),
        "/p/lampe": Reply(body=page.body, headers=headers), "/robots.txt": Reply(body=b""),
    }  # fmt: skip
    with replay(routes) as server:
        done = crawl(tmp_path, "shop", {"url": f"{server.url}/suche?q=lampe", "allow_host": server.place})
        place = server.url
    assert [listing.listing_id for listing in done.listings] == [f"{place}/p/lampe"]
    assert done.run.outcome == "finished"


def test_an_app_that_answers_every_address_with_its_shell_is_suspicious_and_says_why(tmp_path: Path) -> None:
    shell = Reply(body=b'<html><head><script src="/a.js"></script></head><body><div id="app"></div></body></html>')
    with replay({"/robots.txt": Reply(body=b""), "/p/1": shell}) as server:
        done = crawl(tmp_path, "shop", {"url": f"{server.url}/p/1", "allow_host": server.place})
    assert done.run.outcome == "suspicious"
    assert any("rendered=true" in text for text in done.event_texts("page"))


def test_graphql_errors_with_status_200_are_errors(tmp_path: Path) -> None:
    body = b'{"errors": [{"message": "Cannot query field"}], "data": null}'
    with replay({"/robots.txt": Reply(body=b""), "/graphql": Reply(body=body)}) as server:
        done = crawl(tmp_path, "shop", {"url": f"{server.url}/graphql", "allow_host": server.place})
    assert done.run.counts["errors"] == 1
    assert any("Cannot query field" in text for text in done.event_texts("page"))


def test_a_page_that_differs_at_every_visit_is_the_same_listing_unchanged(tmp_path: Path) -> None:
    with replay({"/robots.txt": Reply(body=b""), "/p/1": [product("Lampe"), product("Lampe")]}) as server:
        arguments = {"url": f"{server.url}/p/1", "allow_host": server.place}
        first = crawl(tmp_path, "shop", arguments)
        second = crawl(tmp_path, "shop", arguments, url=first.url)
    assert first.run.counts["new"] == 1
    assert second.run.counts["unchanged"] == 1
