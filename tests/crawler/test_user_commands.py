"""The users and audit commands do what the console's buttons do."""

import json
from pathlib import Path

import pytest

from crawler.cli.main import exit_code
from crawler.config import Settings
from crawler.console import oidc_settings
from crawler.errors import BadInput
from storage.audit import load_audit
from storage.database import open_database
from storage.outbox import claim_mails
from storage.users import load_user
from tests.review.seeding import NOW
from tests.storage.servers import sqlite_database


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = sqlite_database(tmp_path)
    monkeypatch.setenv("MARKWATCH_NEW_PASSWORD", "four plain words here")
    assert exit_code(["users", "add", "quan", "--name", "Quân", "--role", "administrator", "--db", url]) == 0
    return url


def test_an_account_is_invited_changed_locked_and_let_in_again(database: str) -> None:
    invited = ["users", "invite", "mai", "--name", "Mai", "--email", "mai@office.example", "--role", "reviewer"]
    assert exit_code([*invited, "--db", database]) == 0
    for command in (["change", "mai", "--role", "senior"], ["disable", "mai"], ["enable", "mai"], ["reset", "mai"]):
        assert exit_code(["users", *command, "--db", database]) == 0
    opened = open_database(database)
    with opened.read() as session:
        user = load_user(session, "mai")
        assert user is not None
        assert (user.role, user.email, user.name, user.active) == ("senior", "mai@office.example", "Mai", True)
        actions = [row.action for row in load_audit(session, "mai")]
        assert actions == ["user.invite", "user.change", "user.disable", "user.enable", "user.reset"]
    with opened.write() as session:
        assert [mail.recipient for mail in claim_mails(session, NOW.replace(year=2100))] == ["mai@office.example"] * 2
    opened.close()


def test_the_last_administrator_and_wrong_values_are_refused(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    for command, word in (
        (["disable", "quan"], "last administrator"),
        (["change", "quan", "--role", "reviewer"], "last administrator"),
        (["reset", "quan"], "no mail address"),
        (["disable", "nobody"], "no user"),
        (["tokens", "quan", "--revoke", "none"], "no such"),
    ):
        assert exit_code(["users", *command, "--db", database]) == 2
        assert word in capsys.readouterr().err


def test_sessions_and_tokens_are_listed_as_json(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("sessions", "tokens"):
        assert exit_code(["users", command, "quan", "--json", "--db", database]) == 0
    assert capsys.readouterr().out == ""
    assert exit_code(["users", "list", "--json", "--db", database]) == 0
    assert json.loads(capsys.readouterr().out)["login"] == "quan"


def test_a_kept_head_shows_a_chain_that_was_cut(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["audit", "head", "--db", database]) == 0
    head = capsys.readouterr().out.strip()
    assert exit_code(["audit", "verify", "--head", head, "--db", database]) == 0
    longer = f"{int(head.partition(':')[0]) + 1}:{head.partition(':')[2]}"
    assert exit_code(["audit", "verify", "--head", longer, "--db", database]) == 1
    assert exit_code(["audit", "verify", "--head", "1", "--db", database]) == 2


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--host", "10.0.0.1"], "--trusted-proxy"),
        (["--host", "example.test"], "--tls-cert"),
        (["--behind-tls"], "MARKWATCH_CONSOLE_URL"),
        (["--trusted-proxy", "everywhere"], "neither an address nor a network"),
        (["--tls-cert", "/nowhere.pem"], "belong together"),
        (["--tls-cert", "/nowhere.pem", "--tls-key", "/nowhere.key"], "no such file"),
    ],
)
def test_the_console_refuses_to_start_where_passwords_would_cross_a_network_in_the_clear(
    database: str, capsys: pytest.CaptureFixture[str], arguments: list[str], word: str
) -> None:
    assert exit_code(["serve", *arguments, "--db", database]) == 2
    assert word in capsys.readouterr().err


def test_half_an_identity_provider_is_an_error() -> None:
    assert oidc_settings(Settings()) is None
    for wrong in (
        Settings(oidc_issuer="https://idp.test"),
        Settings(oidc_client_id="x"),
        Settings(oidc_issuer="http://idp.test", oidc_client_id="x"),
    ):
        with pytest.raises(BadInput, match="MARKWATCH_OIDC"):
            oidc_settings(wrong)
