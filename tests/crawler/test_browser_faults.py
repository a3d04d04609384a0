"""Pages that loop, hog, pop up and reach inward: each costs itself, and nothing internal is touched."""

import os
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from crawler.browser import find_browser
from crawler.browser_processes import browser_processes, kill_all
from tests.crawler.crawling import Crawled, crawl
from tests.crawler.replay import Replay, Reply, replay

pytestmark = pytest.mark.browser

GOOD = (
    b'<html lang="de"><head><title>Lampe</title></head><body><h1>Lampe</h1><p class="price">49,90 \xe2\x82\xac</p>'
    b"<button>In den Warenkorb</button></body></html>"
)
HOSTILE = {
    "loop": "<script>setTimeout(() => { while (true) {} }, 200)</script>",
    "alerts": "<script>setTimeout(() => { for (;;) alert(1) }, 100)</script>",
    "hog": "<script>setTimeout(() => { const a = []; for (;;) a.push(new Uint8Array(2 ** 24).fill(7)) }, 100)</script>",
    "popups": "<script>for (let i = 0; i < 50; i++) window.open('/good?popup=' + i)</script>",
    "download": "<script>location.href = '/file'</script>",
}
# Every way in which a page can reach for another host; {place} is the canary.
VECTORS = """<html><head><meta http-equiv="refresh" content="1;url=http://{place}/refresh">
<link rel="stylesheet" href="http://{place}/style"><link rel="prefetch" href="http://{place}/prefetch">
<link rel="preconnect" href="http://{place}"></head>
<body><img src="http://{place}/image"><iframe src="http://{place}/frame"></iframe>
<object data="http://{place}/object"></object><video src="http://{place}/video"></video>
<form id=f action="http://{place}/form" target=_blank><input name=a></form>
<script src="http://{place}/script"></script>
<script>
const at = "http://{place}";
fetch(at + "/fetch", {{mode: "no-cors"}}).catch(() => {{}});
const x = new XMLHttpRequest(); x.open("GET", at + "/xhr"); x.onerror = () => {{}}; x.send();
navigator.sendBeacon(at + "/beacon", "x");
try {{ new WebSocket("ws://{place}/socket") }} catch (e) {{}}
try {{ new EventSource(at + "/events") }} catch (e) {{}}
try {{ new Worker(URL.createObjectURL(new Blob(["fetch('" + at + "/worker')"]))) }} catch (e) {{}}
try {{ navigator.serviceWorker.register("/sw.js") }} catch (e) {{}}
try {{ window.open(at + "/popup") }} catch (e) {{}}
try {{ new RTCPeerConnection({{iceServers: [{{urls: "stun:{place}"}}]}}).createDataChannel("x") }} catch (e) {{}}
const css = document.createElement("style"); css.textContent = "@import url(" + at + "/import);";
document.head.append(css);
f.submit();
</script></body></html>"""


def run(folder: Path, server: Replay, paths: list[str], *settings: str) -> Crawled:
    if find_browser(install=False) is None:
        pytest.skip("no browser on this machine")
    urls = "|".join(server.url + path for path in paths)
    arguments = {"url": urls, "allow_host": server.place, "rendered": "true", "max_pages": "1"}
    return crawl(folder, "shop", arguments, settings)


def test_hostile_pages_cost_only_themselves(tmp_path: Path) -> None:
    routes: dict[str, Reply | list[Reply]] = {f"/{name}": Reply(body=f"<html><body>{body}</body></html>".encode())
                                              for name, body in HOSTILE.items()}  # fmt: skip
    routes |= {"/robots.txt": Reply(body=b""), "/good": Reply(body=GOOD), "/last": Reply(body=GOOD)}
    routes["/file"] = Reply(body=b"x" * 1000, content_type="application/octet-stream")
    with replay(routes) as server:
        paths = ["/good", *(f"/{name}" for name in HOSTILE), "/last"]
        done = run(tmp_path, server, paths, "BROWSER_PAGE_SECONDS=12", "BROWSER_MEMORY_MB=900")
        place = server.url
    assert {listing.listing_id for listing in done.listings} == {f"{place}/good", f"{place}/last"}
    texts = done.event_texts("page")
    assert any("/loop: not at rest within 12 s" in text for text in texts), texts
    assert any("/hog: " in text for text in texts), texts
    assert done.run.counts["skip.popup"] >= 1
    assert "never retrieved" not in done.log


