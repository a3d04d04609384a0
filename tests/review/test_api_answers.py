import json
from collections.abc import Callable

from fastapi.testclient import TestClient

LogIn = Callable[[str], TestClient]


def test_an_answer_that_is_still_the_same_is_not_sent_again(reviewer: TestClient) -> None:
    hit_id = reviewer.get("/api/v1/hits").json()["hits"][0]["hit_id"]
    first = reviewer.get(f"/api/v1/hits/{hit_id}")
    again = reviewer.get(f"/api/v1/hits/{hit_id}", headers={"If-None-Match": f'"x", {first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    body = {"verdict": "violation", "reason": "counterfeit", "revision": first.json()["revision"]}
    assert reviewer.post(f"/api/v1/hits/{hit_id}/decisions", json=body).status_code == 201
    changed = reviewer.get(f"/api/v1/hits/{hit_id}", headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]


def test_the_feed_gives_every_hit_once_and_a_brand_viewer_no_other(reviewer: TestClient, log_in: LogIn) -> None:
    answer = reviewer.get("/api/v1/hits.jsonl")
    assert answer.headers["content-type"].startswith("application/jsonl")
    ids = [json.loads(line)["hit_id"] for line in answer.text.splitlines()]
    listed = reviewer.get("/api/v1/hits?view=all&limit=200").json()["hits"]
    assert sorted(ids) == sorted(hit["hit_id"] for hit in listed)
    assert len(ids) == len(set(ids)) > 5
    assert log_in("sato").get("/api/v1/hits.jsonl").text == ""


def test_a_bulk_is_checked_recorded_and_taken_back_whole(reviewer: TestClient) -> None:
    rows = reviewer.get("/api/v1/hits").json()["hits"][:3]
    picks = [{"hit_id": row["hit_id"], "revision": row["revision"]} for row in rows]
    body = {"verdict": "no_violation", "picks": picks}
    assert reviewer.post("/api/v1/bulks/check", json=body).status_code == 204
    wrong = reviewer.post("/api/v1/bulks", json={**body, "reason": "genuine", "count": 2})
    assert wrong.json()["fields"] == ["count"]
    made = reviewer.post("/api/v1/bulks", json={**body, "reason": "genuine", "count": 3})
    assert made.status_code == 201
    refused = reviewer.post("/api/v1/bulks", json={**body, "reason": "genuine", "count": 3})
    assert refused.status_code == 409
    assert sorted(refused.json()["hit_ids"]) == sorted(row["hit_id"] for row in rows)
    assert reviewer.post(f"/api/v1/bulks/{made.json()['bulk_id']}/undo").status_code == 200
    assert {reviewer.get(f"/api/v1/hits/{row['hit_id']}").json()["state"] for row in rows} == {"new"}


def test_a_held_hit_names_its_holder(reviewer: TestClient, log_in: LogIn) -> None:
    hit_id = reviewer.get("/api/v1/hits").json()["hits"][0]["hit_id"]
    other = log_in("minh")
    assert reviewer.put(f"/api/v1/hits/{hit_id}/claim", json={}).json()["actor"] == "hanh"
    refused = other.put(f"/api/v1/hits/{hit_id}/claim", json={})
    assert (refused.status_code, refused.json()["actor"]) == (409, "hanh")
    assert other.put(f"/api/v1/hits/{hit_id}/claim", json={"take_over": True}).json()["actor"] == "minh"
    assert other.delete(f"/api/v1/hits/{hit_id}/claim").status_code == 204


def test_due_times_are_asked_from_any_moment_of_the_calendar(log_in: LogIn) -> None:
    operator = log_in("binh")
    for since in ("9999-12-31T23:59:00-05:00", "0001-01-01T00:00:00+14:00", "2026-11-20T00:00:00+07:00"):
        answer = operator.get("/api/v1/schedules/expected", params={"since": since})
        assert (since, answer.status_code) == (since, 200)
