"""People who log in, their sessions, and failed log-ins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from storage.column_types import storable
from storage.errors import AlreadyThere, NotFound
from storage.tables import login_failures, sessions, users

Role = Literal["reviewer", "senior", "operator", "brand_viewer", "administrator"]

# A session that nobody used for this long is over.
IDLE_LIMIT = timedelta(minutes=30)
# The last use is written at most this often, so that reading pages seldom writes.
TOUCH_EVERY = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person who may log in."""

    login: str
    """Log-in name; identifies the user in decisions and the audit trail."""
    name: str
    """Name shown to others."""
    role: Role
    """What the person may do."""
    language: str
    """Language of the console, such as en."""
    active: bool
    """False: may not log in any more."""
    brands: tuple[str, ...]
    """Brands a brand viewer may see; empty for other roles."""
    email: str | None = None
    """Where invitations and resets go; None: the account gets no mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """A session that is going on."""

    session_id: str
    """Names it in lists: the first half of the stored hash, no secret."""
    login: str
    """Whose it is."""
    opened_at: datetime
    """Aware UTC."""
    touched_at: datetime
    """Last use, to within half a minute."""
    address: str | None
    """Where it was opened from."""
    agent: str | None
    """What the browser said it is."""
    means: str | None
    """How it was opened: password, code, passkey, oidc."""


def user_of(row: Mapping[Any, Any]) -> User:
    """Return the user of a row."""
    values = {name: row[name] for name in User.__slots__}
    return User(**values | {"brands": tuple(row["brands"])})


def add_user(
    session: Session,
    login: str,
    name: str,
    role: Role,
    password_hash: str,
    at: datetime,
    brands: Sequence[str] = (),
    language: str = "en",
    email: str | None = None,
) -> User:
    """Keep a new user and return it; raise AlreadyThere when the log-in name or the mail address is taken.

    An empty password hash is an account that nobody can enter with a password yet.
    """
    if load_user(session, login) is not None:
        raise AlreadyThere(f"user {login!r} exists")
    _require_free(session, login, email)
    user = User(
        login=storable(login),
        name=name,
        role=role,
        language=language,
        active=True,
        brands=tuple(brands),
        email=email and email.lower(),
    )
    values = {name: getattr(user, name) for name in User.__slots__}
    session.execute(insert(users).values(**values, password_hash=password_hash, created_at=at))
    return user


def load_user(session: Session, login: str) -> User | None:
    """Return the user, also a disabled one; None when there is none."""
    row = session.execute(select(users).where(users.c.login == login)).mappings().one_or_none()
    return None if row is None else user_of(row)


def _require_free(session: Session, login: str, email: str | None) -> None:
    owner = None if email is None else load_user_by_email(session, email)
    if owner is not None and owner.login != login:
        raise AlreadyThere(f"the address {email} belongs to {owner.login!r}")


def load_user_by_email(session: Session, email: str) -> User | None:
    """Return the user of a mail address, whatever its letter case; None when there is none."""
    row = session.execute(select(users).where(users.c.email == email.lower())).mappings().one_or_none()
    return None if row is None else user_of(row)


def change_user(
    session: Session,
    login: str,
    at: datetime,
    *,
    name: str,
    role: Role,
    brands: Sequence[str],
    language: str,
    email: str | None,
) -> tuple[User, User]:
    """Change what an account is and return it before and after; a smaller role ends its sessions. Raise NotFound."""
    before = load_user(session, login)
    if before is None:
        raise NotFound(f"no user {login!r}")
    _require_free(session, login, email)
    after = replace(
        before, name=name, role=role, brands=tuple(brands), language=language, email=email and email.lower()
    )
    values = {field: getattr(after, field) for field in User.__slots__ if field != "login"}
    session.execute(update(users).where(users.c.login == login).values(values))
    if (before.role, before.brands) != (after.role, after.brands):
        close_sessions_of(session, login, at)
    return before, after


def enable_user(session: Session, login: str) -> None:
    """Let a disabled user log in again; raise NotFound."""
    if load_user(session, login) is None:
        raise NotFound(f"no user {login!r}")
    session.execute(update(users).where(users.c.login == login).values(active=True))


def load_users(session: Session) -> tuple[User, ...]:
    """Return all users by log-in name, disabled ones too."""
    return tuple(user_of(row) for row in session.execute(select(users).order_by(users.c.login)).mappings())


def disable_user(session: Session, login: str, at: datetime) -> None:
    """Lock a user out and end all their sessions; raise NotFound."""
    if load_user(session, login) is None:
        raise NotFound(f"no user {login!r}")
    session.execute(update(users).where(users.c.login == login).values(active=False))
    close_sessions_of(session, login, at)


def load_password_hash(session: Session, login: str) -> str | None:
    """Return the password hash of an active user; None for unknown and disabled ones, and where no password is set."""
    found: str | None = session.scalar(select(users.c.password_hash).where(users.c.login == login, users.c.active))
    return found or None


def change_password(session: Session, login: str, password_hash: str, at: datetime) -> None:
    """Give a user a new password and end all their sessions; raise NotFound."""
    if load_user(session, login) is None:
        raise NotFound(f"no user {login!r}")
    session.execute(update(users).where(users.c.login == login).values(password_hash=password_hash))
    close_sessions_of(session, login, at)


def open_session(
    session: Session,
    token_sha256: str,
    login: str,
    at: datetime,
    expires_at: datetime,
    *,
    address: str | None = None,
    agent: str | None = None,
    means: str | None = None,
) -> None:
    """Begin a session. Only the token's hash is kept."""
    session.execute(
        insert(sessions).values(
            token_sha256=token_sha256,
            login=login,
            opened_at=at,
            touched_at=at,
            expires_at=expires_at,
            address=address and address[:100],
            agent=agent and agent[:300],
            means=means,
        )
    )


