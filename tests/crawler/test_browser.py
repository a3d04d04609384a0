import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Error, sync_playwright

from crawler.browser import Browser, SandboxImpossible, find_browser, launch_options
from crawler.egress_process import start_guard
from tests.crawler.replay import Reply, replay
from tests.realdata import PROJECT

PROXY = "http://markwatch:word@127.0.0.1:4321"
FOUND = Browser(path=Path("/usr/bin/true"), source="system", version="1")

INSIDE = """<!doctype html><title>page</title><body><script>
for (const url of {urls}) {{
  fetch(url, {{mode: "no-cors"}}).catch(() => 0);
  new Image().src = url;
  navigator.sendBeacon(url);
  try {{ new WebSocket(url.replace("http", "ws")); }} catch (error) {{ }}
  const frame = document.createElement("iframe"); frame.src = url; document.body.append(frame);
  const link = document.createElement("link"); link.rel = "stylesheet"; link.href = url; document.head.append(link);
}}
</script>"""


@pytest.fixture
def system_without_browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "downloads"))
    return tmp_path


def program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o700)


def test_without_any_browser_none_is_found_and_nothing_is_installed(system_without_browser: Path) -> None:
    assert find_browser(install=False) is None
    assert list(system_without_browser.iterdir()) == []


def test_a_systems_chromium_is_found_first_and_one_that_does_not_start_is_passed_over(
    system_without_browser: Path,
) -> None:
    program(system_without_browser / "chromium", "#!/bin/sh\nexit 1\n")
    program(system_without_browser / "google-chrome", "#!/bin/sh\necho Chrome 99\n")
    program(system_without_browser / "downloads/chromium-1/chrome-linux/chrome", "#!/bin/sh\necho Chromium 98\n")
    found = find_browser(install=False)
    assert found == Browser(path=system_without_browser / "google-chrome", source="system", version="Chrome 99")
    (system_without_browser / "google-chrome").unlink()
    downloaded = find_browser(install=False)
    assert downloaded is not None
    assert (downloaded.source, downloaded.version) == ("Playwright download", "Chromium 98")


def test_the_browser_is_launched_through_the_guard_with_its_sandbox_unless_root(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("MARKWATCH_PRODUCTION", raising=False)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    options = launch_options(PROXY, FOUND)
    assert options["chromium_sandbox"] is True
    assert options["proxy"] == {
        "server": "http://127.0.0.1:4321", "bypass": "<-loopback>", "username": "markwatch", "password": "word"
    }  # fmt: skip
    assert {"--proxy-bypass-list=<-loopback>", "--disable-quic"} <= set(options["args"])
    assert any("webrtc" in argument for argument in options["args"])
    assert "--no-sandbox" not in options["args"]
    assert options["executable_path"] == "/usr/bin/true"


def test_root_has_no_sandbox_which_is_said_aloud_and_refused_in_production(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("MARKWATCH_PRODUCTION", raising=False)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert launch_options(PROXY, FOUND)["chromium_sandbox"] is False
    assert "without its sandbox" in caplog.text
    monkeypatch.setenv("MARKWATCH_PRODUCTION", "1")
    with pytest.raises(SandboxImpossible):
        launch_options(PROXY, FOUND)


@pytest.mark.browser
def test_a_page_in_the_browser_reaches_the_opened_host_and_nothing_else_inside() -> None:
    if find_browser(install=False) is None:
        pytest.skip("no browser on this machine")
    with replay({"/": Reply(body=b"internal secret")}) as canary:
        forms = ["127.0.0.1", "localhost", "[::1]", "2130706433", "127.1", "0.0.0.0", "[::ffff:127.0.0.1]"]  # noqa: S104 - targets
        urls = [f"http://{form}:{canary.port}/" for form in forms] + ["http://169.254.169.254/"]
        page_body = INSIDE.format(urls=urls).encode()
        with replay({"/page": Reply(body=page_body)}) as server:
            guard = start_guard([server.place])
            try:
                with sync_playwright() as playwright:
                    browser = playwright.chromium.launch(**launch_options(guard.url))
                    page = browser.new_context(service_workers="block").new_page()
                    page.goto(f"{server.url}/page")
                    assert page.title() == "page"
                    page.wait_for_timeout(1_500)
                    for url in urls:
                        try:
                            answer = page.goto(url, timeout=5_000)
                        except Error:
                            continue
                        assert answer is None or answer.status == 403
                    browser.close()
            finally:
                guard.stop()
            assert "/page" in server.paths()
        assert canary.log == []


RENDERED = """
import sys
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings
from spiders.base import MarketSpider
from spiders.ways import Way

class Rendered(MarketSpider):
    name = "rendered"
    title, home, hosts = "Rendered", "https://rendered.example", ("rendered.example",)
    needs_browser = True
    ways = (Way(name="pages", format="pages"),)

    def request_meta(self):
        return {"playwright": True}

    def parse(self, response):
        print("READ", response.status, response.css("#made::text").get(), flush=True)

settings = Settings()
settings.setmodule("crawler.settings", priority="project")
process = AsyncCrawlerProcess(settings)
process.crawl(Rendered, url=sys.argv[1], base_url=sys.argv[2])
process.start()
"""


@pytest.mark.browser
def test_a_market_that_needs_the_browser_is_crawled_in_it_through_the_guard() -> None:
    if find_browser(install=False) is None:
        pytest.skip("no browser on this machine")
    page = b"<body><p id=made></p><script>made.textContent = 'written by ' + 'a script'</script>"
    with replay({"/page": Reply(body=page)}) as server:
        line = [sys.executable, "-c", RENDERED, "https://rendered.example/page", server.url]
        done = subprocess.run(line, cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False)
    assert "READ 200 written by a script" in done.stdout, done.stderr
    assert "/robots.txt" in [asked.path for asked in server.log]
    browsed = next(asked for asked in server.log if asked.path == "/page")
    assert browsed.headers["User-Agent"].startswith("Markwatch/")
    assert "Proxy-Authorization" not in browsed.headers
