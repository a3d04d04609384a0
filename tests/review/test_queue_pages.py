"""What an officer does in the queue beside single decisions: groups, bulk, holds, views, second looks, brands."""

import re
from collections.abc import Callable
from dataclasses import replace
from html import escape

import pytest
from fastapi.testclient import TestClient

from records.hit import Hit
from storage.database import Database
from storage.decisions import record_decision
from storage.hits import count_hits, hit_id_of, load_hit
from storage.second_looks import save_policy
from tests.review.conftest import Clock, hit_ids, token_of
from tests.review.seeding import NOW, exact, hit, listing, store

LogIn = Callable[[str], TestClient]


def alike(count: int, seller: str = "Kho Sỉ 88") -> list[Hit]:
    """Return hits that differ in a figure of the title only."""
    found = []
    for number in range(count):
        one = listing(
            "tiki_vn", f"alike-{number}", f"Phấn nước Sorano nội địa sỉ tông {number}", 90_000 + number, seller
        )
        found.append(hit(one, "sorano", 0.99, "high", exact(one, "Sorano", "Sorano")))
    return found


def post(client: TestClient, path: str, **data: object) -> "str":
    answer = client.post(path, data={"form_token": token_of(client), **data})
    return f"{answer.status_code} {answer.headers.get('location', '')}"


def picks_of(html: str) -> list[str]:
    return re.findall(r'name="pick" value="([^"]+)"', html)


def test_near_identical_hits_are_one_row_that_opens(reviewer: TestClient, database: Database) -> None:
    store(database, alike(4))
    page = reviewer.get("/review").text
    assert len(hit_ids(page)) == 11
    assert "+3 tin" in page
    (group,) = re.findall(r'href="([^"]+)" data-group', page)
    assert len(hit_ids(reviewer.get(group.replace("&amp;", "&")).text)) == 4
    assert len(hit_ids(reviewer.get("/review?group=none").text)) == 14


def test_a_group_is_decided_after_a_preview_that_shows_all_of_it(reviewer: TestClient, database: Database) -> None:
    store(database, alike(4))
    (group,) = [pick for pick in picks_of(reviewer.get("/review").text) if pick.startswith("group:")]
    data = {"form_token": token_of(reviewer), "pick": group, "verdict": "violation"}
    preview = reviewer.post("/review/bulk/preview", data=data)
    assert preview.status_code == 200
    picks = picks_of(preview.text)
    assert len(picks) == 4
    with database.read() as session:
        assert count_hits(session)["confirmed"] == 0
    answer = reviewer.post(
        "/review/bulk/record",
        data={"form_token": token_of(reviewer), "verdict": "violation", "reason": "counterfeit", "pick": picks[:3]},
    )
    assert answer.status_code == 303
    with database.read() as session:
        assert count_hits(session)["confirmed"] == 3
    page = reviewer.get(answer.headers["location"]).text
    assert "Đã ghi “Vi phạm” cho tất cả" in page
    (undo,) = set(re.findall(r'action="(/review/bulks/[^"]+/undo)"', page))
    assert post(reviewer, undo).startswith("303")
    with database.read() as session:
        assert count_hits(session)["confirmed"] == 0


def test_a_bulk_is_refused_when_something_changed_and_names_it(
    reviewer: TestClient, database: Database, clock: Clock
) -> None:
    found = alike(3)
    store(database, found)
    ids = [hit_id_of(one.key) for one in found]
    with database.write() as session:
        record_decision(session, ids[1], 1, "unsure", "needs_owner", "minh", clock())
    data = {"form_token": token_of(reviewer), "verdict": "no_violation", "reason": "genuine"}
    answer = reviewer.post("/review/bulk/record", data={**data, "pick": [f"hit:{one}:1" for one in ids]})
    assert answer.status_code == 409
    assert "Chưa ghi gì" in answer.text
    assert "card-error" in answer.text
    with database.read() as session:
        assert count_hits(session)["rejected"] == 0


def test_violations_of_different_groups_are_refused_together(reviewer: TestClient) -> None:
    picks = picks_of(reviewer.get("/review").text)[:3]
    data = {"form_token": token_of(reviewer), "verdict": "violation", "pick": picks}
    answer = reviewer.post("/review/bulk/preview", data=data)
    assert answer.status_code == 409
    assert "trong một nhóm" in answer.text