def load_open_sessions(
    session: Session, login: str, now: datetime, idle_limit: timedelta = IDLE_LIMIT
) -> tuple[OpenSession, ...]:
    """Return the user's sessions that are going on, the latest used first."""
    query = (
        select(sessions)
        .where(
            sessions.c.login == login,
            sessions.c.closed_at.is_(None),
            sessions.c.expires_at > now,
            sessions.c.touched_at > now - idle_limit,
        )
        .order_by(sessions.c.touched_at.desc(), sessions.c.token_sha256)
    )
    return tuple(
        OpenSession(
            session_id=session_id_of(row["token_sha256"]),
            **{name: row[name] for name in OpenSession.__slots__ if name != "session_id"},
        )
        for row in session.execute(query).mappings()
    )


def session_id_of(token_sha256: str) -> str:
    """Return the name of a session in lists."""
    return token_sha256[:32]


def close_session_named(session: Session, login: str, session_id: str, at: datetime) -> bool:
    """End one of a user's sessions by its name in lists; False when there is no such open one."""
    here = (
        sessions.c.login == login,
        func.substr(sessions.c.token_sha256, 1, 32) == session_id,
        sessions.c.closed_at.is_(None),
    )
    done = update(sessions).where(*here).values(closed_at=at).returning(sessions.c.login)
    return session.scalar(done) is not None


def load_session(session: Session, token_sha256: str, now: datetime, idle_limit: timedelta = IDLE_LIMIT) -> User | None:
    """Return whose session it is; None when it is unknown, closed, idle too long, expired or the user is disabled.

    In a write session the use is noted (at most every TOUCH_EVERY); in a read session it is not, so a console that
    only reads must call it in a write session now and then.
    """
    query = (
        select(users, sessions.c.touched_at)
        .join(sessions, sessions.c.login == users.c.login)
        .where(
            sessions.c.token_sha256 == token_sha256,
            sessions.c.closed_at.is_(None),
            sessions.c.expires_at > now,
            sessions.c.touched_at > now - idle_limit,
            users.c.active,
        )
    )
    row = session.execute(query).mappings().one_or_none()
    if row is None:
        return None
    if session.info.get("writable") and now - row["touched_at"] >= TOUCH_EVERY:
        session.execute(update(sessions).where(sessions.c.token_sha256 == token_sha256).values(touched_at=now))
    return user_of(row)


def close_session(session: Session, token_sha256: str, at: datetime) -> None:
    """End a session; ending it twice changes nothing."""
    here = (sessions.c.token_sha256 == token_sha256, sessions.c.closed_at.is_(None))
    session.execute(update(sessions).where(*here).values(closed_at=at))


def close_sessions_of(session: Session, login: str, at: datetime) -> None:
    """End every session of a user."""
    here = (sessions.c.login == login, sessions.c.closed_at.is_(None))
    session.execute(update(sessions).where(*here).values(closed_at=at))


def record_login_failure(session: Session, login: str, address: str, at: datetime) -> None:
    """Note a failed log-in, of any name, from an address."""
    session.execute(insert(login_failures).values(login=login[:200], address=address[:200], at=at))


def count_login_failures(session: Session, login: str, since: datetime) -> int:
    """Return how many log-ins failed since then for that name."""
    here = (login_failures.c.login == storable(login[:200]), login_failures.c.at >= since)
    return int(session.scalar(select(func.count()).select_from(login_failures).where(*here)) or 0)


def count_address_failures(session: Session, address: str, since: datetime) -> int:
    """Return how many log-ins failed since then from that address, whatever the name."""
    here = (login_failures.c.address == storable(address[:200]), login_failures.c.at >= since)
    return int(session.scalar(select(func.count()).select_from(login_failures).where(*here)) or 0)
