"""Who is asking: the session cookie or an API token, the form token, and what each role may do."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Final, Literal

from fastapi import Depends, Form, Header, Request, Response

from review.console import Console, console_of
from review.errors import Absent, Forbidden, FormExpired, LoginNeeded, TooMany
from storage.api_tokens import load_token
from storage.users import TOUCH_EVERY, User, close_session, load_session, open_session, session_id_of

Act = Literal["read", "decide", "settle", "brands", "runs", "operate", "people", "audit", "released"]

# What each role may do. "released" reads confirmed hits of the user's own brands, after the undo window;
# "settle" closes disputes of a second look; "brands" changes thresholds, marks and second-look policies.
ACTS: Final[dict[str, frozenset[Act]]] = {
    "reviewer": frozenset({"read", "decide", "runs"}),
    "senior": frozenset({"read", "decide", "settle", "brands", "runs"}),
    "administrator": frozenset({"read", "decide", "settle", "brands", "runs", "operate", "people", "audit"}),
    "operator": frozenset({"runs", "operate"}),
    "brand_viewer": frozenset({"released"}),
}
# The page each role starts on.
HOMES: Final = {"operator": "/runs"}
API: Final = "/api/v1"
BEARER: Final = "Bearer "
# Begins every API token, so that a leaked one is recognised.
TOKEN_MARK: Final = "mw_"  # noqa: S105 - a mark, no token
# Sessions whose last noted use this process remembers.
MAX_NOTED: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A logged-in user with the secrets of this session, or a program with its token."""

    user: User
    token: str
    scopes: frozenset[str] | None = None
    """What an API token may do; None for a person's session."""

    @property
    def form_token(self) -> str:
        """The token that every form of this session carries; it tells nothing about the session's own."""
        return form_token(self.token)

    @property
    def session_id(self) -> str:
        """The name of this session in lists."""
        return session_id_of(digest(self.token))

    @property
    def is_program(self) -> bool:
        """True for an API token."""
        return self.scopes is not None

    def may(self, act: Act) -> bool:
        """Return whether the user's role covers the act, and the token's scopes too."""
        return act in ACTS.get(self.user.role, frozenset()) and (self.scopes is None or act in self.scopes)

    @property
    def acts(self) -> frozenset[Act]:
        """Everything the user's role covers, and the token's scopes too."""
        return frozenset(act for act in ACTS.get(self.user.role, frozenset()) if self.may(act))

    @property
    def home(self) -> str:
        """The page this user starts on."""
        return HOMES.get(self.user.role, "/review")


