"""Redirects from an opened host to internal places and strange schemes: a canary on loopback is never touched."""

from pathlib import Path

import pytest

from tests.crawler.crawling import crawl, tiki_page
from tests.crawler.replay import Reply, replay

pytestmark = pytest.mark.fault

# Location headers by the count that the skip goes under; {port} is the canary's.
LOCATIONS: dict[str, tuple[str, ...]] = {
    "skip.internal_address": (
        "http://127.0.0.1:{port}/", "http://127.1:{port}/", "http://2130706433:{port}/", "http://0x7f.1:{port}/",
        "http://0177.0.0.1:{port}/", "http://localhost:{port}/", "http://LOCALHOST.:{port}/", "http://[::1]:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/", "http://[::]:{port}/", "http://0.0.0.0:{port}/", "http://0:{port}/",
        "http://169.254.169.254/latest/meta-data/", "http://169.254.169.254./", "http://10.0.0.1/", "http://[fd00::1]/",
        "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://metadata.google.internal/",
        "//127.0.0.1:{port}/",
    ),
    "skip.scheme": (
        "file:///etc/passwd", "gopher://127.0.0.1:{port}/", "data:text/html,x", "ftp://127.0.0.1/", "javascript:1",
    ),
    "skip.off_site_redirect": ("http://evil.example/", "https://tiki.vn.evil.example/", "https://tiki.vn@evil.example/"),
    "skip.bad_redirect": ("",),
}  # fmt: skip


def test_no_redirect_leads_inside_or_off_the_site_and_each_is_counted(tmp_path: Path) -> None:
    with replay({"/": Reply(body=b"internal")}) as canary:
        routes: dict[str, Reply | list[Reply]] = {
            "/good": Reply(body=tiki_page(0, 12), content_type="application/json")
        }
        for name, locations in LOCATIONS.items():
            for index, location in enumerate(locations):
                target = location.format(port=canary.port)
                routes[f"/{name}/{index}"] = Reply(status=302, headers=(("Location", target),))
        with replay(routes) as server:
            urls = "|".join(server.url + path for path in routes)
            crawled = crawl(tmp_path, "tiki_vn", {"url": urls, "allow_host": server.place})
        assert canary.log == []
    counts = crawled.run.counts
    # User names in an address are refused before anyone asks whose host it is.
    assert {name: counts.get(name) for name in LOCATIONS} == {
        "skip.internal_address": 20, "skip.scheme": 5, "skip.off_site_redirect": 2, "skip.bad_redirect": 1
    }  # fmt: skip
    assert counts["skip.bad_address"] == 1
    assert len(crawled.listings) == 12


def test_on_a_replay_a_redirect_to_the_markets_own_host_stays_on_the_replay(tmp_path: Path) -> None:
    routes: dict[str, Reply | list[Reply]] = {
        "/old": Reply(status=301, headers=(("Location", "https://tiki.vn/new"),)),
        "/new": Reply(body=tiki_page(0, 12), content_type="application/json"),
        "/loop": Reply(status=302, headers=(("Location", "/loop?again"),)),
        "/loop?again": Reply(status=302, headers=(("Location", "/loop?more"),)),
        **{f"/hop{number}": Reply(status=302, headers=(("Location", f"/hop{number + 1}"),)) for number in range(8)},
    }
    with replay(routes) as server:
        arguments = {"url": "https://tiki.vn/old|https://tiki.vn/hop0", "base_url": server.url}
        crawled = crawl(tmp_path, "tiki_vn", arguments)
    assert server.paths()[:2] in (["/old", "/hop0"], ["/hop0", "/old"])
    assert "/hop5" in server.paths()
    assert "/hop6" not in server.paths()
    assert crawled.run.counts["skip.redirects"] == 1
    assert len(crawled.listings) == 12
    assert {listing.page_copy.url for listing in crawled.listings if listing.page_copy} == {f"{server.url}/new"}
