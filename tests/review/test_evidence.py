import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from captures.signing import open_key
from captures.store import CaptureStore
from captures.verify_pack import verify_pack
from records.listing import Seller
from review.app import ReviewSettings, Services
from review.services import CaptureCause
from storage.audit import load_audit
from storage.database import Database
from storage.decisions import record_decision
from storage.hit_records import HitFilter, StoredHit
from storage.hits import load_queue
from storage.holds import load_holds
from storage.page_captures import StoredFile, record_page_capture
from tests.captures.test_page_tampering import contents_of, record_of
from tests.review.conftest import Clock, app_over, next_times, token_of
from tests.review.seeding import NOW
from tests.storage.factories import make_hit
from tests.storage.factories import store as store_hit

LogIn = Callable[[str], TestClient]


@pytest.fixture(name="app")
def _app(database: Database, clock: Clock, tmp_path: Path) -> FastAPI:
    asked: list[tuple[str, CaptureCause, str]] = []

    def page_is_open(stored: StoredHit) -> bool:
        return stored.hit.listing.market != "shopee_vn"

    def request_capture(stored: StoredHit, cause: CaptureCause, login: str) -> bool:
        asked.append((stored.hit_id, cause, login))
        return page_is_open(stored)

    services = Services(clock=clock, next_times=next_times, request_capture=request_capture, page_is_open=page_is_open)
    settings = ReviewSettings(
        secure_cookies=False,
        hosts=frozenset({"127.0.0.1", "localhost"}),
        captures_folder=tmp_path / "captures",
        signing_key=tmp_path / "key.pem",
    )
    app = app_over(database, services, settings)
    app.state.asked = asked
    return app


def hit_of(database: Database, market: str = "tiki_vn") -> StoredHit:
    with database.read() as session:
        return load_queue(session, HitFilter(view="all", market=market), limit=1).rows[0]


def captured(database: Database, folder: Path, hit: StoredHit) -> str:
    store, key = CaptureStore(folder / "captures"), open_key(folder / "key.pem")
    contents = contents_of(3)
    record = record_of(3, contents)
    sha256 = store.keep_page(record, contents, key)
    files = [
        StoredFile(name=file.name, sha256=file.sha256, byte_count=file.byte_count, media_type=file.media_type)
        for file in record.files
    ]
    market, listing_id = hit.hit.listing.key
    with database.write() as session:
        for digest, outcome in ((sha256, "seen"), (None, "blocked")):
            record_page_capture(
                session, manifest_sha256=digest, market=market, listing_id=listing_id, url="https://x.example/p",
                hit_ids=(hit.hit_id,), cause="requested", requested_by="minh", outcome=outcome,  # type: ignore[arg-type]
                detail="robots.txt does not allow it", started_at=NOW, ended_at=NOW,
                files=files if digest else (),
            )  # fmt: skip
    return sha256


def send(client: TestClient, path: str, **fields: str) -> Response:
    return client.post(path, data={"form_token": token_of(client), **fields})


def test_an_officer_sees_what_was_captured_and_never_reads_that_it_was_removed(
    database: Database, log_in: LogIn, tmp_path: Path
) -> None:
    hit = hit_of(database)
    sha256 = captured(database, tmp_path, hit)
    page = log_in("hanh").get(f"/hits/{hit.hit_id}/evidence").text
    assert sha256 in page
    assert "Đã thấy" in page
    assert "Bị chặn" in page
    assert f"/captures/pages/{sha256}/screenshot.png" in page
    assert "đã bị gỡ" not in page


def test_files_are_attachments_that_no_browser_runs_and_pictures_are_made_anew(
    database: Database, log_in: LogIn, tmp_path: Path
) -> None:
    sha256 = captured(database, tmp_path, hit_of(database))
    client = log_in("hanh")
    body = client.get(f"/captures/pages/{sha256}/page.body")
    assert body.content == contents_of(3)["page.body"]
    assert body.headers["content-disposition"].startswith("attachment")
    assert body.headers["content-type"] == "application/octet-stream"
    assert "sandbox" in body.headers["content-security-policy"]
    assert body.headers["x-content-type-options"] == "nosniff"
    picture = client.get(f"/captures/pages/{sha256}/picture")
    assert picture.headers["content-type"] == "image/jpeg"
    assert picture.content[:2] == b"\xff\xd8"
    assert client.get(f"/captures/pages/{sha256}/manifest.json").content == CaptureStore(
        tmp_path / "captures"
    ).read_page_bytes(sha256)
    with database.read() as session:
        taken = [(row.actor, row.subject, row.data) for row in load_audit(session) if row.action == "evidence.read"]
    assert taken == [("hanh", sha256, {"file": "page.body"}), ("hanh", sha256, {"file": "manifest.json"})]
    for name in ("other.txt", "..%2Fkey.pem", "manifest.sig"):
        assert client.get(f"/captures/pages/{sha256}/{name}").status_code == 404