def test_more_than_25_need_the_number_typed(reviewer: TestClient, database: Database) -> None:
    found = alike(26)
    store(database, found)
    picks = [f"hit:{hit_id_of(one.key)}:1" for one in found]
    data = {"form_token": token_of(reviewer), "verdict": "no_violation", "reason": "genuine", "pick": picks}
    assert reviewer.post("/review/bulk/record", data={**data, "typed": "25"}).status_code == 409
    assert reviewer.post("/review/bulk/record", data={**data, "typed": "26"}).status_code == 303
    with database.read() as session:
        assert count_hits(session)["rejected"] == 26


def test_a_hit_held_by_another_is_read_only_until_it_is_taken_over(log_in: LogIn, clock: Clock) -> None:
    hanh, minh = log_in("hanh"), log_in("minh")
    (first, *_rest) = hit_ids(hanh.get("/review").text)
    assert post(hanh, f"/hits/{first}/hold").startswith("303")
    page = minh.get(f"/hits/{first}").text
    assert "hanh giữ tin này đến" in page
    assert "btn-verdict" not in page
    answer = minh.post(
        f"/hits/{first}/violation", data={"form_token": token_of(minh), "reason": "counterfeit", "revision": "1"}
    )
    assert answer.status_code == 409
    assert "hanh giữ tin này đến" in answer.text
    assert post(minh, f"/hits/{first}/take-over").startswith("303")
    assert "btn-verdict" in minh.get(f"/hits/{first}").text
    clock.forward(minutes=11)
    assert "btn-verdict" in hanh.get(f"/hits/{first}").text


def test_the_next_hit_is_not_one_that_somebody_else_holds(log_in: LogIn) -> None:
    hanh, minh = log_in("hanh"), log_in("minh")
    first, second, third, *_rest = hit_ids(hanh.get("/review").text)
    post(minh, f"/hits/{second}/hold")
    assert f"/hits/{third}" in post(hanh, f"/hits/{first}/violation", reason="counterfeit", revision="1")


def test_an_own_view_is_kept_with_its_filters_and_removed(reviewer: TestClient) -> None:
    assert post(reviewer, "/review/views", name="Sorano trên Tiki", query="brand=SORANO&market=tiki_vn") == (
        "303 /review?brand=SORANO&market=tiki_vn"
    )
    page = reviewer.get("/review?brand=SORANO&market=tiki_vn").text
    assert "Sorano trên Tiki" in page
    assert "problem=view" in post(reviewer, "/review/views", name="Sorano trên Tiki", query="x")
    (remove,) = re.findall(r'action="(/review/views/[^"]+/remove)"', page)
    post(reviewer, remove)
    assert "Sorano trên Tiki" not in reviewer.get("/review").text


def test_the_place_in_the_queue_is_shown(reviewer: TestClient) -> None:
    ids = hit_ids(reviewer.get("/review").text)
    assert "3 trong 10" in reviewer.get(f"/hits/{ids[2]}").text
    assert (
        "1 trong 2" in reviewer.get(f"/hits/{hit_ids(reviewer.get('/review?brand=TAKUMA').text)[0]}?brand=TAKUMA").text
    )


@pytest.fixture
def waiting(log_in: LogIn, database: Database) -> str:
    """A hit that hanh confirmed and that waits for somebody else."""
    with database.write() as session:
        save_policy(session, "", "violation", "always", 100, "quan", NOW)
    (first, *_rest) = hit_ids(log_in("hanh").get("/review").text)
    answer = post(
        log_in("hanh"), f"/hits/{first}/violation", reason="counterfeit", revision="1", note="bí mật của người thứ nhất"
    )
    assert answer.startswith("303")
    return first


def test_a_row_that_waits_for_a_second_look_is_the_listing_as_the_first_person_saw_it(
    log_in: LogIn, waiting: str, database: Database
) -> None:
    minh = log_in("minh")
    with database.read() as session:
        seen = load_hit(session, waiting).hit
    renamed = replace(seen.listing, title="Tên mới sau khi bị xét")
    moved = hit(renamed, seen.mark_id, 0.5, "medium", product_id=seen.product_id, track=seen.track)
    store(database, [moved], seen_at=NOW)
    page = minh.get("/review?view=second_look").text
    assert waiting in hit_ids(page)
    assert "Tên mới sau khi bị xét" not in page
    assert f'aria-label="{escape(seen.listing.title)}"' in page