def test_a_page_in_the_browser_touches_no_internal_host_by_any_of_its_means(tmp_path: Path) -> None:
    with replay({"/": Reply(body=b"internal")}) as canary:
        page = VECTORS.format(place=canary.place).encode()
        routes: dict[str, Reply | list[Reply]] = {"/robots.txt": Reply(body=b""), "/page": Reply(body=page)}
        with replay(routes) as server:
            run(tmp_path, server, ["/page"], "BROWSER_PAGE_SECONDS=30")
            assert "/page" in server.paths()
            assert "/sw.js" not in server.paths()
        assert canary.log == []


def test_the_browser_is_started_anew_after_so_many_pages(tmp_path: Path) -> None:
    routes: dict[str, Reply | list[Reply]] = {f"/p/{number}": Reply(body=GOOD) for number in range(5)}
    with replay({"/robots.txt": Reply(body=b""), **routes}) as server:
        done = run(tmp_path, server, list(routes), "BROWSER_PAGES=2")
    assert len(done.listings) == 5
    assert "'playwright/browser_count': 3" in done.log
    assert "'playwright/context_count': 5" in done.log


def crawls_of_this_test() -> list[int]:
    """Return the ids of the crawls that this process started and that are still at work."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [int(pid) for pid in children if b"crawler.process" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_a_browser_that_is_killed_twice_in_a_run_costs_no_listing_and_no_process_stays(tmp_path: Path) -> None:
    killed: list[int] = []

    def kill_and_answer(handler: BaseHTTPRequestHandler) -> None:
        # Each of these pages finds its browser dead while it waits, the first time that it is asked for.
        if handler.path not in {path for path, _ in kills}:
            pids = [pid for crawl_pid in crawls_of_this_test() for pid in browser_processes(crawl_pid)]
            kills.append((handler.path, len(pids)))
            kill_all(tuple(pids))
            killed.extend(pids)
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html; charset=utf-8")
        handler.send_header("Content-Length", str(len(GOOD)))
        handler.end_headers()
        handler.wfile.write(GOOD)

    kills: list[tuple[str, int]] = []
    routes: dict[str, Reply | list[Reply]] = {f"/p/{number}": Reply(body=GOOD) for number in range(5)}
    routes |= {"/p/1": Reply(raw=kill_and_answer), "/p/3": Reply(raw=kill_and_answer)}
    with replay({"/robots.txt": Reply(body=b""), **routes}) as server:
        done = run(tmp_path, server, list(routes), "BROWSER_PAGE_SECONDS=20")
    assert [path for path, _ in kills] == ["/p/1", "/p/3"]
    assert all(number for _, number in kills)
    assert len(done.listings) == 5, (done.run.counts, done.event_texts("page"))
    assert not [pid for pid in killed if Path(f"/proc/{pid}").exists()]


def test_pages_that_a_button_or_scrolling_reveals_are_read(tmp_path: Path) -> None:
    script = (
        "let n = 0; function add() { const a = document.createElement('a'); a.href = '/p/' + n; a.textContent = n++;"
        "a.style.display = 'block'; a.style.height = '500px'; list.append(a); if (n > 3) more.remove() }"
    )
    body = f"<div id=list></div><button id=more onclick='add()'>Load more</button><script>{script}; add()</script>"
    routes: dict[str, Reply | list[Reply]] = {
        "/list": Reply(body=f"<html><body><h1>L</h1>{body}</body></html>".encode())
    }
    routes |= {f"/p/{number}": Reply(body=GOOD) for number in range(4)}
    with replay({"/robots.txt": Reply(body=b""), **routes}) as server:
        urls = f"{server.url}/list"
        if find_browser(install=False) is None:
            pytest.skip("no browser on this machine")
        done = crawl(tmp_path, "shop", {"url": urls, "allow_host": server.place, "rendered": "true", "max_pages": "9"})
    assert len(done.listings) == 4, done.log[-2000:]
