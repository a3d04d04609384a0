"""What people do with their own account: password, one-time codes, passkeys, API tokens."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from review.accounts import UNKNOWN, audit, change, checked_hash, checked_name
from review.console import Console
from review.errors import Absent, AccountLocked, WrongField
from review.languages import message as _
from review.passwords import check_password
from review.second_factor import counter_of, new_recovery_codes, recovery_digest
from review.sessions import ACTS, TOKEN_MARK, Visitor, digest
from review.signing_in import FAILURE_WINDOW, FAILURES_ALLOWED, note_failure
from storage.api_tokens import SCOPES, ApiToken, add_token, load_tokens, revoke_token
from storage.factors import load_totp, remove_passkey, remove_totp, save_totp
from storage.users import User, change_password, count_login_failures, load_password_hash

MAX_TOKENS: Final = 50

OLD_WRONG: Final = _("The present password is wrong.")
CODE_WRONG: Final = _("The code is wrong or too old. Check the clock of your telephone.")
TOO_MANY_TOKENS: Final = _("You have %(most)s live tokens. Revoke one first.")


def require_password(console: Console, visitor: Visitor, password: str, address: str) -> None:
    """Raise WrongField unless the visitor's own password is given; wrong ones count like failed log-ins."""
    login = visitor.user.login
    with console.database.read() as session:
        stored = load_password_hash(session, login)
        failures = count_login_failures(session, login, console.services.clock() - FAILURE_WINDOW)
    if failures >= FAILURES_ALLOWED:
        raise AccountLocked(FAILURE_WINDOW)
    if not check_password(stored, password):
        note_failure(console, login, address)
        raise WrongField("present", OLD_WRONG)


def set_own_password(console: Console, visitor: Visitor, present: str, new: str, address: str) -> None:
    """Change the visitor's own password; every session of the account ends, this one too."""
    require_password(console, visitor, present, address)
    stored = checked_hash(visitor.user.login, new)
    with console.database.write() as session:
        change_password(session, visitor.user.login, stored, console.services.clock())
        audit(session, console, visitor.user.login, "user.password", visitor.user.login, by="self")


def change_self(console: Console, visitor: Visitor, *, name: str, language: str) -> User:
    """Change one's own name and language."""
    user = visitor.user
    return change(
        console, user.login, user.login,
        name=name, email=user.email or "", role=user.role, brands=user.brands, language=language,
    )  # fmt: skip


def turn_codes_on(console: Console, visitor: Visitor, secret: str, code: str) -> tuple[str, ...]:
    """Ask for one-time codes from now on and return the recovery codes, which are shown once; raise WrongField."""
    login, now = visitor.user.login, console.services.clock()
    counter = counter_of(secret, code, now)
    if counter is None:
        raise WrongField("code", CODE_WRONG)
    codes = new_recovery_codes()
    with console.database.write() as session:
        save_totp(session, login, secret, counter, [recovery_digest(login, one) for one in codes], now)
        audit(session, console, login, "user.codes_on", login)
    return codes


def turn_codes_off(console: Console, visitor: Visitor) -> None:
    """Ask for one-time codes no longer."""
    with console.database.write() as session:
        if load_totp(session, visitor.user.login) is None:
            raise Absent
        remove_totp(session, visitor.user.login)
        audit(session, console, visitor.user.login, "user.codes_off", visitor.user.login)


def drop_passkey(console: Console, visitor: Visitor, credential_id: str) -> None:
    """Forget one of the visitor's own passkeys."""
    with console.database.write() as session:
        if not remove_passkey(session, visitor.user.login, credential_id):
            raise Absent
        audit(session, console, visitor.user.login, "user.passkey_off", visitor.user.login)


def make_token(
    console: Console, visitor: Visitor, *, name: str, scopes: Sequence[str], days: int | None
) -> tuple[str, ApiToken]:
    """Make an API token of the visitor's account; the token itself is returned once and not kept."""
    user, now = visitor.user, console.services.clock()
    if not scopes or any(scope not in SCOPES or scope not in ACTS[user.role] for scope in scopes):
        raise WrongField("scopes", UNKNOWN)
    checked = tuple(scope for scope in SCOPES if scope in scopes)
    token = TOKEN_MARK + secrets.token_urlsafe(32)
    expires_at = None if days is None else now + timedelta(days=days)
    with console.database.write() as session:
        if sum(one.revoked_at is None for one in load_tokens(session, user.login)) >= MAX_TOKENS:
            raise WrongField("name", TOO_MANY_TOKENS, most=MAX_TOKENS)
        kept = add_token(session, digest(token), user.login, checked_name(name), checked, now, expires_at)
        audit(session, console, user.login, "token.make", kept.token_id, scopes=list(checked), name=kept.name)
    return token, kept


def drop_token(console: Console, actor: str, token_id: str, login: str | None = None) -> None:
    """Revoke a token, of that account if one is named."""
    with console.database.write() as session:
        revoked = revoke_token(session, token_id, console.services.clock(), login)
        if revoked is None:
            raise Absent
        audit(session, console, actor, "token.revoke", token_id, login=revoked.login)
