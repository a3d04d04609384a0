"""What a person types and gets: data on stdout, words on stderr, and the exit codes that others rely on."""

import json
import socket
from pathlib import Path

import pytest

from crawler.cli.main import exit_code
from tests.storage.servers import sqlite_database

MARKS = "mark_id,brand,owner,text,variants,registration_no,office,nice_classes,valid_until,ambiguous\n"
HANAMORI = "hanamori,Hanamori,Hanamori Cosmetics,Hanamori,ハナモリ,4-0001,VN,3,2031-01-01,false\n"
LISTING = '{"market": "tiki_vn", "listing_id": "%s", "title": "%s", "price": "129000", "currency": "VND"}\n'


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    path = tmp_path / "marks.csv"
    path.write_text(MARKS + HANAMORI, encoding="utf-8")
    return path


@pytest.fixture
def database(tmp_path: Path) -> str:
    return sqlite_database(tmp_path)


def test_match_writes_one_hit_a_line_with_spans_in_the_title(tmp_path: Path, marks: Path) -> None:
    listings, out = tmp_path / "listings.jsonl", tmp_path / "hits.jsonl"
    listings.write_text(LISTING % ("1", "Kem dưỡng H.a.n.a.m.o.r.i rep 1:1") + LISTING % ("2", "Bàn phím cơ"), "utf-8")
    code = exit_code(["match", "--marks", str(marks), "--listings", str(listings), "--out", str(out)])
    assert code == 0
    (hit,) = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert (hit["listing_id"], hit["track"], hit["mark_id"], hit["tier"]) == ("1", "ip", "hanamori", "high")
    spans = [span for finding in hit["evidence"] for span in finding["spans"]]
    title = "Kem dưỡng H.a.n.a.m.o.r.i rep 1:1"
    assert spans
    assert all(title[span["start"] : span["end"]] == span["text"] for span in spans if span["field"] == "title")


def test_match_refuses_a_line_without_its_required_field_and_leaves_the_old_file(
    tmp_path: Path, marks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listings, out = tmp_path / "listings.jsonl", tmp_path / "hits.jsonl"
    listings.write_text(LISTING % ("1", "a") + '{"market": "tiki_vn", "listing_id": "2"}\n', "utf-8")
    out.write_text("old")
    assert exit_code(["match", "--marks", str(marks), "--listings", str(listings), "--out", str(out)]) == 2
    assert "listings.jsonl, line 2: title" in capsys.readouterr().err
    assert out.read_text() == "old"


def test_explain_names_the_mention_and_prints_json(marks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["explain", "Kem Hanam0ri loại 1", "--marks", str(marks), "--json"]) == 0
    explanation = json.loads(capsys.readouterr().out)
    assert explanation["hits"][0]["mark_id"] == "hanamori"


def test_an_unknown_market_is_named_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["try", "tikki_vn", "--url", "https://tiki.vn/x"]) == 2
    error = capsys.readouterr().err
    assert "tikki_vn" in error
    assert "tiki_vn" in error.replace("tikki_vn", "")


