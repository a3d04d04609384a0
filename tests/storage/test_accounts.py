"""Accounts: mail addresses, tickets, half-finished log-ins, second factors, passkeys, API tokens, sessions."""

from datetime import UTC, datetime, timedelta

import pytest

from storage.api_tokens import add_token, load_token, load_tokens, revoke_token, revoke_tokens_of
from storage.database import Database
from storage.errors import AlreadyThere
from storage.factors import (
    add_identity,
    add_passkey,
    count_recovery_codes,
    load_identity,
    load_passkeys,
    load_totp,
    remove_factors,
    remove_passkey,
    save_totp,
    use_passkey,
    use_recovery_code,
    use_totp,
)
from storage.tickets import close_step, load_step, load_ticket, open_step, open_ticket
from storage.users import (
    add_user,
    change_user,
    close_session_named,
    disable_user,
    enable_user,
    load_open_sessions,
    load_password_hash,
    load_session,
    load_user_by_email,
    open_session,
)

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def people(database: Database) -> Database:
    with database.write() as session:
        add_user(session, "lan", "Lan", "reviewer", "hash", NOW, email="Lan@Example.test")
        add_user(session, "sato", "Sato", "brand_viewer", "", NOW, brands=["SORANO"])
    return database


def test_a_mail_address_belongs_to_one_account_whatever_its_letter_case(people: Database) -> None:
    with people.read() as session:
        found = load_user_by_email(session, "LAN@example.TEST")
        assert found is not None
        assert found.login == "lan"
    with pytest.raises(AlreadyThere, match="lan"), people.write() as session:
        add_user(session, "other", "O", "reviewer", "h", NOW, email="lan@EXAMPLE.test")


def test_an_account_without_a_password_has_none_to_compare_with(people: Database) -> None:
    with people.read() as session:
        assert load_password_hash(session, "sato") is None


def test_a_smaller_role_ends_the_sessions_and_a_new_name_does_not(people: Database) -> None:
    def change(role: str, name: str) -> None:
        with people.write() as session:
            change_user(session, "lan", NOW, name=name, role=role, brands=(), language="vi", email=None)  # type: ignore[arg-type]

    with people.write() as session:
        open_session(session, "a" * 64, "lan", NOW, NOW + HOUR, address="10.0.0.1", agent="Firefox", means="password")
    change("reviewer", "Lan Anh")
    with people.read() as session:
        assert load_session(session, "a" * 64, NOW) is not None
    change("operator", "Lan Anh")
    with people.read() as session:
        assert load_session(session, "a" * 64, NOW) is None


def test_a_session_is_listed_and_ended_by_its_name_for_its_own_user_only(people: Database) -> None:
    with people.write() as session:
        open_session(session, "b" * 64, "lan", NOW, NOW + HOUR, address="10.0.0.1", agent="F" * 999, means="passkey")
        (listed,) = load_open_sessions(session, "lan", NOW)
        assert (listed.means, listed.address, len(listed.agent or "")) == ("passkey", "10.0.0.1", 300)
        assert not close_session_named(session, "sato", listed.session_id, NOW)
        assert close_session_named(session, "lan", listed.session_id, NOW)
        assert not close_session_named(session, "lan", listed.session_id, NOW)
        assert load_open_sessions(session, "lan", NOW) == ()


def test_a_ticket_works_until_it_is_used_replaced_or_too_old(people: Database) -> None:
    with people.write() as session:
        open_ticket(session, "1" * 64, "lan", "reset", "lan", NOW, NOW + HOUR)
        assert load_ticket(session, "1" * 64, NOW) is not None
        assert load_ticket(session, "1" * 64, NOW + HOUR) is None
        open_ticket(session, "2" * 64, "lan", "reset", "quan", NOW, NOW + HOUR)
        assert load_ticket(session, "1" * 64, NOW) is None
        found = load_ticket(session, "2" * 64, NOW)
        assert found is not None
        assert found.made_by == "quan"


def test_a_step_is_finished_once_and_only_as_what_it_is(people: Database) -> None:
    with people.write() as session:
        open_step(session, "3" * 64, "code", "lan", {"a": "b"}, NOW, NOW + HOUR)
        assert load_step(session, "3" * 64, "oidc", NOW) is None
        found = load_step(session, "3" * 64, "code", NOW)
        assert found is not None
        assert found.data == {"a": "b"}
        assert close_step(session, "3" * 64)
        assert not close_step(session, "3" * 64)
        assert load_step(session, "3" * 64, "code", NOW) is None


def test_no_code_is_taken_twice_and_a_recovery_code_once(people: Database) -> None:
    with people.write() as session:
        save_totp(session, "lan", "SECRET", 100, ["c1", "c2"], NOW)
        assert not use_totp(session, "lan", 100)
        assert use_totp(session, "lan", 101)
        assert not use_totp(session, "lan", 101)
        assert not use_recovery_code(session, "sato", "c1", NOW)
        assert use_recovery_code(session, "lan", "c1", NOW)
        assert not use_recovery_code(session, "lan", "c1", NOW)
        assert count_recovery_codes(session, "lan") == 1


def test_a_credential_belongs_to_one_account(people: Database) -> None:
    with people.write() as session:
        assert add_passkey(session, "lan", "cred", "key", 0, "Máy tính", NOW)
        assert not add_passkey(session, "sato", "cred", "other", 0, "x", NOW)
        use_passkey(session, "cred", 7, NOW)
        (kept,) = load_passkeys(session, "lan")
        assert (kept.sign_count, kept.used_at) == (7, NOW)
        assert not remove_passkey(session, "sato", "cred")
        assert remove_passkey(session, "lan", "cred")


def test_lost_factors_are_all_forgotten_at_once(people: Database) -> None:
    with people.write() as session:
        save_totp(session, "lan", "SECRET", 100, ["c1"], NOW)
        add_passkey(session, "lan", "cred", "key", 0, "x", NOW)
        add_identity(session, "https://idp.test", "42", "lan", NOW)
        assert load_identity(session, "https://idp.test", "42") == "lan"
        remove_factors(session, "lan")
        assert load_totp(session, "lan") is None
        assert load_passkeys(session, "lan") == ()
        assert load_identity(session, "https://idp.test", "42") is None


def test_a_token_works_until_revoked_expired_or_its_account_is_disabled(people: Database) -> None:
    with people.write() as session:
        token = add_token(session, "9" * 64, "lan", "script", ("read",), NOW, NOW + HOUR)
        found = load_token(session, "9" * 64, NOW)
        assert found is not None
        assert (found[0].scopes, found[1].login) == (("read",), "lan")
        assert load_token(session, "9" * 64, NOW + HOUR) is None
        disable_user(session, "lan", NOW)
        assert load_token(session, "9" * 64, NOW) is None
        enable_user(session, "lan")
        assert revoke_token(session, token.token_id, NOW, login="sato") is None
        assert revoke_token(session, token.token_id, NOW, login="lan") is not None
        assert load_token(session, "9" * 64, NOW) is None
        add_token(session, "8" * 64, "lan", "other", ("read",), NOW, None)
        revoke_tokens_of(session, "lan", NOW)
        assert [one.revoked_at for one in load_tokens(session, "lan")] == [NOW, NOW]