def test_a_web_shop_is_named_by_its_host_and_a_gap_by_its_reference(reviewer: TestClient, database: Database) -> None:
    one = listing("shop", "https://mayo.test/p/1", "Kem Sorano", 90_000, url="https://www.mayo.test/p/1")
    odd = listing("shop", "2", "Sorano kem", 90_000, url="https://xn--may\u043e.test/p/1")
    shops = [hit(each, "sorano", 0.99, "high", exact(each, "Sorano", "Sorano")) for each in (one, odd)]
    store(database, shops)
    page = reviewer.get("/review?market=shop").text
    assert "</span>mayo.test</small>" in page
    assert "</span>Cửa hàng web</small>" in page
    (priced, *_rest) = hit_ids(reviewer.get("/review?view=price").text)
    assert "so với giá " in reviewer.get(f"/hits/{priced}?view=price").text


def test_the_second_person_sees_neither_the_first_verdict_nor_the_note(log_in: LogIn, waiting: str) -> None:
    minh = log_in("minh")
    for path in (
        f"/hits/{waiting}", "/review?view=second_look", "/review?view=all", f"/api/v1/hits/{waiting}",
        f"/api/v1/hits/{waiting}/decisions", "/api/v1/hits?view=second_look",
    ):  # fmt: skip
        text = minh.get(path).text
        assert "bí mật" not in text, path
        assert "counterfeit" not in re.sub(r'value="counterfeit"', "", text), path
        assert "hanh" not in text, path
    assert waiting in hit_ids(minh.get("/review?view=second_look").text)
    assert waiting not in hit_ids(log_in("hanh").get("/review?view=second_look").text)


def test_the_first_person_is_refused_by_the_server_also_on_the_api(log_in: LogIn, waiting: str) -> None:
    hanh = log_in("hanh")
    assert post(hanh, f"/hits/{waiting}/violation", reason="counterfeit", revision="1").startswith("403")
    body = {"verdict": "violation", "reason": "counterfeit", "revision": 1}
    answer = hanh.post(f"/api/v1/hits/{waiting}/decisions", json=body)
    assert (answer.status_code, answer.json()["reason"]) == (403, "same_person")
    assert "btn-verdict" not in hanh.get(f"/hits/{waiting}").text


def test_two_who_agree_settle_it_and_a_brand_viewer_waits_ten_more_minutes(
    log_in: LogIn, waiting: str, clock: Clock
) -> None:
    clock.forward(minutes=11)
    assert log_in("sato").get(f"/hits/{waiting}").status_code == 404
    assert post(log_in("minh"), f"/hits/{waiting}/violation", reason="imitation_wording", revision="1").startswith(
        "303"
    )
    assert log_in("minh").get(f"/api/v1/hits/{waiting}").json()["state"] == "confirmed"
    assert log_in("sato").get(f"/hits/{waiting}").status_code == 404
    clock.forward(minutes=10)
    assert log_in("sato").get(f"/hits/{waiting}").status_code == 200
    assert "Xem lần hai, minh" in log_in("minh").get(f"/hits/{waiting}").text


def test_a_disagreement_is_settled_by_a_senior_who_sees_both(log_in: LogIn, waiting: str) -> None:
    minh, quan = log_in("minh"), log_in("quan")
    post(minh, f"/hits/{waiting}/no-violation", reason="genuine", revision="1", note="hàng thật")
    assert waiting in hit_ids(quan.get("/review?view=disputed").text)
    assert waiting not in hit_ids(log_in("hanh").get("/review?view=disputed").text)
    page = quan.get(f"/hits/{waiting}").text
    assert "bí mật của người thứ nhất" in page
    assert "hàng thật" in page
    assert post(minh, f"/hits/{waiting}/no-violation", reason="genuine", revision="1").startswith("403")
    assert post(quan, f"/hits/{waiting}/no-violation", reason="genuine", revision="1").startswith("303")
    assert quan.get(f"/api/v1/hits/{waiting}").json()["state"] == "rejected"


def test_a_second_look_is_taken_back_with_the_same_key(log_in: LogIn, waiting: str) -> None:
    minh = log_in("minh")
    post(minh, f"/hits/{waiting}/violation", reason="counterfeit", revision="1")
    assert post(minh, f"/hits/{waiting}/undo").startswith("303")
    assert minh.get(f"/api/v1/hits/{waiting}").json()["state"] == "second_look"


