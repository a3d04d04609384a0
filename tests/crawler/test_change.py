"""The same shop crawled again: only news is fetched, changes are observed, absence is honest."""

from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from records.watchlist import Mark
from storage.database import open_database
from storage.hits import HitFilter, iterate_hits
from storage.listings import load_observations, load_sightings
from storage.page_states import load_page_habits, load_page_state
from storage.passes import load_not_seen_since
from storage.watchlist import save_marks
from tests.crawler.crawling import Crawled, crawl, made_database
from tests.crawler.replay import Replay, Reply, replay

pytestmark = pytest.mark.fault

CAPTCHA = Reply(body=b"<html><title>Just a moment...</title></html>")


def product(name: str, price: str = "49,90") -> bytes:
    return (
        f'<html lang="de"><head><title>{name}</title></head><body><h1>{name}</h1><p class="price">{price} €</p>'
        "<button>In den Warenkorb</button></body></html>"
    ).encode()


def versioned(body: bytes) -> Reply:
    """Return an answer that a visitor who has it already does not get again."""
    tag = f'"{hash(body) & 0xFFFFFF:x}"'

    def send(handler: BaseHTTPRequestHandler) -> None:
        has_it = handler.headers.get("If-None-Match") == tag
        handler.send_response(304 if has_it else 200)
        handler.send_header("ETag", tag)
        handler.send_header("Content-Type", "text/html; charset=utf-8")
        handler.send_header("Content-Length", "0" if has_it else str(len(body)))
        handler.end_headers()
        handler.wfile.write(b"" if has_it else body)

    return Reply(raw=send)


def shown(*numbers: int) -> Reply:
    links = "".join(f'<a href="/p/{number}">L</a>' for number in numbers)
    return Reply(body=f"<html><body><h1>Lampen</h1>{links}</body></html>".encode())


def again(folder: Path, server: Replay, url: str | None) -> Crawled:
    return crawl(folder, "shop", {"url": f"{server.url}/l", "allow_host": server.place}, url=url)


def test_a_second_crawl_fetches_only_news_and_says_what_changed_and_what_is_gone(tmp_path: Path) -> None:
    routes: dict[str, Reply | list[Reply]] = {"/robots.txt": Reply(body=b""), "/l": shown(1, 2, 3, 4)}
    routes |= {f"/p/{number}": versioned(product(f"Lampe {number}")) for number in range(1, 5)}
    with replay(routes) as server:
        first = again(tmp_path, server, None)
        second = again(tmp_path, server, first.url)
        server.routes |= {"/p/2": versioned(product("Lampe zwei", "39,90")), "/l": shown(1, 2, 4)}
        third = again(tmp_path, server, first.url)
        server.routes["/l"] = CAPTCHA
        fourth = again(tmp_path, server, first.url)
        keys = [("shop", f"{server.url}/p/{number}") for number in range(1, 5)]
    assert (first.run.counts["new"], first.run.counts.get("pages_unchanged", 0)) == (4, 0)
    assert (second.run.counts["pages_unchanged"], second.run.counts["unchanged"]) == (4, 4)
    assert second.run.outcome == "finished"
    assert (third.run.counts["changed"], third.run.counts["pages_unchanged"]) == (1, 2)
    assert third.run.counts["not_seen_any_more"] == 1
    assert fourth.run.outcome == "blocked"
    database = open_database(first.url)
    with database.read() as session:
        seen = [(one.field, one.before, one.after) for one in load_observations(session, *keys[1])]
        assert seen == [("title", "Lampe 2", "Lampe zwei"), ("price", "49.90 EUR", "39.90 EUR")]
        absent = load_not_seen_since(session, keys)
        assert list(absent) == [keys[2]]
        sightings = load_sightings(session, keys)
        assert sightings[keys[0]].last_seen_at > absent[keys[2]] > sightings[keys[2]].last_seen_at
        assert sightings[keys[0]].changed_at == sightings[keys[0]].first_seen_at
        habits = load_page_habits(session, "shop")
        assert (habits[keys[1][1]].visits, habits[keys[1][1]].changes) == (3, 1)
        state = load_page_state(session, "shop", keys[0][1])
        assert state is not None
        assert state.listing_ids == (keys[0][1],)
    database.close()


def test_an_incomplete_pass_calls_nothing_absent(tmp_path: Path) -> None:
    routes: dict[str, Reply | list[Reply]] = {"/robots.txt": Reply(body=b""), "/l": shown(1, 2, 3)}
    routes |= {f"/p/{number}": Reply(body=product(f"Lampe {number}")) for number in range(1, 4)}
    with replay(routes) as server:
        first = again(tmp_path, server, None)
        server.routes |= {"/l": shown(1, 2), "/p/2": Reply(status=500, body=b"no")}
        second = crawl(
            tmp_path, "shop", {"url": f"{server.url}/l", "allow_host": server.place}, ("RETRY_TIMES=0",), first.url
        )
    assert second.run.counts.get("not_seen_any_more", 0) == 0


def test_a_404_of_a_known_listing_removes_nothing_and_withdraws_no_hit(tmp_path: Path) -> None:
    url = made_database(tmp_path)
    database = open_database(url)
    with database.write() as session:
        save_marks(session, [Mark(mark_id="hanamori", text="Hanamori", brand="HANAMORI")])
    with replay({"/robots.txt": Reply(body=b""), "/p/1": Reply(body=product("Kem Hanam0ri"))}) as server:
        arguments = {"url": f"{server.url}/p/1", "allow_host": server.place}
        first = crawl(tmp_path, "shop", arguments, url=url)
        for status in (404, 410):
            server.routes["/p/1"] = Reply(status=status, body=b"none")
            later = crawl(tmp_path, "shop", arguments, url=url)
            assert later.run.counts["answers.gone"] == later.run.counts["skip.gone"] == 1
            assert later.listings == first.listings
            with database.read() as session:
                assert {hit.state for hit in iterate_hits(session, HitFilter())} == {"new"}
                assert load_not_seen_since(session, [first.listings[0].key]) == {}
    database.close()
