"""Finds the browser for pages that need one and says how it is launched; `python -m crawler.browser` sets it up."""

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.printing import install_parts

logger = logging.getLogger(__name__)

SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MACOS_PATHS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
# Where Playwright keeps its own downloads, per system.
PLAYWRIGHT_FOLDERS = ("~/.cache/ms-playwright", "~/Library/Caches/ms-playwright")
PLAYWRIGHT_PATTERNS = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)
VERSION_SECONDS = 20
INSTALL_SECONDS = 600
LAUNCH_ARGUMENTS = (
    # Without it Chromium reaches loopback addresses past the proxy.
    "--proxy-bypass-list=<-loopback>",
    "--disable-quic",
    # The browser's own look-ups (updates, field trials) are no business of a crawl.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)


class SandboxImpossible(RuntimeError):
    """The browser would have to run without its sandbox, and this installation forbids that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """A Chromium that starts."""

    path: Path
    source: str
    """system, Debian package or Playwright download."""
    version: str


def find_browser(*, install: bool = True) -> Browser | None:
    """Return the system's Chromium, else Debian's by apt (as root), else Playwright's own download, else None.

    With install=False only what is there already is looked at.
    """
    browser = _first(_system_paths(), "system") or _first(_downloaded_paths(), "Playwright download")
    if browser is not None or not install:
        return browser
    if _is_root() and shutil.which("apt-get"):
        _tell("browser: installing Debian's chromium")
        if _ran("apt-get", "update", "-qq") and _ran("apt-get", "install", "-y", "-qq", "chromium"):
            browser = _first(_system_paths(), "Debian package")
    if browser is None:
        _tell("browser: downloading Playwright's Chromium")
        if _ran(sys.executable, "-m", "playwright", "install", "chromium"):
            browser = _first(_downloaded_paths(), "Playwright download")
    return browser


def launch_options(proxy_url: str, browser: Browser | None = None) -> dict[str, Any]:
    """Return Playwright's launch options: through the egress guard only, sandbox on wherever it can be.

    Root has no sandbox: that is logged as a warning, and refused (SandboxImpossible) where MARKWATCH_PRODUCTION=1.
    """
    found = browser or find_browser(install=False)
    proxy = urlsplit(proxy_url)
    if _is_root() and os.environ.get("MARKWATCH_PRODUCTION") == "1":
        raise SandboxImpossible("the browser has no sandbox as root; run the crawl as a user of its own")
    if _is_root():
        logger.warning("the browser runs without its sandbox because this process is root")
    options: dict[str, Any] = {
        "headless": True,
        "chromium_sandbox": not _is_root(),
        "args": list(LAUNCH_ARGUMENTS),
        "proxy": {
            "server": f"http://{proxy.hostname}:{proxy.port}",
            "bypass": "<-loopback>",
            "username": proxy.username or "",
            "password": proxy.password or "",
        },
    }
    if found is not None:
        options["executable_path"] = str(found.path)
    return options


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _system_paths() -> Iterator[Path]:
    for name in SYSTEM_NAMES:
        found = shutil.which(name)
        if found is not None:
            yield Path(found)
    yield from (Path(path) for path in MACOS_PATHS)


def _downloaded_paths() -> Iterator[Path]:
    own = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    for folder in (own,) if own else PLAYWRIGHT_FOLDERS:
        for pattern in PLAYWRIGHT_PATTERNS:
            yield from sorted(Path(folder).expanduser().glob(pattern), reverse=True)


def _first(paths: Iterator[Path], source: str) -> Browser | None:
    for path in paths:
        version = _version(path)
        if version is not None:
            return Browser(path=path, source=source, version=version)
    return None


def _version(path: Path) -> str | None:
    """Return what the program says about itself, or None where it does not run: a stub is no browser."""
    if not path.is_file():
        return None
    try:
        answer = subprocess.run(
            [str(path), "--version"], capture_output=True, text=True, timeout=VERSION_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip() or None


def _ran(*command: str) -> bool:
    """Run an installer with its words on stderr; return whether it succeeded."""
    try:
        done = subprocess.run(command, stdout=sys.stderr, timeout=INSTALL_SECONDS, check=False)
    except (OSError, subprocess.SubprocessError) as problem:
        _tell(f"browser: {command[0]}: {problem}")
        return False
    return done.returncode == 0


def _tell(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def main() -> None:
    """Set the browser up and say what was found; having none is no failure."""
    browser = find_browser()
    if browser is None:
        _tell("browser: none can be had here; everything works but pages and screenshots that need a browser")
        return
    sys.stdout.write(f"browser: {browser.version} ({browser.source}): {browser.path}\n")
    install_parts()


if __name__ == "__main__":
    main()
