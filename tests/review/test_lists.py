"""A watch list file is looked at row by row, and stored whole or not at all."""

import base64
import re
from collections.abc import Callable
from io import BytesIO

import pytest
import xlsxwriter
from fastapi.testclient import TestClient

from storage.audit import load_audit
from storage.database import Database
from storage.watchlist import load_watchlist
from tests.review.conftest import Clock, token_of

LogIn = Callable[[str], TestClient]
GOOD = "mark_id,text,brand,owner,nice_classes\nsorano,Sorano,SORANO,Sorano Cosmetics,3\nmoi,Nhãn Mới,MỚI,Chủ Mới,3|5\n"


def look(client: TestClient, content: bytes, name: str = "marks.csv") -> tuple[int, str]:
    answer = client.post(
        "/lists/preview", data={"form_token": token_of(client)}, files={"file": (name, content, "text/csv")}
    )
    return answer.status_code, answer.text


def marks(database: Database) -> set[str]:
    with database.read() as session:
        return {mark.mark_id for mark in load_watchlist(session, None).marks}


def test_a_file_is_looked_at_first_and_stored_on_the_second_press_only(log_in: LogIn, database: Database) -> None:
    client = log_in("minh")
    status, page = look(client, GOOD.encode())
    assert status == 200
    assert "moi" not in marks(database)
    step = re.search(r'name="step" value="([^"]+)"', page)
    assert step
    data = {"form_token": token_of(client), "step": step[1]}
    assert log_in("quan").post("/lists", data=data | {"form_token": "x"}).status_code == 403
    assert client.post("/lists", data=data).status_code == 200
    assert "moi" in marks(database)
    assert client.post("/lists", data=data).status_code == 409
    with database.read() as session:
        assert [row.actor for row in load_audit(session, "watchlist")] == ["minh"]


def test_a_looked_at_file_is_its_own_users_and_old_after_ten_minutes(
    log_in: LogIn, database: Database, clock: Clock
) -> None:
    client, other = log_in("minh"), log_in("quan")
    step = re.search(r'name="step" value="([^"]+)"', look(client, GOOD.encode())[1])
    assert step
    assert other.post("/lists", data={"form_token": token_of(other), "step": step[1]}).status_code == 409
    clock.forward(minutes=11)
    assert client.post("/lists", data={"form_token": token_of(client), "step": step[1]}).status_code == 409
    assert "moi" not in marks(database)


def test_every_bad_row_is_shown_at_its_place_and_nothing_is_stored(log_in: LogIn, database: Database) -> None:
    client = log_in("minh")
    bad = GOOD + "x1,,A,B,3\nx2,Tên,A,B,drei\nmoi,Nhãn Mới,A,B,3\n"
    status, page = look(client, bad.encode())
    assert status == 422
    assert page.count('class="is-bad"') == 3
    assert "the same as line 3" in page
    assert '<mark class="ev ev-word"><bdi>drei</bdi></mark>' in page
    assert 'name="step"' not in page
    assert "moi" not in marks(database)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "marks.csv"),
        (b"mark_id,text\n", "marks.csv"),
        (b"a,b\n1,2\n", "marks.csv"),
        (b"\xff\xfe\x00", "marks.csv"),
        (b"mark_id,text,text\na,b,c\n", "marks.csv"),
        (b'mark_id,text\n"a,b\n', "marks.csv"),
        (b"mark_id,text\na\x00,b\n", "marks.csv"),
        (b"not a zip", "marks.xlsx"),
        (b"{", "marks.jsonl"),
        (GOOD.encode(), "marks.exe"),
        (GOOD.encode(), "../../etc/passwd"),
        (b"product_id,mark_id,name\np,unknown,x\n", "products.csv"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(
    log_in: LogIn, database: Database, content: bytes, name: str
) -> None:
    before = marks(database)
    status, page = look(log_in("minh"), content, name)
    assert status == 422
    assert "strip-bad" in page
    assert "list.csv" not in page
    assert marks(database) == before


def test_a_spreadsheet_is_read_and_its_formulas_stay_text(log_in: LogIn, database: Database) -> None:
    with BytesIO() as stream:
        book = xlsxwriter.Workbook(stream, {"strings_to_formulas": False})
        sheet = book.add_worksheet()
        for row, cells in enumerate([["mark_id", "text"], ["bang", "=HYPERLINK(1)"]]):
            sheet.write_row(row, 0, cells)
        book.close()
        content = stream.getvalue()
    answer = log_in("minh").post(
        "/api/v1/lists", json={"name": "marks.xlsx", "content": base64.b64encode(content).decode(), "dry_run": False}
    )
    assert answer.json()["counts"] == {"added": 1}
    assert answer.json()["is_kept"]
    with database.read() as session:
        assert load_watchlist(session, None).mark_by_id["bang"].text == "=HYPERLINK(1)"


def test_a_program_sees_what_a_file_would_change_without_storing_it(log_in: LogIn, database: Database) -> None:
    client = log_in("minh")
    body = {"name": "m.csv", "content": base64.b64encode(GOOD.encode()).decode()}
    looked = client.post("/api/v1/lists", json=body).json()
    assert looked["counts"] == {"changed": 1, "added": 1}
    assert not looked["is_kept"]
    assert "moi" not in marks(database)
    wrong = client.post("/api/v1/lists", json={**body, "content": base64.b64encode(b"mark_id,text\nx,\n").decode()})
    assert wrong.status_code == 422
    assert wrong.json()["wrong"] == [{"line": 2, "field": "text", "problem": wrong.json()["wrong"][0]["problem"]}]
