"""API tokens: a program's way in, for one account, with scopes. Only the token's hash is kept."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from sqlalchemy import insert, or_, select, update
from sqlalchemy.orm import Session

from storage.account_tables import api_tokens
from storage.tables import users
from storage.users import User, user_of

Scope = Literal["read", "decide", "settle", "brands", "runs", "operate", "people", "audit", "released"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
# The last use is written at most this often.
TOUCH_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """What is kept of a token."""

    token_id: str
    """Names it in lists and in the audit trail; no secret."""
    login: str
    """The account it acts for."""
    name: str
    """What it is for, in its holder's words."""
    scopes: tuple[str, ...]
    """What it may do, as far as the account may."""
    made_at: datetime
    """Aware UTC."""
    expires_at: datetime | None
    """None: until revoked."""
    used_at: datetime | None
    """Last use, to within five minutes."""
    revoked_at: datetime | None
    """None while it works."""


def _values(row: object) -> ApiToken:
    values = {name: row[name] for name in ApiToken.__slots__}  # type: ignore[index]  # a row mapping of the library
    return ApiToken(**values | {"scopes": tuple(values["scopes"])})


def add_token(
    session: Session,
    token_sha256: str,
    login: str,
    name: str,
    scopes: tuple[Scope, ...],
    at: datetime,
    expires_at: datetime | None,
) -> ApiToken:
    """Keep a new token and return it."""
    token = ApiToken(
        token_id=secrets.token_hex(6),
        login=login,
        name=name,
        scopes=scopes,
        made_at=at,
        expires_at=expires_at,
        used_at=None,
        revoked_at=None,
    )
    values = {field: getattr(token, field) for field in ApiToken.__slots__}
    session.execute(insert(api_tokens).values(**values | {"scopes": list(scopes)}, token_sha256=token_sha256))
    return token


def load_token(session: Session, token_sha256: str, now: datetime) -> tuple[ApiToken, User] | None:
    """Return a token that works, with its account; None when unknown, revoked, too old, or the account is disabled.

    In a write session its use is noted.
    """
    query = (
        select(api_tokens, users)
        .join(users, users.c.login == api_tokens.c.login)
        .where(
            api_tokens.c.token_sha256 == token_sha256,
            api_tokens.c.revoked_at.is_(None),
            or_(api_tokens.c.expires_at.is_(None), api_tokens.c.expires_at > now),
            users.c.active,
        )
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    mapping = row._mapping  # noqa: SLF001 - the library's documented way to a row by column
    token = _values({name: mapping[api_tokens.c[name]] for name in ApiToken.__slots__})
    user = user_of({name: mapping[users.c[name]] for name in User.__slots__})
    if session.info.get("writable"):
        session.execute(update(api_tokens).where(api_tokens.c.token_id == token.token_id).values(used_at=now))
    return token, user


def load_tokens(session: Session, login: str | None = None) -> tuple[ApiToken, ...]:
    """Return the tokens of an account, or of all, newest first, revoked ones too."""
    query = select(api_tokens).order_by(api_tokens.c.made_at.desc(), api_tokens.c.token_id)
    if login is not None:
        query = query.where(api_tokens.c.login == login)
    return tuple(_values(row) for row in session.execute(query).mappings())


def revoke_token(session: Session, token_id: str, at: datetime, login: str | None = None) -> ApiToken | None:
    """End a token (of that account, if one is named) and return it; None when there is no such live token."""
    here = [api_tokens.c.token_id == token_id, api_tokens.c.revoked_at.is_(None)]
    if login is not None:
        here.append(api_tokens.c.login == login)
    done = update(api_tokens).where(*here).values(revoked_at=at).returning(*api_tokens.c)
    row = session.execute(done).mappings().one_or_none()
    return None if row is None else _values(row)


def revoke_tokens_of(session: Session, login: str, at: datetime) -> None:
    """End every token of an account."""
    here = (api_tokens.c.login == login, api_tokens.c.revoked_at.is_(None))
    session.execute(update(api_tokens).where(*here).values(revoked_at=at))