def test_a_file_that_was_changed_is_not_sent(database: Database, log_in: LogIn, tmp_path: Path) -> None:
    sha256 = captured(database, tmp_path, hit_of(database))
    for path in (tmp_path / "captures").rglob("*.body"):
        path.chmod(0o600)
        path.write_bytes(b"changed")
    client = log_in("hanh")
    assert client.get(f"/captures/pages/{sha256}/page.body").status_code == 404
    assert client.get(f"/captures/pages/{sha256}/picture").status_code == 404


def test_a_capture_is_asked_for_where_the_pages_are_open(app: FastAPI, database: Database, log_in: LogIn) -> None:
    client = log_in("hanh")
    hit = hit_of(database)
    answer = send(client, f"/hits/{hit.hit_id}/capture")
    assert answer.headers["location"].endswith("done=asked")
    closed = hit_of(database, "shopee_vn")
    assert send(client, f"/hits/{closed.hit_id}/capture").headers["location"].endswith("done=closed")
    assert app.state.asked[0] == (hit.hit_id, "requested", "hanh")


def test_opening_a_stale_hit_asks_for_a_capture_and_says_so(
    app: FastAPI, database: Database, clock: Clock, log_in: LogIn
) -> None:
    hit, closed = hit_of(database), hit_of(database, "shopee_vn")
    said = "Đã yêu cầu ghi lại trang."
    assert said not in log_in("hanh").get(f"/hits/{hit.hit_id}").text
    clock.now = hit.last_seen_at + timedelta(hours=25)
    reviewer = log_in("hanh")
    assert said in reviewer.get(f"/hits/{hit.hit_id}").text
    assert said not in reviewer.get(f"/hits/{closed.hit_id}").text
    assert app.state.asked == [(hit.hit_id, "opened", "hanh")]
    market, listing_id = hit.hit.listing.key
    with database.write() as session:
        record_page_capture(
            session, manifest_sha256=None, market=market, listing_id=listing_id, url="https://x.example/p",
            hit_ids=(hit.hit_id,), cause="opened", requested_by="hanh", outcome="blocked", detail="robots.txt",
            started_at=clock.now, ended_at=clock.now,
        )  # fmt: skip
    # What the new look found is said, and nobody is asked again before that is stale, too.
    page = reviewer.get(f"/hits/{hit.hit_id}").text
    assert "Bị chặn" in page.partition("data-freshness")[2].partition("</div>")[0]
    assert said not in page
    assert len(app.state.asked) == 1


def test_a_brand_viewer_who_opens_a_stale_hit_asks_for_nothing(
    app: FastAPI, database: Database, clock: Clock, log_in: LogIn
) -> None:
    with database.write() as session:
        hit = load_queue(session, HitFilter(view="all", brand="SORANO", market="tiki_vn"), limit=1).rows[0]
        record_decision(session, hit.hit_id, hit.revision, "violation", "counterfeit", "minh", NOW)
    clock.now = NOW + timedelta(days=9)
    assert log_in("sato").get(f"/hits/{hit.hit_id}").status_code == 200
    assert app.state.asked == []
    log_in("hanh").get(f"/hits/{hit.hit_id}")
    assert app.state.asked == [(hit.hit_id, "opened", "hanh")]


@pytest.mark.slow
@pytest.mark.parametrize("language", ["vi", "ja", "en"])
def test_a_pack_made_in_the_console_verifies_and_is_in_the_audit_trail(
    database: Database, log_in: LogIn, tmp_path: Path, language: str
) -> None:
    hit = hit_of(database)
    captured(database, tmp_path, hit)
    answer = send(log_in("hanh"), f"/hits/{hit.hit_id}/pack", language=language)
    content = answer.content
    path = tmp_path / "pack.zip"
    path.write_bytes(content)
    report = verify_pack(path, known_key=open_key(tmp_path / "key.pem").public_bytes)
    assert report.problems == ()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        page = archive.read("evidence.html").decode()
    assert f'lang="{language}"' in page
    assert hit.hit_id in page
    with database.read() as session:
        row = next(row for row in load_audit(session) if row.action == "evidence.pack")
    assert row.actor == "hanh"


