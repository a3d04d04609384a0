import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from storage.audit import load_audit, verify_audit
from storage.database import Database
from storage.hits import load_hit, save_hits
from storage.listings import save_listing
from tests.review.conftest import Clock, hit_ids, token_of
from tests.review.seeding import invented_hits

LogIn = Callable[[str], TestClient]


def first_hits(client: TestClient, count: int = 3) -> list[str]:
    return [hit["hit_id"] for hit in client.get("/api/v1/hits").json()["hits"]][:count]


def post(client: TestClient, path: str, **fields: str) -> str:
    """Send a form and return where it leads."""
    answer = client.post(path, data={"form_token": token_of(client), **fields})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_a_verdict_is_recorded_with_reason_and_note_and_leads_to_the_next_hit(
    reviewer: TestClient, database: Database
) -> None:
    first, second, _ = first_hits(reviewer)
    there = post(reviewer, f"/hits/{first}/violation?brand=", reason="counterfeit", revision="1", note=" seen twice ")
    assert there == f"/hits/{second}?recorded={first}"
    page = reviewer.get(there).text
    assert "Đã ghi “Vi phạm”" in page
    assert first not in hit_ids(reviewer.get("/review").text)
    with database.read() as session:
        decision = load_hit(session, first).decision
        assert decision is not None
        made = decision.decision
        assert (made.verdict, made.reason, made.actor, made.note) == ("violation", "counterfeit", "hanh", "seen twice")
        assert [row.action for row in load_audit(session, first)] == ["hit.decide"]
        assert verify_audit(session) == ()


def test_the_next_hit_is_the_next_of_the_same_filter(reviewer: TestClient) -> None:
    takuma = hit_ids(reviewer.get("/review?brand=TAKUMA").text)
    there = post(reviewer, f"/hits/{takuma[0]}/unsure?brand=TAKUMA", reason="needs_owner", revision="1")
    assert there == f"/hits/{takuma[1]}?brand=TAKUMA&recorded={takuma[0]}"
    there = post(reviewer, f"/hits/{takuma[1]}/unsure?brand=TAKUMA", reason="needs_owner", revision="1")
    assert there == f"/review?brand=TAKUMA&recorded={takuma[1]}"


def test_undo_brings_the_hit_back_and_leaves_both_rows(reviewer: TestClient, database: Database) -> None:
    first = first_hits(reviewer)[0]
    post(reviewer, f"/hits/{first}/no-violation", reason="genuine", revision="1")
    there = post(reviewer, f"/hits/{first}/undo")
    assert there == f"/hits/{first}?undone=1"
    page = reviewer.get(there).text
    assert "Đã rút lại quyết định" in page
    assert "hanh đã rút lại: Không vi phạm" in page
    assert hit_ids(reviewer.get("/review").text)[0] == first
    with database.read() as session:
        assert [row.action for row in load_audit(session, first)] == ["hit.decide", "hit.undo"]


def test_only_the_own_decision_can_be_taken_back(log_in: LogIn) -> None:
    hanh, minh = log_in("hanh"), log_in("minh")
    first = first_hits(hanh)[0]
    post(hanh, f"/hits/{first}/violation", reason="counterfeit", revision="1")
    post(minh, f"/hits/{first}/undo")
    assert hanh.get(f"/api/v1/hits/{first}").json()["state"] == "confirmed"
    assert "Rút lại quyết định này" not in minh.get(f"/hits/{first}").text
    assert "Rút lại quyết định này" in hanh.get(f"/hits/{first}").text


def test_the_slower_of_two_reviewers_is_told_who_was_faster_and_when(log_in: LogIn) -> None:
    hanh, minh = log_in("hanh"), log_in("minh")
    first = first_hits(hanh)[0]
    post(minh, f"/hits/{first}/no-violation", reason="genuine", revision="1")
    form = {"form_token": token_of(hanh), "reason": "counterfeit", "revision": "1", "note": "my <b>note</b>"}
    answer = hanh.post(f"/hits/{first}/violation", data=form)
    assert answer.status_code == 409
    assert "minh đã quyết định tin này lúc 22/11/2026 15:00" in answer.text
    assert "Quyết định “Vi phạm” của bạn chưa được ghi." in answer.text
    assert "my &lt;b&gt;note&lt;/b&gt;" in answer.text
    assert "Hàng thật" in answer.text
    assert hanh.get(f"/api/v1/hits/{first}").json()["decision"]["actor"] == "minh"


