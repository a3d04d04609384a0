"""Headers on every answer, the size limit of requests, and the check that a change comes from the console itself."""

from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
TRANSPORT_SECURITY: Final = "max-age=31536000"
MAX_BODY_BYTES: Final = 2 * 2**20
_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class TooLarge(HTTPException):
    """A request body went past MAX_BODY_BYTES while it was read."""

    def __init__(self) -> None:
        super().__init__(413)


def comes_from_here(headers: Headers) -> bool:
    """Return whether a changing request was sent by one of our own pages, or by a client that is no browser.

    Our `Referrer-Policy: no-referrer` makes browsers send `Origin: null` with a form, so Sec-Fetch-Site decides
    where it is sent. A client without both headers is no browser and still needs the session's token.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    if origin is None:
        return True
    if origin == "null":
        return site is not None
    return urlsplit(origin).netloc == headers.get("host")


def set_headers(headers: MutableHeaders, *, secure: bool) -> None:
    """Set what every answer carries; an answer that says nothing about caching is not stored.

    An answer may bring a stricter content policy of its own, as the frame of a stored page does.
    """
    own_policy = headers.get("Content-Security-Policy")
    headers.update(HEADERS)
    if own_policy is not None:
        headers["Content-Security-Policy"] = own_policy
    if secure:
        headers["Strict-Transport-Security"] = TRANSPORT_SECURITY
    headers.setdefault("Cache-Control", "no-store")


def named_host(headers: Headers) -> str:
    """Return the host that the request names, without its port, in lower case."""
    host = headers.get("host", "").lower()
    return host.partition("]")[0].removeprefix("[") if host.startswith("[") else host.partition(":")[0]


def refusal_of(method: str, headers: Headers, hosts: frozenset[str] | None) -> PlainTextResponse | None:
    """Return the answer to a request that is refused unread, or None.

    A request to a foreign host name reached us by a name that somebody else controls (DNS rebinding).
    """
    if hosts is not None and named_host(headers) not in hosts:
        return PlainTextResponse("This console is not known under that name.", 400)
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
        return PlainTextResponse("The request is too large.", 413)
    if method not in _READING and not comes_from_here(headers):
        return PlainTextResponse("This request came from another site and was not carried out.", 403)
    return None


def limited(receive: Receive) -> Receive:
    """Return a receiver that raises TooLarge once a body without a stated length is too long."""
    received = 0

    async def receive_limited() -> Message:
        nonlocal received
        event = await receive()
        received += len(event.get("body", b""))
        if received > MAX_BODY_BYTES:
            raise TooLarge
        return event

    return receive_limited


class SecurityMiddleware:
    """Sets the headers, stops bodies that are too large, and refuses changes that come from another site."""

    def __init__(self, app: ASGIApp, *, secure: bool, hosts: frozenset[str] | None = None) -> None:
        self._app = app
        self._secure = secure
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(event: Message) -> None:
            if event["type"] == "http.response.start":
                set_headers(MutableHeaders(scope=event), secure=self._secure)
            await send(event)

        refusal = refusal_of(scope["method"], Headers(scope=scope), self._hosts)
        if refusal is not None:
            await refusal(scope, receive, send_with_headers)
            return
        await self._app(scope, limited(receive), send_with_headers)


def local_path(wish: str | None, otherwise: str) -> str:
    """Return the wish when it is a path on this console, else the other; never an address elsewhere."""
    if wish is None or not wish.startswith("/") or any(ord(c) < 0x21 or c == "\\" or ord(c) > 0x7E for c in wish):
        return otherwise
    parts = urlsplit(wish)
    return otherwise if wish.startswith("//") or parts.scheme or parts.netloc else wish


def web_address(address: str | None) -> str | None:
    """Return an http or https address that may become a link, or None for anything else a page may carry."""
    if address is None or any(ord(c) < 0x21 or c == "\\" for c in address):
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname or parts.username is not None:
        return None
    return address