def digest(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def form_token(token: str) -> str:
    """Return the form token that belongs to a session token."""
    return hmac.new(token.encode(), b"markwatch form", hashlib.sha256).hexdigest()


def cookie_name(console: Console, name: str = "markwatch") -> str:
    """Return a cookie's name; browsers keep a `__Host-` cookie to this host and to HTTPS."""
    return f"__Host-{name}" if console.settings.secure_cookies else name


def address_of(request: Request) -> str:
    """Return where a request comes from: the client, or what a trusted proxy says of it."""
    return request.client.host if request.client else ""


def start_session(console: Console, request: Request, login: str, means: str) -> str:
    """Begin a session and return its token: always a new one, so that a planted cookie is worth nothing."""
    token, now = secrets.token_urlsafe(32), console.services.clock()
    with console.database.write() as session:
        open_session(
            session, digest(token), login, now, now + console.settings.session_length,
            address=address_of(request), agent=request.headers.get("user-agent"), means=means,
        )  # fmt: skip
    return token


def set_cookie(console: Console, response: Response, name: str, value: str, seconds: int) -> None:
    """Give the browser a cookie that no script reads and no other site sends with a form."""
    response.set_cookie(
        cookie_name(console, name), value, max_age=seconds, path="/",
        secure=console.settings.secure_cookies, httponly=True, samesite="lax",
    )  # fmt: skip


def drop_cookie(console: Console, response: Response, name: str) -> None:
    """Take a cookie back."""
    response.delete_cookie(
        cookie_name(console, name), path="/", secure=console.settings.secure_cookies, httponly=True, samesite="lax"
    )


def set_session_cookie(console: Console, response: Response, token: str) -> None:
    """Give the browser a session; it lasts as long as the browser's own session, at most the absolute limit."""
    set_cookie(console, response, "markwatch", token, int(console.settings.session_length.total_seconds()))


def log_out(console: Console, token: str, response: Response) -> None:
    """End the session on the server and in the browser."""
    with console.database.write() as session:
        close_session(session, digest(token), console.services.clock())
    drop_cookie(console, response, "markwatch")


def _is_noted(console: Console, key: str, every: timedelta) -> bool:
    """Return whether a use was written down lately, so that reading pages seldom writes."""
    now = console.services.clock()
    noted = console.sessions_noted.get(key)
    return noted is not None and timedelta() <= now - noted < every


def _note(console: Console, key: str) -> None:
    if len(console.sessions_noted) >= MAX_NOTED:
        console.sessions_noted.clear()
    console.sessions_noted[key] = console.services.clock()


def _user_of_session(console: Console, token_sha256: str) -> User | None:
    now, idle = console.services.clock(), console.settings.session_idle
    if _is_noted(console, token_sha256, TOUCH_EVERY):
        with console.database.read() as session:
            return load_session(session, token_sha256, now, idle)
    with console.database.write() as session:
        user = load_session(session, token_sha256, now, idle)
    if user is not None:
        _note(console, token_sha256)
    return user


def _program(console: Console, token: str) -> Visitor | None:
    token_sha256, now = digest(token), console.services.clock()
    with console.database.read() as session:
        found = load_token(session, token_sha256, now)
    if found is None:
        return None
    if not _is_noted(console, token_sha256, timedelta(minutes=5)):
        with console.database.write() as session:
            load_token(session, token_sha256, now)
        _note(console, token_sha256)
    return Visitor(user=found[1], token=token, scopes=frozenset(found[0].scopes))


def visitor_or_none(request: Request) -> Visitor | None:
    """Return who is asking, or None without a live session or token. Tokens open the API only."""
    console = console_of(request)
    authorization = request.headers.get("authorization", "")
    if authorization.startswith(BEARER) and request.url.path.startswith(API):
        visitor = _program(console, authorization.removeprefix(BEARER).strip())
    else:
        token = request.cookies.get(cookie_name(console), "")
        user = _user_of_session(console, digest(token)) if token else None
        visitor = None if user is None or not user.active else Visitor(user=user, token=token)
    if visitor is not None:
        key, now = f"session {digest(visitor.token)}", console.services.clock()
        if not console.limiter.take(key, now, console.settings.requests_per_minute):
            raise TooMany
        request.state.visitor = visitor
    return visitor


def current_visitor(request: Request) -> Visitor:
    """Return who is asking; raise LoginNeeded without a live session."""
    visitor = visitor_or_none(request)
    if visitor is None:
        raise LoginNeeded
    return visitor


def person(visitor: Annotated[Visitor, Depends(current_visitor)]) -> Visitor:
    """Return who is asking; raise Forbidden for a program: a token must not make tokens or change passwords."""
    if visitor.is_program:
        raise Forbidden
    return visitor


def allowed(*acts: Act) -> Callable[[Visitor], Visitor]:
    """Return a dependency that lets only roles through that cover one of the acts.

    To a brand viewer everything else is a page that does not exist; colleagues are told that their role is too small.
    """

    def check(visitor: Annotated[Visitor, Depends(current_visitor)]) -> Visitor:
        if not any(visitor.may(act) for act in acts):
            raise Absent if visitor.user.role == "brand_viewer" else Forbidden
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
    """Let an API change through with its session's token in X-CSRF-Token; an API token is no cookie and needs none."""
    if not visitor.is_program:
        check_form_token(visitor, x_csrf_token)


Person = Annotated[Visitor, Depends(person)]
Reader = Annotated[Visitor, Depends(allowed("read", "released"))]
Decider = Annotated[Visitor, Depends(allowed("decide"))]
RunReader = Annotated[Visitor, Depends(allowed("runs"))]
Operator = Annotated[Visitor, Depends(allowed("operate"))]
Administrator = Annotated[Visitor, Depends(allowed("people"))]
