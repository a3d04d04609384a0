"""Who is asking: log-in, the session cookie, the form token, and what each role may do."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from typing import Annotated, Final, Literal

from fastapi import Depends, Form, Header, Request, Response

from review.console import Console, console_of
from review.errors import AccountLocked, Forbidden, FormExpired, LoginNeeded, WrongPassword
from review.passwords import check_password
from storage.users import (
    TOUCH_EVERY,
    User,
    close_session,
    count_login_failures,
    load_password_hash,
    load_session,
    load_user,
    open_session,
    record_login_failure,
)

Act = Literal["read", "decide", "runs", "released", "settle", "brands"]

# What each role may do. "released" reads confirmed hits of the user's own brands, after the undo window;
# "settle" closes disputes of a second look; "brands" changes thresholds, marks and second-look policies.
ACTS: Final[dict[str, frozenset[Act]]] = {
    "reviewer": frozenset({"read", "decide", "runs"}),
    "senior": frozenset({"read", "decide", "runs", "settle", "brands"}),
    "administrator": frozenset({"read", "decide", "runs", "settle", "brands"}),
    "operator": frozenset({"runs"}),
    "brand_viewer": frozenset({"released"}),
}
# The page each role starts on.
HOMES: Final = {"operator": "/runs"}
FAILURES_ALLOWED: Final = 5
FAILURE_WINDOW: Final = timedelta(minutes=15)
# Sessions whose last noted use this process remembers.
MAX_NOTED: Final = 10_000

# One log-in name is tried one guess at a time, so that guesses sent together cannot outrun the counting.
_TURNS: Final = tuple(Lock() for _ in range(64))


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A logged-in user with the secrets of this session."""

    user: User
    token: str

    @property
    def form_token(self) -> str:
        """The token that every form of this session carries; it tells nothing about the session's own."""
        return form_token(self.token)

    def may(self, act: Act) -> bool:
        """Return whether the user's role covers the act."""
        return act in ACTS.get(self.user.role, frozenset())

    @property
    def acts(self) -> frozenset[Act]:
        """Everything the user's role covers."""
        return ACTS.get(self.user.role, frozenset())

    @property
    def home(self) -> str:
        """The page this user starts on."""
        return HOMES.get(self.user.role, "/review")


def digest(token: str) -> str:
    """Return what is stored of a session token."""
    return hashlib.sha256(token.encode()).hexdigest()


def form_token(token: str) -> str:
    """Return the form token that belongs to a session token."""
    return hmac.new(token.encode(), b"markwatch form", hashlib.sha256).hexdigest()


def cookie_name(console: Console) -> str:
    """Return the session cookie's name; browsers keep a `__Host-` cookie to this host and to HTTPS."""
    return "__Host-markwatch" if console.settings.secure_cookies else "markwatch"


def log_in(console: Console, login: str, password: str, address: str) -> str:
    """Check a log-in and return the token of a new session; raise WrongPassword or AccountLocked."""
    turn = _TURNS[int.from_bytes(hashlib.sha256(login.encode()).digest()[:4], "big") % len(_TURNS)]
    with turn:
        now = console.services.clock()
        with console.database.read() as session:
            failures = count_login_failures(session, login, now - FAILURE_WINDOW)
            user = load_user(session, login)
            stored = load_password_hash(session, login) if user is not None and user.active else None
        if failures >= FAILURES_ALLOWED:
            raise AccountLocked(FAILURE_WINDOW)
        if not check_password(stored, password):
            with console.database.write() as session:
                record_login_failure(session, login, address, now)
            raise WrongPassword(FAILURES_ALLOWED - failures - 1)
        token = secrets.token_urlsafe(32)
        with console.database.write() as session:
            open_session(session, digest(token), login, now, now + console.settings.session_length)
        return token


def set_session_cookie(console: Console, response: Response, token: str) -> None:
    """Give the browser a session; it lasts as long as the browser's own session, at most the absolute limit."""
    response.set_cookie(
        cookie_name(console),
        token,
        max_age=int(console.settings.session_length.total_seconds()),
        path="/",
        secure=console.settings.secure_cookies,
        httponly=True,
        samesite="lax",
    )


def log_out(console: Console, token: str, response: Response) -> None:
    """End the session on the server and in the browser."""
    with console.database.write() as session:
        close_session(session, digest(token), console.services.clock())
    response.delete_cookie(
        cookie_name(console), path="/", secure=console.settings.secure_cookies, httponly=True, samesite="lax"
    )


def _user_of_session(console: Console, token_sha256: str) -> User | None:
    """Return whose live session it is; its use is written down now and then, so that reading pages seldom writes."""
    now, idle = console.services.clock(), console.settings.session_idle
    noted = console.sessions_noted.get(token_sha256)
    if noted is not None and timedelta() <= now - noted < TOUCH_EVERY:
        with console.database.read() as session:
            return load_session(session, token_sha256, now, idle)
    with console.database.write() as session:
        user = load_session(session, token_sha256, now, idle)
    if user is not None:
        if len(console.sessions_noted) >= MAX_NOTED:
            console.sessions_noted.clear()
        console.sessions_noted[token_sha256] = now
    return user


def visitor_or_none(request: Request) -> Visitor | None:
    """Return who is asking, or None without a live session."""
    console = console_of(request)
    token = request.cookies.get(cookie_name(console), "")
    if not token:
        return None
    user = _user_of_session(console, digest(token))
    if user is None or not user.active:
        return None
    visitor = Visitor(user=user, token=token)
    request.state.visitor = visitor
    return visitor


def current_visitor(request: Request) -> Visitor:
    """Return who is asking; raise LoginNeeded without a live session."""
    visitor = visitor_or_none(request)
    if visitor is None:
        raise LoginNeeded
    return visitor


def allowed(*acts: Act) -> Callable[[Visitor], Visitor]:
    """Return a dependency that lets only roles through that cover one of the acts."""

    def check(visitor: Annotated[Visitor, Depends(current_visitor)]) -> Visitor:
        if not any(visitor.may(act) for act in acts):
            raise Forbidden
        return visitor

    return check


def check_form_token(visitor: Visitor, sent: str | None) -> None:
    """Raise FormExpired unless the form carries this session's token."""
    if sent is None or not hmac.compare_digest(sent.encode(), visitor.form_token.encode()):
        raise FormExpired


def from_own_form(
    visitor: Annotated[Visitor, Depends(current_visitor)], form_token: Annotated[str | None, Form()] = None
) -> None:
    """Let a form through only with its session's token."""
    check_form_token(visitor, form_token)


def from_own_client(
    visitor: Annotated[Visitor, Depends(current_visitor)], x_csrf_token: Annotated[str | None, Header()] = None
) -> None:
    """Let an API change through only with its session's token in X-CSRF-Token."""
    check_form_token(visitor, x_csrf_token)


Reader = Annotated[Visitor, Depends(allowed("read", "released"))]
Decider = Annotated[Visitor, Depends(allowed("decide"))]
RunReader = Annotated[Visitor, Depends(allowed("runs"))]