def test_a_listing_that_changed_after_it_was_opened_is_not_decided(
    reviewer: TestClient, database: Database, clock: Clock
) -> None:
    hit = invented_hits()[3]
    with database.read() as session:
        first = next(
            one["hit_id"] for one in reviewer.get("/api/v1/hits").json()["hits"] if one["listing_id"] == "555-1"
        )
        revision = load_hit(session, first).revision
    changed = type(hit)(**{**{name: getattr(hit, name) for name in type(hit).__slots__}, "score": 0.81})
    with database.write() as session:
        save_listing(session, hit.listing, None, clock())
        save_hits(session, hit.listing, (changed,), None, clock())
    form = {"form_token": token_of(reviewer), "reason": "counterfeit", "revision": str(revision)}
    answer = reviewer.post(f"/hits/{first}/violation", data=form)
    assert answer.status_code == 409
    assert "Tin đã đổi lúc" in answer.text


def test_a_reason_of_another_verdict_is_refused(reviewer: TestClient) -> None:
    first = first_hits(reviewer)[0]
    form = {"form_token": token_of(reviewer), "reason": "genuine", "revision": "1"}
    assert reviewer.post(f"/hits/{first}/violation", data=form).status_code == 404
    body = {"verdict": "violation", "reason": "genuine", "revision": 1}
    assert reviewer.post(f"/api/v1/hits/{first}/decisions", json=body).json()["reason"] == "wrong_reason"
    assert reviewer.get(f"/api/v1/hits/{first}").json()["state"] == "new"


@pytest.mark.parametrize(
    ("listing_id", "verdict", "reason"),
    [
        ("23984417205", "violation", "imitation_wording"),
        ("77120", "violation", "counterfeit"),
        ("184059211", "violation", "below_minimum_price"),
        ("31337", "no_violation", "compatible"),
        ("23984417205", "no_violation", "genuine"),
        ("77120", "unsure", "needs_test_buy"),
    ],
)
def test_without_scripts_a_verdict_opens_its_reasons_with_the_likeliest_chosen(
    reviewer: TestClient, listing_id: str, verdict: str, reason: str
) -> None:
    hits = reviewer.get("/api/v1/hits").json()["hits"]
    hit_id = next(hit["hit_id"] for hit in hits if hit["listing_id"] == listing_id)
    page = reviewer.get(f"/hits/{hit_id}?decide={verdict}").text
    shown = re.findall(r'<form class="reasons"[^>]*data-verdict="(\w+)"(?! hidden)>', page)
    assert shown == [verdict]
    form = page[page.index(f'data-verdict="{verdict}"') :]
    chosen = re.search(r'value="(\w+)" required checked', form)
    assert chosen
    assert chosen[1] == reason


def test_the_api_decides_and_undoes_as_the_console_does(log_in: LogIn) -> None:
    hanh, minh = log_in("hanh"), log_in("minh")
    hit = hanh.get("/api/v1/hits?limit=1").json()["hits"][0]
    body = {"verdict": "violation", "reason": "counterfeit", "revision": hit["revision"], "note": "seen"}
    made = hanh.post(f"/api/v1/hits/{hit['hit_id']}/decisions", json=body)
    assert made.status_code == 201
    assert made.json()["decision"]["actor"] == "hanh"
    late = minh.post(f"/api/v1/hits/{hit['hit_id']}/decisions", json=body)
    assert late.status_code == 409
    problem = late.json()
    assert (problem["actor"], problem["at"]) == ("hanh", "2026-11-22T08:00:00Z")
    assert problem["revision"] == made.json()["revision"]
    assert minh.post(f"/api/v1/hits/{hit['hit_id']}/undo").json()["reason"] == "nothing_to_undo"
    assert hanh.post(f"/api/v1/hits/{hit['hit_id']}/undo").json()["state"] == "new"
    history = hanh.get(f"/api/v1/hits/{hit['hit_id']}/decisions").json()["decisions"]
    assert [one["undone_at"] is None for one in history] == [False]


def test_the_api_refuses_fields_it_does_not_know_and_names_them(reviewer: TestClient) -> None:
    first = first_hits(reviewer)[0]
    body = {"verdict": "violation", "reason": "counterfeit", "revision": 1, "actor": "minh", "role": "administrator"}
    answer = reviewer.post(f"/api/v1/hits/{first}/decisions", json=body)
    assert answer.status_code == 422
    assert answer.json()["fields"] == ["body.actor", "body.role"]


def test_the_api_pages_by_cursor(reviewer: TestClient) -> None:
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = reviewer.get("/api/v1/hits", params={"limit": 4, **({"after": cursor} if cursor else {})}).json()
        seen += [hit["hit_id"] for hit in page["hits"]]
        cursor = page["next_cursor"]
    assert len(seen) == len(set(seen)) == 10
