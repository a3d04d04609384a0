import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from review.app import ReviewSettings, Services, create_app
from review.security import CONTENT_SECURITY_POLICY
from storage.database import Database
from tests.review.conftest import Clock, hit_ids, token_of
from tests.review.seeding import PASSWORD

LogIn = Callable[[str], TestClient]
# How the addresses end that only take forms.
ACTS = ("violation", "unsure", "undo", "logout", "hold", "release", "take-over", "preview", "record", "/review/views")


@pytest.fixture
def places(log_in: LogIn) -> dict[str, str]:
    client = log_in("quan")
    hit = client.get("/api/v1/hits").json()["hits"][0]["hit_id"]
    run = client.get("/api/v1/runs").json()["runs"][0]["run_id"]
    return {"{hit_id}": hit, "{run_id}": run, "{sha256}": "0" * 64, "{bulk_id}": "0" * 13, "{view_id}": "0" * 10,
            "{market}": "tiki_vn", "{seller_id:path}": "s-official"}  # fmt: skip


def test_every_page_carries_the_security_headers_and_is_not_stored(
    reviewer: TestClient, anonymous: TestClient, places: dict[str, str]
) -> None:
    addresses = [
        "/review",
        f"/hits/{places['{hit_id}']}",
        "/runs",
        f"/runs/{places['{run_id}']}",
        "/schedules",
        "/login",
        "/nothing",
        "/hits/none",
        "/api/v1/hits",
        "/api/v1/openapi.json",
        "/captures/x",
    ]
    for client in (reviewer, anonymous):
        for address in addresses:
            headers = client.get(address).headers
            assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY, address
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["cross-origin-opener-policy"] == "same-origin"
            assert headers["cross-origin-resource-policy"] == "same-origin"
            # An answer with an ETag is kept by its client alone, which asks each time whether it still holds.
            is_revalidated = "etag" in headers
            assert headers["cache-control"] == ("private, no-cache" if is_revalidated else "no-store"), address
    style = anonymous.get("/static/markwatch.css")
    assert style.status_code == 200
    assert style.headers["content-security-policy"] == CONTENT_SECURITY_POLICY


def test_an_error_inside_says_nothing_of_the_inside_and_keeps_the_headers(database: Database, clock: Clock) -> None:
    def broken(*_: object) -> tuple[()]:
        raise RuntimeError("secret detail")

    app = create_app(database, Services(clock=clock, next_times=broken), ReviewSettings(secure_cookies=False))
    client = TestClient(app, base_url="http://127.0.0.1", follow_redirects=False, raise_server_exceptions=False)
    client.post("/api/v1/session", json={"login": "hanh", "password": PASSWORD})
    answer = client.get("/schedules")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert client.get("/api/v1/schedules").json()["reason"] == "failed"


def test_pages_follow_each_other_without_gap_or_repetition(
    reviewer: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("review.pages.queue.PAGE_LENGTH", 3)
    everything = [hit["hit_id"] for hit in reviewer.get("/api/v1/hits").json()["hits"]]
    seen, address = [], "/review"
    while address:
        page = reviewer.get(address).text
        seen += hit_ids(page)
        found = re.search(r'href="([^"]+)" rel="next"', page)
        address = found[1].replace("&amp;", "&") if found else ""
    assert seen == everything
    assert len(seen) == 10


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 10),
        ("view=below", 2),
        ("view=price", 1),
        ("view=disguised", 6),
        ("view=confirmed", 0),
        ("market=tiki_vn", 2),
        ("brand=TAKUMA", 2),
        ("tier=medium", 2),
        ("track=price", 1),
        ("text=kem+chong+nang", 1),
        ("signal=imitation_words", 6),
        ("view=nonsense&tier=nonsense&sort=nonsense&after=%00x", 10),
        ("text=%25", 0),
        ("sort=newest", 10),
    ],
)
def test_filters_in_the_address_choose_the_rows(reviewer: TestClient, query: str, count: int) -> None:
    assert len(hit_ids(reviewer.get(f"/review?{query}").text)) == count


