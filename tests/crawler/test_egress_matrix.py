"""Sixty ways to write an internal address, each tried by every fetcher of a crawl: a canary on loopback gets no hit."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crawler import egress
from crawler.egress import ALLOWED_PORTS, Guard, place_of
from records.watchlist import Mark
from storage.database import open_database
from storage.watchlist import save_marks
from tests.crawler.crawling import crawl, made_database
from tests.crawler.replay import Reply, replay

pytestmark = pytest.mark.fault

TOKEN = "a-token-for-tests"
# {port} is the canary's, which the guard of this test takes for a web port.
HOSTS = (
    "127.0.0.1", "127.1", "127.0.1", "127.000.000.001", "2130706433", "0x7f.1", "0x7f000001", "0X7F.0.0.1",
    "0177.0.0.1", "017700000001", "0", "0.0.0.0", "00.0.0.0", "localhost", "LOCALHOST", "localhost.", "localhost..",  # noqa: S104 - a target
    "127.0.0.1.", "LocalHost.localdomain", "ip6-localhost", "[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[fe80::1]",
    "[fe80::1%25lo]", "[fc00::1]", "127.0.0.2", "127.255.255.254", "%31%32%37.0.0.1", "127%2e0%2e0%2e1",
    "\uff11\uff12\uff17.0.0.1", "127\u30020\u30020\u30021", "\u2460\u2461\u2466.0.0.1", "127.0.0.1%00.example",
    "127.0.0.1\\.example", "user@127.0.0.1", "user:word@localhost", "example@127.0.0.1", "metadata.google.internal",
)  # fmt: skip
FORMS = (
    *(f"http://{host}:{{port}}/" for host in HOSTS),
    "//127.0.0.1:{port}/", "http:/127.0.0.1:{port}/", "http:127.0.0.1:{port}/", "HTTP://127.0.0.1:{port}/",
    "\\\\127.0.0.1:{port}\\", "http:\\\\127.0.0.1:{port}/", " http://127.0.0.1:{port}/", "ht\ntp://127.0.0.1:{port}/",
    "http://127.0.0.1:0{port}/", "https://127.0.0.1:{port}/", "ftp://127.0.0.1:{port}/", "gopher://127.0.0.1:{port}/",
    "file://127.0.0.1/etc/passwd", "http://169.254.169.254/", "http://169.254.169.254./",
)  # fmt: skip


@contextmanager
def guard_for(place: str, port: int) -> Iterator[str]:
    """Run a guard that opens one place and takes another port of this machine for a web port; give its address."""
    loop = asyncio.new_event_loop()
    guard = Guard(token=TOKEN, opened=frozenset({place_of(place, 80)}))
    egress.ALLOWED_PORTS = ALLOWED_PORTS | {port}
    server = loop.run_until_complete(guard.serve())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{egress.USER}:{TOKEN}@127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        egress.ALLOWED_PORTS = ALLOWED_PORTS

        async def end() -> None:
            server.close()
            guard.kept.close()
            await asyncio.sleep(0.1)

        asyncio.run_coroutine_threadsafe(end(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def page(number: int, form: str) -> Reply:
    """Return a flagged product whose picture, link, frame, canonical address and refresh are the form."""
    shown = form.replace('"', "&quot;")
    return Reply(body=(
        f'<html lang="de"><head><title>Kem Hanam0ri {number}</title><meta property="og:image" content="{shown}">'
        f'<meta http-equiv="refresh" content="0;url={shown}"><link rel="next" href="{shown}">'
        f'<link rel="sitemap" href="{shown}"></head><body><h1>Kem Hanam0ri {number}</h1><p class="price">4,90 €</p>'
        f'<button>In den Warenkorb</button><a href="{shown}">L</a><iframe src="{shown}"></iframe></body></html>'
    ).encode("utf-8", "replace"))  # fmt: skip


def test_pages_pictures_redirects_sitemaps_and_robots_reach_nothing_inside(tmp_path: Path) -> None:
    assert len(FORMS) >= 60
    url = made_database(tmp_path)
    database = open_database(url)
    with database.write() as session:
        save_marks(session, [Mark(mark_id="hanamori", text="Hanamori", brand="HANAMORI")])
    database.close()
    with replay({"/": Reply(body=b"internal")}) as canary:
        forms = [form.format(port=canary.port) for form in FORMS]
        printable = [form for form in forms if form.isprintable() and form.isascii()]
        locations = "".join(f"<url><loc>{form.strip()}</loc></url>" for form in forms)
        routes: dict[str, Reply | list[Reply]] = {
            "/robots.txt": Reply(body="".join(f"Sitemap: {form}\n" for form in printable).encode()),
            "/sitemap.xml": Reply(body=f"<urlset>{locations}</urlset>".encode(), content_type="application/xml"),
            **{f"/p/{number}": page(number, form) for number, form in enumerate(forms)},
            **{
                f"/r/{number}": Reply(status=302, headers=(("Location", form),))
                for number, form in enumerate(printable)
            },
        }
        with replay(routes) as server, guard_for(server.place, canary.port) as guard:
            urls = "|".join(server.url + path for path in routes if path != "/robots.txt")
            arguments = {"url": urls, "allow_host": server.place, "max_pages": "200"}
            done = crawl(tmp_path, "shop", arguments, (f"EGRESS_PROXY={guard}",), url=url)
        assert canary.log == []
    assert done.run.counts["listings"] == len(forms)
    refused = {name: number for name, number in done.run.counts.items() if name.startswith("skip.")}
    assert refused["skip.internal_address"] + refused["skip.off_site"] >= 60, refused
    assert refused["skip.no_thumbnail"] >= 40, refused


@pytest.mark.parametrize("robots", ["http://127.1:{port}/", "http://[::ffff:7f00:1]:{port}/"])
def test_robots_txt_that_redirects_inside_forbids_the_host_and_reaches_nothing(robots: str, tmp_path: Path) -> None:
    with replay({"/": Reply(body=b"User-agent: *\nAllow: /\n")}) as canary:
        target = robots.format(port=canary.port)
        routes: dict[str, Reply | list[Reply]] = {
            "/robots.txt": Reply(status=302, headers=(("Location", target),)), "/p/1": page(1, "/1.jpg"),
        }  # fmt: skip
        with replay(routes) as server, guard_for(server.place, canary.port) as guard:
            arguments = {"url": f"{server.url}/p/1", "allow_host": server.place}
            done = crawl(tmp_path, "shop", arguments, (f"EGRESS_PROXY={guard}",))
        assert canary.log == []
    assert {asked.path for asked in server.log} == {"/robots.txt"}
    assert not done.listings
