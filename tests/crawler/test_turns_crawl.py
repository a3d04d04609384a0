"""Two crawls at once ask one host in turn; a market's day has a budget over all its runs."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest

from tests.crawler.crawling import crawl, made_database, tiki_page
from tests.crawler.replay import Reply, replay

pytestmark = pytest.mark.fault

ROBOTS = Reply(body=b"User-agent: *\nCrawl-delay: 0.3\n", content_type="text/plain")
TURNS = ("TURNS_AT_OPENED_HOSTS=True",)
DELAY = 0.3
# What clocks and threads of a busy machine may differ by.
SLACK = 0.03


def test_two_processes_never_ask_one_host_at_once_or_too_soon(tmp_path: Path) -> None:
    routes = {f"/{name}{number}": Reply(body=tiki_page(number, 3), content_type="application/json")
              for name in "ab" for number in range(6)}  # fmt: skip
    url = made_database(tmp_path)
    with replay({"/robots.txt": ROBOTS, **routes}) as server:

        def run(name: str) -> int:
            folder = tmp_path / name
            folder.mkdir()
            urls = "|".join(f"{server.url}/{name}{number}" for number in range(6))
            return crawl(folder, "tiki_vn", {"url": urls, "allow_host": server.place}, TURNS, url).code

        with ThreadPoolExecutor(2) as pool:
            assert list(pool.map(run, "ab")) == [0, 0]
        pages = sorted((asked for asked in server.log if asked.path != "/robots.txt"), key=lambda asked: asked.began_at)
    assert len(pages) == 12
    gaps = [after.began_at - before.ended_at for before, after in pairwise(pages)]
    assert min(gaps) >= DELAY - SLACK
    assert len({asked.path[1] for asked in pages[:8]}) == 2


def test_a_days_budget_ends_the_run_and_the_next_one_of_that_day(tmp_path: Path) -> None:
    routes = {f"/{number}": Reply(body=tiki_page(number, 3), content_type="application/json") for number in range(9)}
    with replay({"/robots.txt": Reply(body=b""), **routes}) as server:
        urls = "|".join(f"{server.url}/{number}" for number in range(9))
        arguments = {"url": urls, "allow_host": server.place}
        first = crawl(tmp_path, "tiki_vn", arguments, (*TURNS, "BUDGET_DAY_REQUESTS=4"))
        asked = len(server.log)
        second = crawl(tmp_path, "tiki_vn", arguments, (*TURNS, "BUDGET_DAY_REQUESTS=4"), first.url)
        assert len(server.log) == asked == 4
    assert first.run.outcome == "finished_with_warnings"
    assert any("budget of 4 requests a day" in sentence for sentence in second.run.failed_bounds)
