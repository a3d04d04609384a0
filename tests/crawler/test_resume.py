"""A run whose process is killed goes on where it stopped and ends with what an undisturbed one would have found."""

import os
import random
import subprocess
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from records.run import Run
from storage.database import Database, open_database
from storage.listings import load_listings
from storage.lost_runs import mark_lost_runs
from storage.run_pages import load_run_pages
from storage.runs import load_events, load_run, open_run
from tests.crawler.crawling import command, made_database
from tests.crawler.replay import Replay, Reply, replay
from tests.crawler.test_engine_process import wait_until
from tests.realdata import PROJECT

pytestmark = [pytest.mark.fault, pytest.mark.timeout(3_600)]

LONG = os.environ.get("MARKWATCH_LONG") == "1"
KILLS = 50 if LONG else 5
PRODUCTS = 399 if LONG else 119
PER_PAGE = 20
FEW = 39
# What one kill may cost: the page under way and those fetched within the last three tenths of a second, whose listings
# wait for others or are being stored. At the usual three seconds between two requests that is one page.
UNDER_WAY = 6


def shop(products: int = PRODUCTS) -> dict[str, Reply | list[Reply]]:
    """Return a shop of list pages that lead to one another and to their products."""
    routes: dict[str, Reply | list[Reply]] = {"/robots.txt": Reply(body=b"User-agent: *\nCrawl-delay: 0.05\n")}
    for number in range(products):
        routes[f"/p/{number}"] = Reply(body=(
            f'<html lang="de"><head><title>Lampe {number}</title></head><body><h1>Lampe {number}</h1>'
            f'<p class="price">{number + 1},90 €</p><button>In den Warenkorb</button></body></html>'
        ).encode())  # fmt: skip
    pages = (products + PER_PAGE - 1) // PER_PAGE
    for page in range(pages):
        links = "".join(f'<a href="/p/{n}">L</a>' for n in range(page * PER_PAGE, min(products, (page + 1) * PER_PAGE)))
        more = f'<a href="/l?page={page + 1}">more</a>' if page + 1 < pages else ""
        routes[f"/l?page={page}"] = Reply(body=f"<html><body><h1>Lampen</h1>{links}{more}</body></html>".encode())
    return routes


def opened(database: Database, server: Replay) -> Run:
    arguments = {"url": f"{server.url}/l?page=0", "allow_host": server.place, "max_pages": "1000"}
    with database.write() as session:
        return open_run(session, "shop", arguments, datetime.now(UTC), "a test")


def started(run: Run, url: str, folder: Path) -> "subprocess.Popen[bytes]":
    line = command("shop", run.run_id, url, run.arguments, ("HEARTBEAT_SECONDS=0.3",))
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(line, cwd=PROJECT, stderr=log)


def pages_asked(server: Replay) -> Counter[str]:
    return Counter(path for path in server.paths())


def test_a_run_killed_again_and_again_ends_with_every_listing_and_few_repeats(tmp_path: Path) -> None:
    chance = random.Random(20261124)
    url = made_database(tmp_path)
    database = open_database(url)
    slowest = 0.0
    with replay(shop()) as server:
        run = opened(database, server)
        kills = 0
        while kills < KILLS:
            process = started(run, url, tmp_path)
            began_at, asked = time.monotonic(), len(server.log)
            while len(server.log) == asked and process.poll() is None:
                time.sleep(0.05)
            slowest = max(slowest, time.monotonic() - began_at)
            if process.poll() is not None:
                break
            time.sleep(chance.uniform(0.0, 1.0))
            process.kill()
            process.wait()
            kills += 1
        if process.poll() != 0:
            assert started(run, url, tmp_path).wait(300) == 0, (tmp_path / "log").read_text()[-3000:]
        times = pages_asked(server)
        place = server.url
    with database.read() as session:
        listings = {listing.listing_id for listing in load_listings(session, None, 1_000)}
        ended = load_run(session, run.run_id)
        assert load_run_pages(session, run.run_id) == ()
        resumed = [event.text for event in load_events(session, run.run_id) if event.kind == "resumed"]
    database.close()
    assert listings == {f"{place}/p/{number}" for number in range(PRODUCTS)}
    assert ended.outcome == "finished"
    assert set(times) == {path for path in shop() if path != "/robots.txt"}
    assert times.total() - len(times) <= kills * UNDER_WAY
    assert resumed
    if os.getloadavg()[0] < 3:
        assert slowest < 10


def test_the_run_that_does_a_lost_one_again_takes_over_its_pages(tmp_path: Path) -> None:
    url = made_database(tmp_path)
    database = open_database(url)
    with replay(shop(FEW)) as server:
        first = opened(database, server)
        process = started(first, url, tmp_path)
        wait_until(lambda: len(server.log) > 15)
        process.kill()
        process.wait()
        before = pages_asked(server)
        with database.write() as session:
            mark_lost_runs(session, datetime.now(UTC) + timedelta(seconds=61))
        second = opened(database, server)
        assert started(second, url, tmp_path).wait(300) == 0
        times = pages_asked(server)
    with database.read() as session:
        assert len(load_listings(session, None, 1_000)) == FEW
        (text,) = [event.text for event in load_events(session, second.run_id) if event.kind == "resumed"]
    database.close()
    assert f"from run {first.run_id}" in text
    assert times.total() - len(times) <= UNDER_WAY
    assert before.total() >= 12
