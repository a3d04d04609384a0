import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import scrapy
from scrapy.settings import Settings

from crawler.settings import user_agent
from tests.crawler.crawling import tiki_page
from tests.crawler.replay import Reply, replay
from tests.realdata import PROJECT

# What the hardening rests on; a change here is a decision, not a side effect.
HARDENED: dict[str, object] = {
    "ROBOTSTXT_OBEY": False,
    "DOWNLOAD_MAXSIZE": 8 * 2**20,
    "DOWNLOAD_TIMEOUT": 30,
    "DNS_TIMEOUT": 10,
    "DOWNLOAD_FAIL_ON_DATALOSS": True,
    "DOWNLOAD_VERIFY_CERTIFICATES": True,
    "DOWNLOAD_TLS_MIN_VERSION": "TLSv1.2",
    "REDIRECT_MAX_TIMES": 5,
    "URLLENGTH_LIMIT": 2083,
    "DEPTH_LIMIT": 20,
    "RETRY_TIMES": 2,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "DOWNLOAD_DELAY": 3,
    "DOWNLOAD_DELAY_JITTER": 0.0,
    "AUTOTHROTTLE_ENABLED": True,
    "COOKIES_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "REFERRER_POLICY": "no-referrer",
    "HTTPPROXY_ENABLED": False,
    "METAREFRESH_ENABLED": False,
    "MEMUSAGE_LIMIT_MB": 700,
}


@pytest.fixture
def settings() -> Settings:
    made = Settings()
    made.setmodule("crawler.settings", priority="project")
    return made


@pytest.mark.parametrize(("name", "value"), list(HARDENED.items()))
def test_the_hardened_settings_hold(settings: Settings, name: str, value: object) -> None:
    assert settings[name] == value
    assert name in vars(import_module("scrapy.settings.default_settings"))


def test_only_web_pages_are_downloaded_and_only_through_the_guard(settings: Settings) -> None:
    handlers = settings.get_component_priority_dict_with_base("DOWNLOAD_HANDLERS")
    used = {scheme: handler for scheme, handler in handlers.items() if handler is not None}
    assert used == dict.fromkeys(("http", "https"), "crawler.egress_download.GuardedDownloadHandler")


def test_refusals_are_no_retries(settings: Settings) -> None:
    assert not {429, 503} & set(settings["RETRY_HTTP_CODES"])


@pytest.mark.parametrize("name", ["DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES", "EXTENSIONS", "ITEM_PIPELINES"])
def test_every_component_that_is_named_exists(settings: Settings, name: str) -> None:
    for path in settings[name]:
        module, _, attribute = path.rpartition(".")
        assert hasattr(import_module(module), attribute), path


def test_the_user_agent_says_who_we_are_and_cannot_break_a_header() -> None:
    assert user_agent("https://example.org/bot").startswith("Markwatch/")
    assert user_agent("https://example.org/bot").endswith(" (+https://example.org/bot)")
    assert "\n" not in user_agent("x\r\nEvil: 1")
    assert user_agent("").count(" ") == 0


def test_the_version_of_scrapy_has_the_known_holes_closed() -> None:
    assert scrapy.version_info >= (2, 17)


def run_scrapy(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.slow
def test_scrapy_crawl_prints_the_listing_format_without_markwatch_or_a_database(tmp_path: Path) -> None:
    with replay({"/api/v2/products": Reply(body=tiki_page(0, 12), content_type="application/json")}) as server:
        outs = [tmp_path / f"out.{suffix}" for suffix in ("jsonl", "json", "csv")]
        given = [part for out in outs for part in ("-O", str(out))]
        done = run_scrapy("crawl", "tiki_vn", "-a", "query=áo", "-a", f"base_url={server.url}", *given)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in outs[0].read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 12
    first = min(lines, key=lambda line: str(line["listing_id"]))
    wanted = {
        "market": "tiki_vn",
        "listing_id": "800000",
        "title": "Áo mưa mẫu số 0",
        "price": "45000",
        "currency": "VND",
    }
    assert wanted.items() <= first.items()
    assert "page_copy" not in first
    assert json.loads(outs[1].read_text(encoding="utf-8")) == lines
    assert outs[2].read_text(encoding="utf-8").splitlines()[0].split(",")[:3] == ["market", "listing_id", "url"]


@pytest.mark.fault
def test_scrapy_list_and_check_work_from_the_checkout() -> None:
    listed = run_scrapy("list")
    assert {"tiki_vn", "shopee_vn", "shop"} <= set(listed.stdout.split())
    assert run_scrapy("check").returncode == 0
