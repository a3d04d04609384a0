import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from captures.capture import capture_page
from captures.errors import CaptureFailed, CaptureRefused
from captures.page_record import Hop, PageRecord
from captures.signing import check_signature, fingerprint, open_key
from captures.store import CaptureStore
from captures.warc import read_responses
from crawler.browser import find_browser, launch_options
from tests.captures.capturing import OpenManners, client_for, make_authority, tools_for, wish_for
from tests.crawler.replay import Reply, replay

PAGE = "<!doctype html><title>Kem</title><body><h1>Kem dưỡng セイコー ₫</h1><img src='/i.png'></body>".encode()


def png(colour: str = "red") -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(stream, "PNG")
    return stream.getvalue()


def test_a_capture_binds_exchange_images_and_facts_by_one_signed_manifest(tmp_path: Path) -> None:
    routes = {
        "/p": Reply(status=302, headers=(("Location", "/q"),)),
        "/q": Reply(body=PAGE),
        "/i.png": Reply(body=png(), content_type="image/png"),
    }
    store, key = CaptureStore(tmp_path / "store"), open_key(tmp_path / "key.pem")
    with replay(routes) as server, client_for(server.place) as client:
        images = (f"{server.url}/i.png", f"{server.url}/gone.png", "data:image/png;base64,AA==")
        sha256, record = capture_page(wish_for(f"{server.url}/p", images), tools_for(client), store, key)
    assert store.verify([sha256]) == ()
    assert store.read_page(sha256) == record
    assert [hop.status for hop in record.hops] == [302, 200]
    assert record.clock.is_trusted
    assert abs(record.clock.offset_seconds or 0) <= 2
    assert [file.name for file in record.files] == ["image-1.png", "exchange.warc.gz", "page.body"]
    assert len(record.skipped) == 2
    content = {file.name: store.read_file(file) for file in record.files}
    assert content["page.body"] == PAGE
    assert content["image-1.png"] == png()
    answers = list(read_responses(content["exchange.warc.gz"]))
    assert [(uri.rpartition("/")[2], status) for uri, status, _ in answers] == [
        ("p", "302"),
        ("q", "200"),
        ("i.png", "200"),
    ]
    assert answers[1][2] == PAGE
    assert check_signature(store.read_page_bytes(sha256), store.read_signature(sha256)) == key.public_bytes
    assert len(fingerprint(key.public_bytes)) == 64


def test_the_certificates_of_a_secured_page_are_files_of_the_capture(tmp_path: Path) -> None:
    authority = make_authority(tmp_path)
    store, key = CaptureStore(tmp_path / "store"), open_key(tmp_path / "key.pem")
    with (
        replay({"/p": Reply(body=PAGE)}, authority.server) as server,
        client_for(server.place, authorities=authority.root) as client,
    ):
        sha256, record = capture_page(wish_for(f"{server.url}/p"), tools_for(client), store, key)
    pem = next(file for file in record.files if file.name == "certificates.pem")
    assert store.read_file(pem).count(b"BEGIN CERTIFICATE") == 2
    assert store.verify([sha256]) == ()


def test_a_page_that_is_not_answered_leaves_nothing_behind(tmp_path: Path) -> None:
    store, key = CaptureStore(tmp_path / "store"), open_key(tmp_path / "key.pem")
    with client_for() as client, pytest.raises(CaptureFailed):
        capture_page(wish_for("http://127.0.0.1:9/p"), tools_for(client), store, key)
    assert not (tmp_path / "store").exists()


@pytest.mark.browser
def test_the_picture_shows_the_page_of_the_record_and_a_tall_page_is_clipped(tmp_path: Path) -> None:
    tall = PAGE.replace(b"<h1>", b"<div style='height:20000px'></div><script>document.title='ran'</script><h1>")
    routes = {"/p": Reply(body=tall), "/i.png": Reply(body=png(), content_type="image/png")}
    assert find_browser(install=False) is not None
    store, key = CaptureStore(tmp_path / "store"), open_key(tmp_path / "key.pem")
    with replay(routes) as server, client_for(server.place) as client:
        tools = tools_for(client, launch_options(client.proxy_url))
        sha256, record = capture_page(wish_for(f"{server.url}/p"), tools, store, key)
        # Nobody else asks the host while the browser loads what the page needs.
        assert client.manners.turns == [f"{server.url}/p"] * 2  # type: ignore[attr-defined]  # the test's own manners
        # The browser is handed the recorded page: the marketplace is asked for it once.
        assert server.paths().count("/p") == 1
        assert "/i.png" in server.paths()
    assert record.screenshot.absent_because is None
    assert record.screenshot.is_clipped
    assert record.tools["browser"].startswith("Chromium")
    content = {file.name: store.read_file(file) for file in record.files}
    picture = Image.open(io.BytesIO(content["screenshot.png"]))
    assert picture.size == (1280, 16_384)
    assert b"<title>ran</title>" in content["rendered.html"]
    assert store.verify([sha256]) == ()


