"""markwatch alerts recipients and prefer: who gets which mails, changed by an operator."""

import json
from pathlib import Path

import pytest

from crawler.cli.main import exit_code
from tests.alerts.cases import BRAND, HANAMORI, make_database

PREFER = ["alerts", "prefer", HANAMORI.emails[0], HANAMORI.name, BRAND, "digest"]


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("MARKWATCH_DATA_DIR", str(tmp_path))
    database = make_database(tmp_path)
    database.close()
    return database.url


def wishes(url: str, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    capsys.readouterr()
    assert exit_code(["alerts", "recipients", "--json", "--db", url]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (found,) = [
        row for row in rows if (row["address"], row["brand"], row["kind"]) == (HANAMORI.emails[0], BRAND, "digest")
    ]
    return dict(found)


def test_what_an_operator_changes_of_a_recipients_mails_holds(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code([*PREFER, "--frequency", "weekly", "--hour", "8", "--market", "tiki_vn", "--db", url]) == 0
    changed = wishes(url, capsys)
    assert (changed["frequency"], changed["hour"]) == ("weekly", 8)
    assert "tiki_vn" in str(changed["markets"])


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--market", "tikki_vn"], "markets: 'tikki_vn' is no marketplace"),
        (["--zone", "Asia/Nowhere"], "zone: 'Asia/Nowhere'"),
        (["--frequency", "as_it_happens"], "frequency: 'as_it_happens'"),
    ],
)
def test_a_wish_that_no_mail_can_follow_is_named_and_changes_nothing(
    url: str, capsys: pytest.CaptureFixture[str], options: list[str], named: str
) -> None:
    assert exit_code([*PREFER, "--hour", "8", "--db", url]) == 0
    before = wishes(url, capsys)
    assert exit_code([*PREFER, *options, "--db", url]) == 2
    assert named in capsys.readouterr().err
    assert wishes(url, capsys) == before
