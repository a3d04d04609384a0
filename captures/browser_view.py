"""What a browser shows of a page that was fetched: picture, rendered DOM, and the answers it asked for on the way.

The page itself is handed to the browser from the recorded exchange, so that picture and record show the same bytes.
Everything else the page asks for leaves through the egress guard. Every wait is bounded; a page that never rests costs
its picture, never the capture.
"""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from playwright.async_api import BrowserContext, Page, Route, async_playwright
from playwright.async_api import Error as PlaywrightError

# A page 200,000 px high took 9 s and 2.6 GB; the same picture clipped here takes less than two.
MAX_HEIGHT = 16_384
VIEWPORT_WIDTH, VIEWPORT_HEIGHT = 1280, 900
LOAD_SECONDS = 20.0
STEP_SECONDS = 15.0
# How long a loaded page may go on before its picture is taken.
REST_SECONDS = 2.0
MAX_REQUESTS = 200
MAX_DOM_CHARACTERS = 32 * 2**20
DROPPED_KINDS = frozenset({"media", "websocket", "eventsource", "manifest", "ping", "other", "prefetch"})
# Not passed on to the browser: it gets the decoded body in one piece, and no orders about other addresses.
DROPPED_HEADERS = frozenset(
    {
        "content-encoding",
        "transfer-encoding",
        "content-length",
        "connection",
        "set-cookie",
        "link",
        "refresh",
        "alt-svc",
    }
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the browser made of the page."""

    picture: bytes | None
    """PNG, at most 16,384 px high; None where none could be taken."""
    page_height: int | None
    """Height of the whole page in CSS pixels."""
    is_clipped: bool
    """True where the page is higher than the picture."""
    dom: str | None
    """The document after its scripts ran, its first 32 Mi characters."""
    absent_because: str | None
    """Why there is no picture."""
    version: str
    """Of the browser; empty where it did not start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageToShow:
    """The recorded answer that the browser is given."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def show(page: PageToShow, launch_options: dict[str, Any], user_agent: str) -> Shown:
    """Open the page in a browser of its own and return what it shows; never raises for what the page does."""
    return asyncio.run(_show(page, launch_options, user_agent))


def absent(reason: str, version: str = "") -> Shown:
    """Return that nothing was shown, and why."""
    return Shown(
        picture=None, page_height=None, is_clipped=False, dom=None, absent_because=reason, version=version
    )  # fmt: skip


async def _show(page: PageToShow, launch_options: dict[str, Any], user_agent: str) -> Shown:
    version = ""
    try:
        async with async_playwright() as playwright:
            browser = await _bounded(playwright.chromium.launch(**launch_options), LOAD_SECONDS)
            version = f"Chromium {browser.version}"
            try:
                return await _show_in(browser, page, user_agent, version)
            finally:
                with suppress(TimeoutError, PlaywrightError):
                    await _bounded(browser.close())
    except TimeoutError:
        return absent("the page kept the browser busy for too long", version)
    except PlaywrightError as error:
        return absent(f"the browser failed: {error.message.splitlines()[0]}", version)


async def _show_in(browser: Any, page: PageToShow, user_agent: str, version: str) -> Shown:
    context: BrowserContext = await browser.new_context(
        viewport={"width": VIEWPORT_WIDTH, "height": VIEWPORT_HEIGHT},
        user_agent=user_agent,
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        accept_downloads=False,
        service_workers="block",
        ignore_https_errors=False,
        permissions=[],
    )
    await context.route_web_socket("**/*", lambda socket: socket.close())
    await context.route("**/*", _Gate(page))
    shown = await context.new_page()
    context.on("page", lambda popup: asyncio.ensure_future(_close(popup)))
    shown.on("dialog", lambda dialog: asyncio.ensure_future(dialog.dismiss()))
    with suppress(TimeoutError, PlaywrightError):
        # A page whose subresources never end is shown as far as it came.
        await _bounded(shown.goto(page.url, wait_until="load", timeout=LOAD_SECONDS * 1000), LOAD_SECONDS + 5)
    with suppress(TimeoutError, PlaywrightError):
        await _bounded(shown.wait_for_load_state("networkidle", timeout=REST_SECONDS * 1000), REST_SECONDS + 1)
    height = await _bounded(
        shown.evaluate(
            "() => Math.max(document.documentElement.scrollHeight, document.body ? document.body.scrollHeight : 0)"
        )
    )
    page_height = max(int(height), VIEWPORT_HEIGHT)
    dom = await _bounded(shown.content())
    picture = await _bounded(
        shown.screenshot(
            full_page=True,
            clip={"x": 0, "y": 0, "width": VIEWPORT_WIDTH, "height": min(page_height, MAX_HEIGHT)},
            animations="disabled",
            timeout=STEP_SECONDS * 1000,
        ),
        STEP_SECONDS + 2,
    )
    return Shown(
        picture=picture,
        page_height=page_height,
        is_clipped=page_height > MAX_HEIGHT,
        dom=dom[:MAX_DOM_CHARACTERS],
        absent_because=None,
        version=version,
    )


class _Gate:
    """Answers the page itself from the record, lets what it needs out, and nothing more."""

    def __init__(self, page: PageToShow) -> None:
        self.page = page
        self.is_answered = False
        self.requests = 0

    async def __call__(self, route: Route) -> None:
        request = route.request
        self.requests += 1
        if request.is_navigation_request():
            if not self.is_answered and request.frame.parent_frame is None:
                self.is_answered = True
                headers = {name: value for name, value in self.page.headers if name.lower() not in DROPPED_HEADERS}
                await route.fulfill(status=self.page.status, headers=headers, body=self.page.body)
                return
            # Frames and moves to other pages would show what was not fetched for the record.
            await route.abort("blockedbyclient")
        elif (
            request.method != "GET"
            or request.resource_type in DROPPED_KINDS
            or not request.url.startswith(("http://", "https://"))
            or self.requests > MAX_REQUESTS
        ):
            await route.abort("blockedbyclient")
        else:
            await route.continue_()


async def _close(popup: Page) -> None:
    with suppress(TimeoutError, PlaywrightError):
        await _bounded(popup.close())


async def _bounded(work: Awaitable[T], seconds: float = STEP_SECONDS) -> T:
    return await asyncio.wait_for(work, seconds)
