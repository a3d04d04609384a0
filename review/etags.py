"""ETags for the API: an answer that is still the same is not sent again."""

import hashlib
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Longer answers, such as feeds, go out as they are made.
LONGEST: Final = 2**20
JSON: Final = "application/json"


class EtagMiddleware:
    """Gives every JSON answer to a GET under the prefix a weak ETag, and answers 304 to who holds that already."""

    def __init__(self, app: ASGIApp, *, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(self._prefix):
            await self._app(scope, receive, send)
            return
        known = {tag.strip() for tag in Headers(scope=scope).get("if-none-match", "").split(",")}
        await self._app(scope, receive, _Tagging(send, known))


class _Tagging:
    """Holds a whole JSON answer back until its hash is known."""

    def __init__(self, send: Send, known: set[str]) -> None:
        self._send = send
        self._known = known
        self._start: Message | None = None

    async def __call__(self, event: Message) -> None:
        if event["type"] == "http.response.start":
            headers = Headers(raw=event["headers"])
            is_whole = event["status"] == 200 and headers.get("content-type", "").startswith(JSON)
            if not is_whole or int(headers.get("content-length", LONGEST + 1)) > LONGEST:
                await self._send(event)
                return
            self._start = event
            return
        if self._start is None:
            await self._send(event)
            return
        start, self._start = self._start, None
        tag = f'W/"{hashlib.sha256(event.get("body", b"")).hexdigest()[:32]}"'
        headers = MutableHeaders(scope=start)
        headers["ETag"] = tag
        headers["Cache-Control"] = "private, no-cache"
        if tag in self._known:
            start = {**start, "status": 304}
            del headers["content-length"]
            start["headers"] = headers.raw
            event = {**event, "body": b""}
        await self._send(start)
        await self._send(event)
