"""What programs set for a brand: thresholds and second looks, as the brand's page does."""

from collections.abc import Callable

from fastapi.testclient import TestClient

LogIn = Callable[[str], TestClient]


def test_a_threshold_moves_hits_and_is_read_again(log_in: LogIn) -> None:
    senior = log_in("minh")
    before = senior.get("/api/v1/counts").json()
    path = "/api/v1/brands/SORANO/thresholds/ip"
    answer = senior.put(path, json={"flag_from": 0.999}).json()
    assert (answer["flag_from"], answer["set_by"]) == (1.0, "minh")
    after = senior.get("/api/v1/counts").json()
    assert answer["moved"] > 0
    assert before["counts"]["unreviewed"] - after["counts"]["unreviewed"] == answer["moved"]
    kept = senior.get("/api/v1/brands/SORANO/rules").json()["thresholds"]
    assert [(one["track"], one["flag_from"]) for one in kept] == [("ip", 1.0), ("price", None)]
    back = senior.put(path, json={"flag_from": None}).json()
    assert back["moved"] == answer["moved"]
    assert senior.put(path, json={"flag_from": 1.5}).status_code == 422
    assert senior.put(path, json={}).status_code == 422, "null is said, not left out"


def test_a_policy_is_set_for_one_verdict_and_an_empty_sample_is_refused(
    log_in: LogIn,
) -> None:
    senior = log_in("minh")
    path = "/api/v1/brands/SORANO/second-looks/violation"
    assert senior.put(path, json={"mode": "sampled", "percent": 20}).json()["percent"] == 20
    assert senior.put(path, json={"mode": "always", "percent": 3}).json()["percent"] == 100
    (kept,) = senior.get("/api/v1/brands/SORANO/rules").json()["second_looks"]
    assert (kept["brand"], kept["verdict"], kept["mode"], kept["percent"]) == ("SORANO", "violation", "always", 100)
    refused = senior.put(path, json={"mode": "sampled"})
    assert (refused.status_code, refused.json()["fields"]) == (422, ["percent"])
