"""The access register: what is open, who opened it, and what a crawl does where it is not."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from scrapy.utils.test import get_crawler

from crawler.access import register
from crawler.cli.main import exit_code
from crawler.errors import BadInput
from crawler.extensions.cool_downs import CoolDowns
from crawler.extensions.run_database import RunDatabase
from crawler.jobs import CrawlRequest, check_request
from crawler.middlewares.run_state import state_of
from spiders.registry import load_markets
from storage.access import load_grants, load_host_rests, record_grant, record_host_rest
from storage.audit import load_audit
from storage.database import Database, open_database
from storage.runs import open_run
from tests.crawler.opened import open_pages
from tests.storage.servers import sqlite_database

GROUND = "letter of the market of 3 November 2026"


@pytest.fixture(name="url")
def _url(tmp_path: Path) -> str:
    return sqlite_database(tmp_path)


@pytest.fixture(name="database")
def _database(url: str) -> Iterator[Database]:
    opened = open_database(url)
    yield opened
    opened.close()


def allow(url: str, market: str, way: str, ground: str = GROUND, until: str = "2099-01-01") -> int:
    return exit_code(
        ["markets", "allow", market, way, "--ground", ground, "--until", until, "--by", "lan", "--db", url]
    )


def request(market: str = "tiki_vn", **further: str) -> CrawlRequest:
    return CrawlRequest(market=market, queries=("kem",), further=further)


def test_every_market_declares_its_ways_and_what_each_was_verified_on() -> None:
    for market in load_markets().values():
        names = [way.name for way in market.ways]
        assert names
        assert len(names) == len(set(names))
        assert "import" in names
        for way in market.ways:
            assert way.format
            assert way.terms
            assert way.verified.startswith("recorded: ") or way.verified == "documented, not verified on a live answer"
            assert bool(way.keys) == (way.name == "api")
        assert (market.api is not None) == ("api" in names)


def test_a_record_opens_a_way_until_its_last_day_ends_and_is_audited(url: str, database: Database) -> None:
    with pytest.raises(BadInput, match="the way pages is closed"):
        check_request(request(), database)
    assert allow(url, "tiki_vn", "pages", until="2098-12-31") == 0
    check_request(request(), database)
    with database.read() as session:
        (grant,) = load_grants(session, "tiki_vn")
        (row,) = load_audit(session, "tiki_vn pages")
    assert (grant.allowed_by, grant.ground) == ("lan", GROUND)
    assert grant.until == datetime(2098, 12, 31, 17, tzinfo=UTC)  # midnight in Ha Noi
    assert (row.action, row.actor, row.data["ground"]) == ("access.allow", "lan", GROUND)
    assert not grant.is_open(grant.until)


def test_a_record_that_is_over_opens_nothing(database: Database) -> None:
    then = datetime.now(UTC) - timedelta(days=9)
    with database.write() as session:
        record_grant(session, "tiki_vn", "pages", GROUND, then + timedelta(days=8), "lan", then)
    with pytest.raises(BadInput, match="the way pages is closed"):
        check_request(request(), database)


def test_closing_a_way_ends_its_records_and_is_audited(url: str, database: Database) -> None:
    open_pages(database, "tiki_vn")
    line = ["markets", "close", "tiki_vn", "pages", "--reason", "consent withdrawn", "--by", "lan", "--db", url]
    assert exit_code(line) == 0
    with pytest.raises(BadInput, match="the way pages is closed"):
        check_request(request(), database)
    with database.read() as session:
        assert [row.action for row in load_audit(session, "tiki_vn pages")] == ["access.allow", "access.end"]
        assert load_grants(session)[0].end_reason == "consent withdrawn"
    assert exit_code(line) == 2


@pytest.mark.parametrize(
    ("market", "way", "ground", "until", "said"),
    [
        ("tiki_vn", "api", GROUND, "2099-01-01", "has no way 'api'; its ways in are: pages, import"),
        ("shop", "pages", GROUND, "2099-01-01", "asks for no consent"),
        ("tiki_vn", "pages", "yes", "2099-01-01", "--ground: say what allows it"),
        ("tiki_vn", "pages", GROUND, "2020-01-01", "--until: lies in the past"),
        ("tiki_vn", "pages", GROUND, "soon", "--until: not a date"),
        ("tikki_vn", "pages", GROUND, "2099-01-01", "unknown market"),
    ],
)
def test_a_record_that_says_nothing_is_refused(
    url: str, capsys: pytest.CaptureFixture[str], market: str, way: str, ground: str, until: str, said: str
) -> None:
    assert allow(url, market, way, ground, until) == 2
    assert said in capsys.readouterr().err


def test_the_list_shows_what_is_open_and_why(url: str, database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    open_pages(database, "tiki_vn")
    assert exit_code(["markets", "list", "--json", "--db", url]) == 0
    rows = {(row["market"], row["way"]): row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    assert len(rows) == len(register(database, datetime.now(UTC)))
    assert rows["tiki_vn", "pages"]["open"] is True
    assert "allowed by a test until" in rows["tiki_vn", "pages"]["because"]
    assert rows["shopee_vn", "pages"]["open"] is False
    assert rows["shopee_vn", "pages"]["because"] == "asks for consent, and no record in force gives it"
    assert rows["shop", "pages"]["open"] is True


def test_a_markets_own_arguments_are_listed_with_what_they_may_be(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["markets", "arguments", "ebay_com", "--json"]) == 0
    rows = {row["name"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    assert rows["marketplace"]["values"].startswith("EBAY_US EBAY_GB")
    assert (rows["auctions"]["values"], rows["auctions"]["default"]) == ("true or false", True)
    assert "base_url" not in rows
    with pytest.raises(BadInput, match=r"marketplace: Input should be 'EBAY_US', .* located_in: String should match"):
        check_request(CrawlRequest(market="ebay_com", further={"marketplace": "EBAY_VN", "located_in": "vn"}))


def test_the_list_needs_no_database(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["markets", "list", "--json", "--db", f"sqlite:///{tmp_path / 'none.db'}"]) == 0
    assert '"market": "tiki_vn"' in capsys.readouterr().out


def test_a_host_that_refused_is_left_alone_for_a_day(database: Database) -> None:
    open_pages(database, "tiki_vn")
    now = datetime.now(UTC)
    with database.write() as session:
        record_host_rest(session, "tiki_vn", "tiki.vn", "captcha form", None, now, now + timedelta(hours=24))
        # A shorter rest that comes later takes nothing away.
        record_host_rest(session, "tiki_vn", "tiki.vn", "again", None, now, now + timedelta(hours=1))
    with pytest.raises(
        BadInput, match=r"tiki.vn refused automatic reading at .* \(captcha form\); it is left alone until"
    ):
        check_request(request(), database)
    check_request(CrawlRequest(market="tiki_vn", queries=("kem",), base_url="http://127.0.0.1:9"), database)
    with database.read() as session:
        assert load_host_rests(session, now + timedelta(hours=24)) == ()


def test_a_refusal_met_in_a_run_is_kept_and_stops_the_next_run(url: str, database: Database) -> None:
    with database.write() as session:
        run = open_run(session, "tiki_vn", {}, datetime.now(UTC), "a test")
    spider = load_markets()["tiki_vn"]

    async def refuse() -> None:
        crawler = get_crawler(spider, {"MARKWATCH_DB": url, "MARKWATCH_RUN_ID": run.run_id})
        crawler.spider = spider(query="kem")
        run_database = RunDatabase(crawler, url, run.run_id)
        extension = CoolDowns(crawler)
        extension.run_database = run_database
        extension._refused("tiki.vn", "punish page")
        await extension._end()
        await extension._begin(crawler.spider)
        assert "punish page" in state_of(crawler).host("tiki.vn").stopped
        run_database.database.close()

    asyncio.run(refuse())
    with database.read() as session:
        (rest,) = load_host_rests(session, datetime.now(UTC))
    assert (rest.market, rest.host, rest.run_id) == ("tiki_vn", "tiki.vn", run.run_id)
    assert rest.until - rest.since == timedelta(hours=24)


def test_an_argument_with_an_option_of_its_own_is_refused(database: Database) -> None:
    with pytest.raises(BadInput, match="-a query: has an option of its own"):
        check_request(request(query="kem"), database)