def test_a_host_without_time_for_what_the_page_loads_costs_the_picture_and_not_the_capture(tmp_path: Path) -> None:
    class Busy(OpenManners):
        @contextmanager
        def turn(self, url: str) -> Iterator[None]:
            if self.turns:
                raise CaptureFailed(url, "busy", "host rests for 400 s longer")
            self.turns.append(url)
            yield

    store, key = CaptureStore(tmp_path / "store"), open_key(tmp_path / "key.pem")
    with replay({"/p": Reply(body=PAGE)}) as server, client_for(server.place) as client:
        tools = tools_for(replace(client, manners=Busy()), {})
        _sha256, record = capture_page(wish_for(f"{server.url}/p"), tools, store, key)
    assert "host rests" in (record.screenshot.absent_because or "")


@pytest.mark.browser
def test_a_page_that_never_rests_costs_its_picture_and_not_the_capture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("captures.browser_view.LOAD_SECONDS", 3.0)
    monkeypatch.setattr("captures.browser_view.STEP_SECONDS", 3.0)
    store, key = CaptureStore(tmp_path / "store"), open_key(tmp_path / "key.pem")
    with replay({"/p": Reply(body=b"<script>for(;;){}</script>")}) as server, client_for(server.place) as client:
        tools = tools_for(client, launch_options(client.proxy_url))
        _sha256, record = capture_page(wish_for(f"{server.url}/p"), tools, store, key)
    assert record.screenshot.absent_because is not None
    assert {file.name for file in record.files} == {"exchange.warc.gz", "page.body"}


def complete_record(tmp_path: Path) -> PageRecord:
    store, key = CaptureStore(tmp_path / "store"), open_key(tmp_path / "key.pem")
    with replay({"/p": Reply(body=PAGE)}) as server, client_for(server.place) as client:
        return capture_page(wish_for(f"{server.url}/p"), tools_for(client), store, key)[1]


def _hop(**changes: Any) -> Callable[[PageRecord], dict[str, Any]]:
    def change(record: PageRecord) -> dict[str, Any]:
        return {"hops": (*record.hops[:-1], replace(record.hops[-1], **changes))}

    return change


LACKING: dict[str, Callable[[PageRecord], dict[str, Any]]] = {
    "market": lambda _: {"market": ""},
    "listing": lambda _: {"listing_id": ""},
    "cause": lambda _: {"cause": ""},
    "who asked": lambda _: {"requested_by": ""},
    "procedure": lambda _: {"procedure": ""},
    "requested address": lambda _: {"requested_url": ""},
    "final address": lambda _: {"final_url": ""},
    "status": lambda _: {"status": 0},
    "status of another answer": lambda _: {"status": 404},
    "sighting": lambda _: {"sighting": "removed"},
    "start": lambda _: {"started_at": ""},
    "zone": lambda _: {"started_at": "2026-11-24T08:00:00"},
    "end before start": lambda record: {"started_at": record.ended_at, "ended_at": record.started_at},
    "redirects": lambda _: {"hops": ()},
    "request headers": _hop(request_headers=()),
    "response headers": _hop(response_headers=()),
    "address connected to": _hop(address=""),
    "certificates": _hop(url="https://market.example/p"),
    "clock": lambda record: {"clock": replace(record.clock, source="")},
    "robots": lambda record: {"robots": replace(record.robots, reason="")},
    "user agent": lambda _: {"user_agent": ""},
    "viewport": lambda _: {"viewport": ""},
    "tools": lambda _: {"tools": {}},
    "exchange": lambda record: {"files": tuple(file for file in record.files if file.media_type != "application/warc")},
    "word about the picture": lambda record: {"screenshot": replace(record.screenshot, absent_because=None)},
}


def test_a_record_that_lacks_a_fact_is_refused(tmp_path: Path) -> None:
    record = complete_record(tmp_path)
    assert len(LACKING) >= 20
    made = []
    for name, change in LACKING.items():
        with suppress(CaptureRefused):
            made.append((name, replace(record, **change(record))))
    assert made == []


def test_a_record_is_the_same_after_a_journey_through_its_canonical_form(tmp_path: Path) -> None:
    record = complete_record(tmp_path)
    content = record.to_bytes()
    assert PageRecord.from_bytes(content) == record
    assert PageRecord.from_bytes(content).to_bytes() == content
    assert {one.name for one in fields(Hop)} >= {"address", "tls", "request_headers", "response_headers"}
    for broken in (content + b" ", content[:-1], b"[]", b"{}", content.replace(b'"market"', b'"markett"')):
        with pytest.raises(ValueError, match=r".+"):
            PageRecord.from_bytes(broken)


def test_files_that_are_not_those_of_the_record_are_refused(tmp_path: Path) -> None:
    record = complete_record(tmp_path)
    store, key = CaptureStore(tmp_path / "store"), open_key(tmp_path / "key.pem")
    contents = {file.name: store.read_file(file) for file in record.files}
    for wrong in ({}, contents | {"more.txt": b""}, contents | {"page.body": b"another"}):
        with pytest.raises(CaptureRefused):
            store.keep_page(record, wrong, key)
    before = sorted(path.name for path in (tmp_path / "store").rglob("*"))
    assert store.keep_page(record, contents, key) == hashlib.sha256(record.to_bytes()).hexdigest()
    assert sorted(path.name for path in (tmp_path / "store").rglob("*")) == before
