"""A real Chromium and a real server for the tests that look at pages."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, sync_playwright

from crawler.browser import find_browser


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give a running Chromium; skip the test where there is none."""
    found = find_browser(install=False)
    if found is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(found.path), args=["--no-sandbox"])
        yield running
        running.close()


@contextmanager
def served(app: FastAPI) -> Iterator[int]:
    """Serve the console on a free loopback port while the context lasts; yield the port."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


def until(page: Page, expression: str, seconds: float = 10) -> None:
    """Wait until the expression is true in the page.

    Playwright's own waiting polls with ``eval`` inside the page, which the console's policy refuses.
    """
    deadline = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {expression}"
        page.wait_for_timeout(20)
