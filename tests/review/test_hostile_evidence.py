"""Captured pages of strangers, opened by somebody who is logged in: nothing runs, nothing is asked for."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Download, Page, Request
from playwright.sync_api import Error as PlaywrightError

from captures.document_page import picture_parts
from captures.signing import SigningKey, open_key
from captures.store import CaptureStore
from records.listing import PageCopy
from storage.captures import record_capture
from storage.database import Database
from storage.page_captures import StoredFile, record_page_capture
from tests.captures.test_page_tampering import contents_of, record_of
from tests.conftest import IS_LONG
from tests.crawler.replay import replay
from tests.review.browsing import chromium, served
from tests.review.seeding import NOW
from tests.review.test_evidence import _app  # noqa: F401 - the fixture named app

pytestmark = pytest.mark.browser
LogIn = Callable[[str], TestClient]
RUN = "window.top.name='ran';document.title='ran'"
SPY = "SPY"  # becomes the canary's address
HOSTILE = (
    f"<script>{RUN}</script>", f'<img src=x onerror="{RUN}">', f'<svg onload="{RUN}">', f'<body onload="{RUN}">',
    f'<iframe srcdoc="<script>{RUN}</script>"></iframe>', f'<iframe src="javascript:{RUN}"></iframe>',
    f'<object data="javascript:{RUN}"></object>', f'<embed src="javascript:{RUN}">',
    f'<form action="javascript:{RUN}"><input type=submit autofocus onfocus="{RUN}"></form>',
    f'<meta http-equiv=refresh content="0;url=javascript:{RUN}">', f'<details open ontoggle="{RUN}">x</details>',
    f'<video><source onerror="{RUN}"></video>', f'<marquee onstart="{RUN}">x</marquee>',
    f"<math><mtext><script>{RUN}</script></mtext></math>", f"<template><script>{RUN}</script></template>",
    f'<noscript><p title="</noscript><img src=x onerror={RUN}>"></noscript>',
    f'<svg><animate onbegin="{RUN}" attributeName=x dur=1s></svg>', "<style>@import 'SPY/a.css';</style>",
    "<link rel=stylesheet href=SPY/b.css>", "<img src=SPY/c.png>", "<img srcset='SPY/d.png 1x'>",
    '<div style="background:url(SPY/e.png)">x</div>', "<iframe src=SPY/f></iframe>",
    '<meta http-equiv=refresh content="0;url=SPY/g">', "<base href=SPY/><img src=h.png>",
    "<audio src=SPY/i.mp3 autoplay></audio>", "<link rel=prefetch href=SPY/j><link rel=dns-prefetch href=SPY/k>",
    "<script src=SPY/l.js></script>", "<form action=SPY/m method=post><button autofocus>x</button></form>",
    "<svg><image href=SPY/n.png /></svg><video poster=SPY/o.png></video>",
    f"<!--><script>{RUN}</script>-->", "<a href=SPY/p ping=SPY/q>x</a><object data=SPY/r></object>",
)  # fmt: skip


def test_no_hostile_capture_runs_or_asks_for_anything(
    app: FastAPI, database: Database, log_in: LogIn, tmp_path: Path
) -> None:
    assert len(HOSTILE) >= 30
    store, key = CaptureStore(tmp_path / "captures"), open_key(tmp_path / "key.pem")
    with replay({}) as spy, chromium() as browser, served(app) as port:
        context = browser.new_context(accept_downloads=True)
        cookie = log_in("hanh").cookies["markwatch"]
        base = f"http://127.0.0.1:{port}"
        context.add_cookies([{"name": "markwatch", "value": cookie, "url": base}])
        asked: list[str] = []
        context.on("request", lambda request: _note(request, base, asked))
        downloads: list[Download] = []

        def note_download(one: Download) -> None:
            downloads.append(one)

        page = context.new_page()
        page.on("download", note_download)
        for number, payload in enumerate(HOSTILE if IS_LONG else HOSTILE[::3]):
            body = f"<!doctype html><title>still</title>{payload}".replace(SPY, spy.url).encode()
            answer, manifest = _keep(database, store, key, number, body)
            for path in (
                f"/captures/{answer}/view",
                f"/captures/{answer}/frame",
                f"/captures/{answer}",
                f"/captures/pages/{manifest}/page.body",
            ):
                downloads.clear()
                _open(page, base + path)
                page.wait_for_timeout(40)
                assert page.evaluate("window.name") != "ran", (path, payload)
                assert page.title() != "ran", (path, payload)
                assert bool(downloads) == (not path.endswith(("/view", "/frame"))), (path, payload)
        context.close()
        assert spy.log == []
    assert asked == []


def _note(request: Request, base: str, asked: list[str]) -> None:
    """Remember what was asked for outside the console, and anything that a capture's page asked the console for."""
    if not request.url.startswith((base, "data:", "about:")):
        asked.append(request.url)


def _open(page: Page, url: str) -> None:
    try:
        page.goto(url, wait_until="load")
    except PlaywrightError as error:
        # A download is no page.
        if "download" not in error.message.lower() and "net::ERR_ABORTED" not in error.message:
            raise


def _keep(database: Database, store: CaptureStore, key: SigningKey, number: int, body: bytes) -> tuple[str, str]:
    sha256 = hashlib.sha256(body).hexdigest()
    copy = PageCopy(
        url=f"http://x.example/{number}", sha256=sha256, byte_count=len(body), content_type="text/html", status=200,
        fetched_at=NOW,
    )  # fmt: skip
    store.keep(copy, body, {})
    contents = contents_of(number) | {"page.body": body}
    record = record_of(number, contents)
    manifest = store.keep_page(record, contents, key)
    files = [StoredFile(name=one.name, sha256=one.sha256, byte_count=1, media_type="x") for one in record.files]
    with database.write() as session:
        record_capture(session, copy, (("shop", str(number)),), None, "x")
        record_page_capture(
            session, manifest_sha256=manifest, market="shop", listing_id=str(number), url=copy.url, hit_ids=(),
            cause="requested", requested_by="lan", outcome="seen", detail="", started_at=NOW, ended_at=NOW, files=files,
        )  # fmt: skip
    return sha256, manifest


def test_a_page_that_calls_itself_a_picture_is_none() -> None:
    for payload in HOSTILE:
        with pytest.raises(ValueError, match=r".+"):
            picture_parts(payload.encode())
