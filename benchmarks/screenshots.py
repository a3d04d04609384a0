"""Takes the pictures of the console that stand in docs/: the demonstration is made, served and photographed.

Example: python -m benchmarks.screenshots docs --language en --theme light
"""

import argparse
import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from crawler.browser import find_browser
from crawler.cli.demo import DEMO_LOGIN, run_demo
from crawler.console import console_app
from storage.database import open_database
from storage.hit_records import HitFilter
from storage.hits import load_queue
from storage.runs import load_runs

WIDTH, HEIGHT = 1440, 900
LANGUAGES: Final = ("vi", "ja", "en")
THEMES: Final = ("light", "dark")


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Make the demonstration in a folder, serve it, and give its address and the paths to photograph."""
    settings = run_demo(folder, 0, fresh=False)
    database = open_database(settings.database_url())
    with database.read() as session:
        hits = load_queue(session, HitFilter(view="disguised"), None, 1).rows
        priced = load_queue(session, HitFilter(view="price"), None, 1).rows
        run = load_runs(session, 1)[0]
    paths = {
        "queue": "/review",
        "hit": f"/hits/{hits[0].hit_id}?view=disguised&decide=violation",
        "price": f"/hits/{priced[0].hit_id}?view=price",
        "run": f"/runs/{run.run_id}",
        "brand": f"/brands/{hits[0].brand}?tab=matching",
    }
    app = console_app(database, settings, secure_cookies=False, demo_login=DEMO_LOGIN)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}", paths
    finally:
        server.should_exit = True
        thread.join()
        database.close()


def log_in(browser: Browser, address: str, language: str, theme: str) -> Page:
    """Return a page of the demonstration's reviewer."""
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, base_url=address)
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in
                         (("language", language), ("theme", theme))])  # fmt: skip
    page = context.new_page()
    page.goto("/login")
    page.fill("[name=login]", DEMO_LOGIN[0])
    page.fill("[name=password]", DEMO_LOGIN[1])
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/review")
    return page


def main() -> int:
    """Write the pictures; the last line is one JSON object with their names and sizes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the PNG files go")
    parser.add_argument("--language", choices=LANGUAGES, default="en")
    parser.add_argument("--theme", choices=THEMES, default="light")
    wishes = parser.parse_args()
    found = find_browser(install=False)
    if found is None:
        print("no Chromium on this machine; `make browser` gets one", file=sys.stderr)
        return 1
    wishes.folder.mkdir(parents=True, exist_ok=True)
    sizes: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as scratch, served(Path(scratch)) as (address, paths), sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=str(found.path), args=["--no-sandbox"])
        page = log_in(browser, address, wishes.language, wishes.theme)
        for name, path in paths.items():
            page.goto(path)
            page.wait_for_load_state("networkidle")
            target = wishes.folder / f"{name}.png"
            page.screenshot(path=str(target))
            sizes[name] = target.stat().st_size
            print(f"{target}: {sizes[name] // 1024} KiB")
        browser.close()
    print(json.dumps({"pictures": sizes}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
