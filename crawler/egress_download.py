"""The one way out of a crawl: every download goes through the egress guard, waits for its host, and fails by name."""

import ast
import re
from base64 import b64encode
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    TunnelError,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress
from twisted.web._newclient import Request as SentRequest
from twisted.web.client import _HTTP11ClientFactory
from twisted.web.iweb import IResponse

from crawler.egress import REASON_HEADER, STATUS_OF_REASON
from crawler.egress_head import MAX_HEAD_BYTES, MAX_HEAD_LINES
from crawler.egress_process import GuardAbsent
from crawler.extensions.turns import HostTurns
from crawler.middlewares.politeness import Politeness
from crawler.middlewares.run_state import count, host_of, state_of
from spiders.api import API_MARK
from spiders.base import MarketSpider

# What a refusal of the guard means for the page. The rest are rules: the page is skipped and never tried again.
ERROR_OF_REASON: dict[str, type[Exception]] = {
    "dns": CannotResolveHostError,
    "unreachable": DownloadConnectionRefusedError,
    "timeout": DownloadTimeoutError,
    "headers_too_large": DownloadCancelledError,
    "headers_incomplete": DownloadFailedError,
    "bad_status_line": DownloadFailedError,
    "no_answer": DownloadFailedError,
    "too_many_connections": DownloadFailedError,
}
EXPLANATIONS: dict[str, str] = {
    "headers_too_large": f"headers over {MAX_HEAD_BYTES} bytes or {MAX_HEAD_LINES} lines",
    "internal_address": "an internal address, refused by the egress guard",
}
_TUNNEL_ANSWER = re.compile(r"'reason': (b'[a-z_]+')")


