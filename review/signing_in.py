"""Every way to a session: password, one-time code, passkey, identity provider; guesses are counted and locked out."""

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from threading import Lock
from typing import Final

from fastapi import Request

from review.console import Console
from review.errors import AccountLocked, CodeNeeded, ProviderRefused, TooMany, WrongCode, WrongPasskey, WrongPassword
from review.oidc import Identity
from review.passkeys import Place, check_known, credential_of
from review.passwords import check_password
from review.second_factor import counter_of, recovery_digest
from review.sessions import address_of, digest, start_session
from storage.audit import record_audit
from storage.factors import (
    Passkey,
    add_identity,
    load_identity,
    load_passkey,
    load_totp,
    use_passkey,
    use_recovery_code,
    use_totp,
)
from storage.tickets import LoginStep, StepKind, close_step, load_step, open_step
from storage.users import (
    count_address_failures,
    count_login_failures,
    load_password_hash,
    load_user,
    load_user_by_email,
    record_login_failure,
)

FAILURES_ALLOWED: Final = 5
FAILURE_WINDOW: Final = timedelta(minutes=15)
# An office shares one address; a thief with one address shares it with nobody.
ADDRESS_FAILURES_ALLOWED: Final = 30
ADDRESS_WINDOW: Final = timedelta(hours=1)
STEP_LENGTH: Final = timedelta(minutes=10)
# Anonymous asks that write a row or a mail, of one address in a minute.
ANONYMOUS_PER_MINUTE: Final = 20

# One log-in name is tried one guess at a time, so that guesses sent together cannot outrun the counting.
_TURNS: Final = tuple(Lock() for _ in range(64))


@contextmanager
def _turn(login: str) -> Iterator[None]:
    with _TURNS[int.from_bytes(hashlib.sha256(login.encode()).digest()[:4], "big") % len(_TURNS)]:
        yield


def _require_tries(console: Console, login: str, address: str) -> int:
    """Return how many tries are left, before this one; raise AccountLocked when none is."""
    with console.database.read() as session:
        failures = count_login_failures(session, login, console.services.clock() - FAILURE_WINDOW)
    if failures >= FAILURES_ALLOWED:
        raise AccountLocked(FAILURE_WINDOW)
    _require_address(console, address)
    return FAILURES_ALLOWED - failures


def _require_address(console: Console, address: str) -> None:
    with console.database.read() as session:
        failures = count_address_failures(session, address, console.services.clock() - ADDRESS_WINDOW)
    if failures >= ADDRESS_FAILURES_ALLOWED:
        raise AccountLocked(ADDRESS_WINDOW)


def note_failure(console: Console, login: str, address: str) -> None:
    """Count a failed log-in."""
    with console.database.write() as session:
        record_login_failure(session, login, address, console.services.clock())


def check_login(console: Console, login: str, password: str, address: str) -> bool:
    """Check log-in name and password and return whether a one-time code is asked for as well.

    Raises WrongPassword or AccountLocked.
    """
    with _turn(login):
        left = _require_tries(console, login, address)
        with console.database.read() as session:
            user = load_user(session, login)
            stored = load_password_hash(session, login) if user is not None and user.active else None
        if not check_password(stored, password):
            note_failure(console, login, address)
            raise WrongPassword(left - 1)
        with console.database.read() as session:
            return load_totp(session, login) is not None


def check_code(console: Console, login: str, code: str, address: str) -> None:
    """Take a one-time code or a recovery code of the account; raise WrongCode or AccountLocked."""
    now = console.services.clock()
    with _turn(login):
        _require_tries(console, login, address)
        with console.database.write() as session:
            totp = load_totp(session, login)
            counter = None if totp is None else counter_of(totp.secret, code, now)
            taken = counter is not None and use_totp(session, login, counter)
            if not taken and use_recovery_code(session, login, recovery_digest(login, code), now):
                record_audit(session, now, login, "user.recovery_code", login)
                taken = True
        if not taken:
            note_failure(console, login, address)
            raise WrongCode


def log_in(console: Console, request: Request, login: str, password: str, code: str = "") -> str:
    """Check everything in one go, for programs, and return the token of a new session."""
    address = address_of(request)
    needs_code = check_login(console, login, password, address)
    if needs_code and not code:
        raise CodeNeeded
    if needs_code:
        check_code(console, login, code, address)
    return start_session(console, request, login, "code" if needs_code else "password")


def log_in_with_passkey(console: Console, request: Request, place: Place, challenge: str, answer: str) -> str:
    """Return the token of a new session of the passkey's owner; raise WrongPasskey or AccountLocked."""
    address, now = address_of(request), console.services.clock()
    _require_address(console, address)
    try:
        passkey, count = _checked_passkey(console, place, challenge, answer)
    except WrongPasskey:
        # Under no name: who holds no passkey cannot lock out an account, only the own address.
        note_failure(console, "", address)
        raise
    with console.database.write() as session:
        use_passkey(session, passkey.credential_id, count, now)
    return start_session(console, request, passkey.login, "passkey")


def _checked_passkey(console: Console, place: Place, challenge: str, answer: str) -> tuple[Passkey, int]:
    """Return the passkey that answered, of an account that may log in, and its new count; raise WrongPasskey."""
    credential_id = credential_of(answer)
    with console.database.read() as session:
        passkey = load_passkey(session, credential_id)
        user = None if passkey is None else load_user(session, passkey.login)
    if passkey is None or user is None or not user.active:
        raise WrongPasskey
    return passkey, check_known(place, challenge, answer, passkey)


def log_in_with_identity(console: Console, request: Request, identity: Identity) -> str:
    """Return the token of a new session of the account that belongs to the identity; raise ProviderRefused.

    The first time the account is found by the address that the provider has checked; from then on by its subject.
    """
    now = console.services.clock()
    with console.database.write() as session:
        login = load_identity(session, identity.issuer, identity.subject)
        if login is None and identity.email is not None:
            found = load_user_by_email(session, identity.email)
            if found is not None and found.active:
                login = found.login
                add_identity(session, identity.issuer, identity.subject, login, now)
                data = {"issuer": identity.issuer, "subject": identity.subject}
                record_audit(session, now, login, "user.identity", login, data)
        user = None if login is None else load_user(session, login)
    if user is None or not user.active:
        raise ProviderRefused("no account belongs to this identity")
    return start_session(console, request, user.login, "oidc")


def require_calm(console: Console, request: Request) -> None:
    """Raise TooMany when one address asks for more than an office would, without having logged in."""
    key = f"anonymous {address_of(request)}"
    if not console.limiter.take(key, console.services.clock(), ANONYMOUS_PER_MINUTE):
        raise TooMany


def begin_step(console: Console, kind: StepKind, login: str | None, data: Mapping[str, str]) -> str:
    """Keep a half-finished act and return the token that finds it again."""
    token, now = secrets.token_urlsafe(32), console.services.clock()
    with console.database.write() as session:
        open_step(session, digest(token), kind, login, data, now, now + STEP_LENGTH)
    return token


def find_step(console: Console, kind: StepKind, token: str) -> LoginStep | None:
    """Return the half-finished act of a token, or None."""
    with console.database.read() as session:
        return load_step(session, digest(token), kind, console.services.clock()) if token else None


def finish_step(console: Console, token: str) -> bool:
    """Forget a half-finished act; False when it was finished before."""
    with console.database.write() as session:
        return close_step(session, digest(token))