def test_an_empty_filter_offers_what_dropping_each_condition_brings_back(reviewer: TestClient) -> None:
    page = reviewer.get("/review?market=tiki_vn&brand=TAKUMA").text
    assert "Không tin nào khớp cả 2 điều kiện" in page
    assert 'href="/review?market=tiki_vn"' in page
    assert "xem 2 tin" in page


def test_a_clear_queue_says_when_the_next_crawl_starts(reviewer: TestClient) -> None:
    for hit in reviewer.get("/api/v1/hits").json()["hits"]:
        body = {"verdict": "unsure", "reason": "needs_owner", "revision": hit["revision"]}
        assert reviewer.post(f"/api/v1/hits/{hit['hit_id']}/decisions", json=body).status_code == 201
    page = reviewer.get("/review").text
    assert "Hàng chờ trống." in page
    assert "23/11/2026 03:00" in page
    assert "Xem 2 tin dưới ngưỡng" in page


def test_a_language_is_kept_and_the_page_stays(reviewer: TestClient) -> None:
    page = reviewer.get("/review?view=below").text
    assert '<html lang="vi"' in page
    switch = re.search(r'href="(/preferences\?language=ja[^"]+)"', page)
    assert switch
    back = reviewer.get(switch[1].replace("&amp;", "&"))
    assert back.headers["location"] == "/review?view=below"
    page = reviewer.get(back.headers["location"]).text
    assert '<html lang="ja"' in page
    assert "しきい値未満" in page


def test_a_theme_is_kept_in_the_page_itself(reviewer: TestClient) -> None:
    reviewer.get("/preferences?theme=dark&next=/review")
    assert 'data-theme="dark"' in reviewer.get("/review").text


def test_titles_and_sellers_say_their_language(reviewer: TestClient) -> None:
    page = reviewer.get("/review?text=ソラノ").text
    assert re.search(r'class="hit-title"[^>]*lang="ja"', page)


def test_a_mark_that_is_not_valid_is_watch_only(reviewer: TestClient) -> None:
    hit = reviewer.get("/api/v1/hits?brand=RAIDEN").json()["hits"][0]
    page = reviewer.get(f"/hits/{hit['hit_id']}").text
    assert "chỉ theo dõi" in page
    assert "Đăng ký đã hết hạn" in page
    assert "4-0099887-000" in page


def test_every_signal_of_a_hit_is_explained_on_its_page(reviewer: TestClient) -> None:
    for hit in reviewer.get("/api/v1/hits").json()["hits"]:
        page = reviewer.get(f"/hits/{hit['hit_id']}").text
        assert page.count('class="span-card"') == len(hit["evidence"]) + 1
        assert hit["rule_version"] in page


def test_a_brand_viewer_sees_released_hits_of_the_own_brands_only(log_in: LogIn, clock: Clock) -> None:
    staff, viewer = log_in("hanh"), log_in("sato")
    hits = {hit["brand"]: hit for hit in reversed(staff.get("/api/v1/hits").json()["hits"])}
    for brand in ("SORANO", "TAKUMA"):
        body = {"verdict": "violation", "reason": "counterfeit", "revision": hits[brand]["revision"]}
        assert staff.post(f"/api/v1/hits/{hits[brand]['hit_id']}/decisions", json=body).status_code == 201
    own, foreign = hits["SORANO"]["hit_id"], hits["TAKUMA"]["hit_id"]
    assert hit_ids(viewer.get("/review").text) == []
    missing = viewer.get(f"/hits/{'0' * 13}")
    within_undo = viewer.get(f"/hits/{own}")
    assert within_undo.status_code == 404
    clock.forward(minutes=11)
    assert hit_ids(viewer.get("/review?view=all&brand=TAKUMA").text) == []
    assert hit_ids(viewer.get("/review?view=unreviewed").text) == [own]
    page = viewer.get(f"/hits/{own}")
    assert page.status_code == 200
    assert "data-decide" not in page.text
    assert "hanh" not in page.text
    answer = viewer.get(f"/hits/{foreign}")
    assert answer.status_code == 404
    assert answer.text.replace(foreign, "0" * 13) == missing.text.replace(foreign, "0" * 13)