def test_an_absent_database_is_named_and_not_created(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"sqlite:///{tmp_path / 'absent.db'}"
    assert exit_code(["hits", "list", "--db", url]) == 1
    assert "absent.db" in capsys.readouterr().err
    assert not (tmp_path / "absent.db").exists()


def test_an_import_with_one_bad_row_stores_nothing(
    tmp_path: Path, database: str, marks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text(MARKS + "x,,,X,,,,,2031-13-01,false\n", encoding="utf-8")
    assert exit_code(["watchlist", "import", str(marks), str(bad), "--db", database]) == 2
    assert "bad.csv, line 2: valid_until" in capsys.readouterr().err
    assert exit_code(["watchlist", "import", str(marks), "--db", database, "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["list"]: row["added"] for row in rows}["marks"] == 1


def test_a_dry_run_of_an_import_stores_nothing(database: str, marks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["watchlist", "import", str(marks), "--dry-run", "--db", database]) == 0
    capsys.readouterr()
    assert exit_code(["explain", "Hanamori", "--db", database, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["hits"] == []


def test_a_product_of_an_unknown_mark_is_named(
    tmp_path: Path, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    products = tmp_path / "products.csv"
    products.write_text("product_id,mark_id,name\np1,nowhere,Kem\n")
    assert exit_code(["watchlist", "import", str(products), "--db", database]) == 2
    assert "nowhere" in capsys.readouterr().err


def test_imported_listings_are_judged_and_importing_twice_changes_nothing(
    tmp_path: Path, database: str, marks: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARKWATCH_DATA_DIR", str(tmp_path))
    assert exit_code(["watchlist", "import", str(marks), "--db", database]) == 0
    listings = tmp_path / "listings.jsonl"
    listings.write_text(LISTING % ("1", "Kem H@namori siêu cấp rep") + LISTING % ("2", "Kem Hanamori"), "utf-8")
    for _ in range(2):
        assert exit_code(["import", "tiki_vn", str(listings), "--db", database]) == 0
    capsys.readouterr()
    assert exit_code(["hits", "list", "--view", "all", "--db", database, "--json"]) == 0
    hits = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert sorted(hit["listing_id"] for hit in hits) == ["1", "2"]


def test_one_unreadable_file_does_not_stop_the_others(
    tmp_path: Path, database: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARKWATCH_DATA_DIR", str(tmp_path))
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.html"
    good.write_text(LISTING % ("1", "Kem"), "utf-8")
    bad.write_text("<html><body>hello</body></html>")
    assert exit_code(["import", "tiki_vn", str(bad), str(good), "--db", database]) == 4
    assert "bad.html" in capsys.readouterr().err


def test_schedules_are_added_listed_paused_and_removed(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    at = ["--db", database]
    line = ["schedules", "add", "tiki_vn", "-q", "kem", "--daily", "02:00,14:00", *at]
    assert exit_code(line) == 2
    assert "the way pages is closed" in capsys.readouterr().err
    ground = "letter of Tiki of 3 November"
    assert exit_code(["markets", "allow", "tiki_vn", "pages", "--ground", ground, "--until", "2099-01-01", *at]) == 0
    assert exit_code(line) == 0
    schedule_id = capsys.readouterr().out.strip()
    assert exit_code(["schedules", "pause", schedule_id, "--reason", "Tết", "--until", "2099-01-01", *at]) == 0
    assert exit_code(["schedules", "list", "--json", *at]) == 0
    (row,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (row["cron"], row["zone"], row["pause_reason"]) == ("0 2,14 * * *", "Asia/Ho_Chi_Minh", "Tết")
    # Two in the morning in Ha Noi, on the day the pause ends.
    assert row["next_at"] == "2098-12-31T19:00:00Z"
    assert exit_code(["schedules", "resume", schedule_id, *at]) == 0
    assert exit_code(["schedules", "next", schedule_id, "-n", "3", "--json", *at]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3
    assert exit_code(["schedules", "remove", schedule_id, *at]) == 0
    assert exit_code(["schedules", "list", "--json", *at]) == 0
    assert capsys.readouterr().out == ""


def test_a_port_in_use_is_named(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert exit_code(["serve", "--port", str(port), "--db", database]) == 1
    assert f"port {port}" in capsys.readouterr().err


def test_the_console_refuses_an_outside_address_without_tls(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["serve", "--host", "0.0.0.0", "--db", database]) == 2  # noqa: S104 - refused is what is tested
    assert "--behind-tls" in capsys.readouterr().err


def test_a_closed_way_is_refused_before_anything_is_asked(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["crawl", "shopee_vn", "-q", "kem", "-a", "way=pages", "--db", database]) == 2
    assert "shopee_vn: the way pages is closed: Shopee's terms" in capsys.readouterr().err


def test_a_wrong_option_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["crawl", "--no-such-option"]) == 2
    assert "--no-such-option" in capsys.readouterr().err


def test_users_are_added_with_a_role_and_a_password_that_is_not_too_short(
    database: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["users", "add", "lan", "--name", "Nguyễn Thị Lan", "--role", "reviewer", "--db", database]
    monkeypatch.setenv("MARKWATCH_NEW_PASSWORD", "short")
    assert exit_code(command) == 2
    monkeypatch.setenv("MARKWATCH_NEW_PASSWORD", "a long enough passphrase")
    assert exit_code(command) == 0
    assert exit_code(command) == 2
    capsys.readouterr()
    assert exit_code(["users", "disable", "lan", "--db", database]) == 0
    assert exit_code(["users", "list", "--json", "--db", database]) == 0
    (row,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (row["login"], row["active"]) == ("lan", False)


def test_a_backup_is_restored_with_everything_in_it(
    tmp_path: Path, database: str, marks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(["watchlist", "import", str(marks), "--db", database]) == 0
    backup, restored = tmp_path / "copy.db", f"sqlite:///{tmp_path / 'restored.db'}"
    assert exit_code(["db", "backup", str(backup), "--db", database]) == 0
    assert exit_code(["db", "backup", str(backup), "--db", database]) == 2
    assert exit_code(["db", "restore", str(backup), "--db", restored]) == 0
    assert exit_code(["db", "check", "--db", restored]) == 0
    capsys.readouterr()
    assert exit_code(["explain", "Hanamori", "--db", restored]) == 0
    assert "hanamori" in capsys.readouterr().out
    assert exit_code(["alerts", "log", "--events", "--db", restored]) == 0
    assert "restored from a backup" in capsys.readouterr().out, "mails wait for a person"
    assert exit_code(["db", "restore", str(backup), "--db", restored]) != 0


def test_a_password_in_a_database_url_is_never_printed(capsys: pytest.CaptureFixture[str]) -> None:
    url = "postgresql://markwatch:open-sesame@127.0.0.1:1/markwatch"
    for command in (["db", "upgrade"], ["db", "check"], ["hits", "list"], ["doctor"]):
        assert exit_code([*command, "--db", url]) == 1
    printed = capsys.readouterr()
    assert "127.0.0.1" in printed.err
    assert "open-sesame" not in printed.out + printed.err