def test_a_threshold_is_previewed_before_it_is_saved_and_hides_nothing(log_in: LogIn, database: Database) -> None:
    minh = log_in("minh")
    page = minh.get("/brands/SORANO?tab=matching&flag_from=0.9").text
    assert "đưa 0 tin vào hàng chờ và đưa 3 tin ra" in page
    with database.read() as session:
        assert count_hits(session)["unreviewed"] == 10
    assert post(minh, "/brands/SORANO/threshold", track="ip", flag_from="0,9").startswith("303")
    with database.read() as session:
        counts = count_hits(session)
    assert (counts["unreviewed"], counts["below"]) == (7, 5)
    assert "5 tin dưới ngưỡng" in minh.get("/review").text
    assert "minh đặt 0,90" in minh.get("/brands/SORANO?tab=matching").text


def test_a_title_is_judged_while_nothing_is_stored(reviewer: TestClient, database: Database) -> None:
    with database.read() as session:
        before = count_hits(session)
    part = reviewer.get("/brands/SORANO/try", params={"title": "Kem So.rano rep 1:1"}).text
    assert "<html" not in part
    assert "ev-mark" in part
    assert "Cao" in part
    with database.read() as session:
        assert count_hits(session) == before


def test_other_spellings_are_tried_on_what_was_seen_and_then_kept(log_in: LogIn, database: Database) -> None:
    one = listing("tiki_vn", "blue", "Kem dưỡng Xanhlam fake 1", 50_000)
    store(database, [hit(one, "takuma", 0.31, "low", exact(one, "Xanhlam", "Takuma"))])
    minh = log_in("minh")
    page = minh.get("/brands/SORANO", params={"tab": "marks", "mark": "sorano", "spellings": "ソラノ\nXanhlam"}).text
    assert "gắn cờ thêm 1 tin và bỏ 0 tin" in page
    assert post(minh, "/brands/SORANO/spellings", mark="sorano", spellings="ソラノ|Xanhlam").startswith("303")
    assert "ソラノ, Xanhlam" in minh.get("/brands/SORANO?tab=marks").text


def test_the_ledger_names_rule_brand_and_market_with_the_interval(reviewer: TestClient) -> None:
    (first, *_rest) = hit_ids(reviewer.get("/review").text)
    post(reviewer, f"/hits/{first}/violation", reason="counterfeit", revision="1")
    rows = reviewer.get("/ledger/export/csv").text.splitlines()
    assert '"disguised_mark","SORANO","shopee_vn","1","0","0","1","0","0","1.0000","0.2065","1.0000","no"' in rows
    page = reviewer.get("/ledger").text
    assert "cần thêm 29" in page


def test_a_seller_is_linked_by_exactly_shared_facts_only(reviewer: TestClient, database: Database) -> None:
    text = "Zalo 0912 345 678, giao nhanh"
    for number, seller in enumerate(("Cửa hàng A", "Gian B")):
        one = listing("tiki_vn", f"link-{number}", f"Sorano số {number} fake", 70_000, seller, description=text)
        store(database, [hit(one, "sorano", 0.6, "medium", exact(one, "Sorano", "Sorano"))])
    page = reviewer.get("/sellers/tiki_vn", params={"id": "s-cửa"}).text
    assert "cùng số điện thoại: ••••678" in page
    assert "0912" not in re.sub(r"••••678", "", page.split("Gian hàng có điểm chung")[1])
    assert "Gian B" in page


def test_own_keys_stand_on_the_buttons_and_two_acts_on_one_key_are_refused(reviewer: TestClient) -> None:
    form = {"form_token": token_of(reviewer), "switched_on": "1"}
    assert reviewer.post("/me/keys", data={**form, "key_y": "n"}).status_code == 422
    assert "<kbd>Y</kbd>" in reviewer.get("/review").text
    assert reviewer.post("/me/keys", data={**form, "key_y": "q"}).status_code == 303
    page = reviewer.get("/review").text
    assert "<kbd>Q</kbd>" in page
    assert "data-keys=" in page
    assert reviewer.post("/me/keys", data={"form_token": token_of(reviewer)}).status_code == 303
    assert "data-keys-off" in reviewer.get("/review").text
    assert reviewer.post("/me/keys", data={**form, "reset": "1"}).status_code == 303
    assert "data-keys" not in reviewer.get("/review").text