class RefusedByGuard(IgnoreRequest):
    """The egress guard does not let the request out; `reason` is its word for why."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url}: {EXPLANATIONS.get(reason, reason)}")
        self.reason = reason


class HostStopped(IgnoreRequest):
    """Nothing more is sent to this host in this run."""


class GuardedDownloadHandler(HTTP11DownloadHandler):
    """Downloads http and https pages through the guard named by EGRESS_PROXY, and in no other way."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        proxy = urlsplit(str(crawler.settings.get("EGRESS_PROXY") or ""))
        if proxy.hostname is None or proxy.port is None:
            raise GuardAbsent("EGRESS_PROXY names no egress guard; nothing is fetched without one")
        self._proxy = f"http://{proxy.hostname}:{proxy.port}"
        self._proxy_log_in = b"Basic " + b64encode(f"{proxy.username}:{proxy.password}".encode())
        self._pool._factory = _LimitedClientFactory  # noqa: SLF001 - the library's own way to set it

    async def download_request(self, request: Request) -> Response:
        """Return the answer, or raise an error whose text names the page and what was wrong."""
        return await self.in_turn(request, self._download_through_guard)

    async def in_turn(self, request: Request, download: Callable[[Request], Awaitable[Response]]) -> Response:
        """Return what the download gives, at a time when the host may be asked; raise HostStopped where it may not."""
        state, host = state_of(self._crawler), host_of(request)
        turns = self._crawler.get_extension(HostTurns)
        # Scrapy's slots keep requests apart only where they have a delay; hosts opened for a run have none.
        async with state.host(host).turn:
            await state.wait_for(host)
            if turns is not None:
                await turns.take(host)
            if state.host(host).stopped:
                count(self._crawler, "skip.host_stopped")
                raise HostStopped(f"{request.url}: {state.host(host).stopped}")
            try:
                response = await download(request)
                politeness = self._crawler.get_downloader_middleware(Politeness)
                if politeness is not None:
                    politeness.hear(request, response)
            finally:
                # The host's rest is counted from the end of this request: the host counts from there, too.
                slot = self._crawler.engine.downloader.slots.get(str(request.meta.get("download_slot")))
                if slot is not None:
                    state.pause_host(host, slot.delay)
                if turns is not None:
                    await turns.give(host)
            return response

    async def _download_through_guard(self, request: Request) -> Response:
        spider = self._crawler.spider
        if API_MARK not in request.meta or not isinstance(spider, MarketSpider):
            return await self._download_sent(request, request)
        sent = spider.signed(request)
        try:
            response = await self._download_sent(request, sent)
        except Exception as error:  # noqa: BLE001 - raised again, without the keys
            # The library's errors quote the address that was sent, and with it the operator's keys.
            hidden = spider.keys.hidden_in(str(error).replace(sent.url, request.url))
            raise (error if hidden == str(error) else type(error)(hidden)) from None
        return response.replace(url=request.url)

    async def _download_sent(self, request: Request, sent: Request) -> Response:
        # A copy, so that the guard's token stays out of the request that spiders, redirects and logs see.
        guarded = sent.replace(meta={**request.meta, "proxy": self._proxy})
        guarded.headers[b"Proxy-Authorization"] = self._proxy_log_in
        try:
            response = await super().download_request(guarded)
        except TunnelError as error:
            raise self._refusal(request, _reason_of(error)) from None
        except DownloadCancelledError as error:
            limit = request.meta.get("download_maxsize", self._default_maxsize)
            text = str(error) or f"the body is larger than {limit} bytes (DOWNLOAD_MAXSIZE)"
            raise DownloadCancelledError(f"{request.url}: {text}") from None
        except ResponseDataLossError:
            raise ResponseDataLossError(f"{request.url}: the body was cut short of its announced length") from None
        except DownloadFailedError as error:
            raise DownloadFailedError(f"{request.url}: {error}") from None
        finally:
            request.meta["fetched_at"] = state_of(self._crawler).clock()
            if "download_latency" in guarded.meta:
                request.meta["download_latency"] = guarded.meta["download_latency"]
        reason = (response.headers.get(REASON_HEADER) or b"").decode("latin-1")
        # Inside a tunnel the header is the site's own word, and the guard removes it from plain answers.
        if reason in STATUS_OF_REASON and request.url.startswith("http:"):
            raise self._refusal(request, reason)
        return response

    def _refusal(self, request: Request, reason: str) -> Exception:
        error = ERROR_OF_REASON.get(reason)
        if error is not None:
            return error(f"{request.url}: {EXPLANATIONS.get(reason, reason)}")
        count(self._crawler, f"skip.{reason}")
        state_of(self._crawler).note("refused", f"{request.url}: {EXPLANATIONS.get(reason, reason)}")
        return RefusedByGuard(request.url, reason)


def _reason_of(error: TunnelError) -> str:
    match = _TUNNEL_ANSWER.search(str(error))
    return "unreachable" if match is None else bytes(ast.literal_eval(match.group(1))).decode()


class _LimitedParser(_LenientHTTPClientParser):
    """Refuses heads over the limits inside tunnels, where the guard cannot look."""

    head_bytes = 0
    head_lines = 0

    def lineReceived(self, line: bytes) -> None:  # noqa: N802 - Twisted's name
        self.head_bytes += len(line)
        self.head_lines += 1
        if self.head_bytes > MAX_HEAD_BYTES or self.head_lines > MAX_HEAD_LINES:
            raise DownloadCancelledError(EXPLANATIONS["headers_too_large"])
        super().lineReceived(line)


class _LimitedClientProtocol(_LenientHTTP11ClientProtocol):
    def request(self, request: SentRequest) -> Deferred[IResponse]:
        answer = super().request(request)
        # The library picks its parser itself and offers no other way to choose one.
        self._parser.__class__ = _LimitedParser
        return answer


class _LimitedClientFactory(_HTTP11ClientFactory):
    noisy = False

    def buildProtocol(self, _address: IAddress | None) -> _LimitedClientProtocol:  # noqa: N802 - Twisted's name
        return _LimitedClientProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