def test_nobody_learns_the_first_verdict_from_a_pack(
    database: Database, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    hit = hit_of(database)
    looked_at = replace(hit, state="second_look")
    monkeypatch.setattr("review.pages.evidence.visible_hit", lambda *_: looked_at)
    assert send(log_in("hanh"), f"/hits/{hit.hit_id}/pack", language="vi").status_code == 403
    assert send(log_in("minh"), f"/hits/{hit.hit_id}/pack", language="vi").status_code == 200


def test_a_senior_holds_and_releases_and_a_reviewer_cannot(database: Database, log_in: LogIn) -> None:
    hit = hit_of(database)
    path = f"/hits/{hit.hit_id}"
    assert send(log_in("hanh"), f"{path}/legal-hold", reason="case 12").status_code == 403
    client = log_in("minh")
    send(client, f"{path}/legal-hold", reason="court case 12/2026")
    with database.read() as session:
        (hold,) = load_holds(session)
    assert (hold.reason, hold.placed_by) == ("court case 12/2026", "minh")
    assert "court case 12/2026" in client.get(f"{path}/evidence").text
    other = hit_of(database, "shopee_vn")
    assert send(client, f"/hits/{other.hit_id}/legal-hold/release", hold_id=str(hold.hold_id)).status_code == 404
    send(client, f"{path}/legal-hold/release", hold_id=str(hold.hold_id))
    with database.read() as session:
        assert load_holds(session) == ()


def test_a_program_lists_asks_for_downloads_holds_and_packs(
    app: FastAPI, database: Database, log_in: LogIn, tmp_path: Path
) -> None:
    hit = hit_of(database)
    sha256 = captured(database, tmp_path, hit)
    client, path = log_in("minh"), f"/api/v1/hits/{hit.hit_id}"
    blocked, seen = client.get(f"{path}/captures").json()["captures"]
    assert (blocked["outcome"], blocked["manifest_sha256"], blocked["files"]) == ("blocked", None, [])
    assert (seen["outcome"], seen["manifest_sha256"]) == ("seen", sha256)
    assert {file["name"] for file in seen["files"]} == {"page.body", "screenshot.png", "exchange.warc.gz"}
    body = client.get(f"/api/v1/captures/{sha256}/files/page.body")
    assert body.content == contents_of(3)["page.body"]
    assert body.headers["content-disposition"].startswith("attachment")
    assert client.get(f"/api/v1/captures/{sha256}/files/other").status_code == 404
    assert client.post(f"{path}/capture").json() == {"is_asked": True}
    assert app.state.asked == [(hit.hit_id, "requested", "minh")]
    pack = tmp_path / "pack.zip"
    pack.write_bytes(client.post(f"{path}/pack", json={"language": "ja"}).content)
    assert verify_pack(pack).problems == ()
    assert client.post(f"{path}/pack", json={"language": "xx"}).status_code == 422
    both = [hit.hit_id, hit_of(database, "shopee_vn").hit_id]
    pack.write_bytes(client.post("/api/v1/packs", json={"hit_ids": both, "language": "vi"}).content)
    assert verify_pack(pack).problems == ()
    with zipfile.ZipFile(pack) as archive:
        assert json.loads(archive.read("manifest.json"))["hit_ids"] == both
    hold = client.post(f"{path}/legal-holds", json={"reason": "case 12"}).json()
    assert client.get(f"{path}/legal-holds").json()["holds"] == [hold]
    assert (hold["reason"], hold["placed_by"]) == ("case 12", "minh")
    assert client.delete(f"{path}/legal-holds/{hold['hold_id']}").status_code == 204
    assert client.get(f"{path}/legal-holds").json() == {"holds": []}


def test_contact_data_is_shown_in_full_only_to_who_says_why(database: Database, log_in: LogIn) -> None:
    listing = replace(
        hit_of(database).hit.listing,
        listing_id="contact",
        seller=Seller(seller_id="s-77", name="Shop Hoa"),
        description="zalo 0912 345 678",
    )
    store_hit(database, make_hit(listing))
    page, said = "/sellers/tiki_vn?id=s-77", "0912345678"
    client = log_in("hanh")
    assert "••••678" in client.get(page).text
    assert said not in client.get(page).text
    assert send(client, "/sellers/tiki_vn/contacts?id=s-77", reason=" ").status_code == 404
    assert said not in client.get(page).text
    answer = send(client, "/sellers/tiki_vn/contacts?id=s-77", reason="vụ 12")
    assert answer.headers["location"] == f"{page}#contacts"
    assert said in client.get(page).text
    assert said not in log_in("minh").get(page).text
    found = log_in("minh").post("/api/v1/sellers/tiki_vn/contacts?id=s-77", json={"reason": "vụ 13"}).json()
    assert found == {"contacts": [{"kind": "phone", "plain": said}]}
    with database.read() as session:
        rows = [row for row in load_audit(session) if row.action == "contact.unlock"]
    assert [(row.actor, row.data["reason"]) for row in rows] == [("hanh", "vụ 12"), ("minh", "vụ 13")]
    assert not any("s-77" in row.subject for row in rows)