def test_a_form_without_this_sessions_token_changes_nothing(reviewer: TestClient) -> None:
    hit = reviewer.get("/api/v1/hits").json()["hits"][0]
    address, body = f"/hits/{hit['hit_id']}/violation", {"reason": "counterfeit", "revision": str(hit["revision"])}
    right = {**body, "form_token": token_of(reviewer)}
    for attempt in (
        reviewer.post(address, data=body),
        reviewer.post(address, data={**body, "form_token": "0" * 64}),
        reviewer.post(address, data={**body, "form_token": "é"}),
        reviewer.post(address, data=right, headers={"Sec-Fetch-Site": "cross-site"}),
        reviewer.post(address, data=right, headers={"Sec-Fetch-Site": "same-site"}),
        reviewer.post(address, data=right, headers={"Origin": "https://evil.test"}),
    ):
        assert attempt.status_code == 403
    assert reviewer.get(address).status_code == 405
    api = f"/api/v1/hits/{hit['hit_id']}/decisions"
    json = {"verdict": "violation", "reason": "counterfeit", "revision": hit["revision"]}
    assert reviewer.post(api, json=json, headers={"X-CSRF-Token": "0"}).status_code == 403
    assert reviewer.get(f"/api/v1/hits/{hit['hit_id']}").json()["state"] == "new"


def test_a_body_that_is_too_large_is_refused(reviewer: TestClient) -> None:
    part, form = (b"f=" + b"x" * 2**16 + b"&") * 16, {"Content-Type": "application/x-www-form-urlencoded"}
    assert reviewer.post("/login", content=b"x" * (2 * 2**20 + 1)).status_code == 413
    assert reviewer.post("/login", content=iter([part] * 3), headers=form).status_code == 413


@pytest.mark.slow
def test_no_page_links_to_a_page_that_does_not_exist(reviewer: TestClient, places: dict[str, str]) -> None:
    hit, run = places["{hit_id}"], places["{run_id}"]
    pages = ["/review", "/review?view=below", f"/hits/{hit}", "/runs", f"/runs/{run}", "/schedules"]
    links = {link for page in pages for link in re.findall(r'(?:href|src|action)="(/[^"#]*)', reviewer.get(page).text)}
    acts = {link for link in links if link.split("?")[0].endswith(ACTS)}
    assert len(acts) >= 4
    assert len(links - acts) > 40
    assert {reviewer.get(link.replace("&amp;", "&")).status_code for link in acts} == {405}
    for link in links - acts:
        assert reviewer.get(link.replace("&amp;", "&")).status_code in {200, 303}, link


def test_a_width_of_rows_is_kept_in_the_page_itself(reviewer: TestClient) -> None:
    reviewer.get("/preferences", params={"density": "compact", "next": "/review"})
    assert 'data-density="compact"' in reviewer.get("/review").text
    reviewer.get("/preferences", params={"density": "roomy", "next": "/review"})
    assert "data-density" not in reviewer.get("/review").text


def test_a_hit_shows_what_its_markets_terms_ask_to_be_shown(app: FastAPI, reviewer: TestClient) -> None:
    console = app.state.console
    services = replace(console.services, credit_of=lambda market: f"Credit of {market}.")
    app.state.console = replace(console, services=services)
    hit_id = reviewer.get("/api/v1/hits?market=tiki_vn").json()["hits"][0]["hit_id"]
    assert "Credit of tiki_vn." in reviewer.get(f"/hits/{hit_id}").text
