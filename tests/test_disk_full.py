"""A disk that is full: the message says so, nothing stored is lost, and the work goes on when there is room again."""

import json
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.crawler.crawling import tiki_page
from tests.crawler.replay import Reply, replay
from tests.realdata import PROJECT

pytestmark = pytest.mark.fault

PAGES, PER_PAGE = 4, 40
SLOW = Reply(body=b"User-agent: *\nCrawl-delay: 1\n", content_type="text/plain")
# A file system of its own, which nobody else sees and which is gone with the process.
SMALL_DISK = 'mount -t tmpfs -o size=8m tmpfs "$1" && exec "$0" -c "$2" "$1" "$3"'


def on_a_small_disk(folder: Path, program: str, argument: str = "") -> dict[str, object]:
    """Run a program in a mount namespace whose `folder` is a disk of 8 MB; return the JSON that it prints last."""
    unshare = shutil.which("unshare")
    tried = [unshare or "false", "--mount", "--map-root-user", "true"]
    if subprocess.run(tried, check=False, capture_output=True).returncode:
        pytest.skip("this machine gives no mount namespaces")
    line = [str(unshare), "--mount", "--map-root-user", "sh", "-c", SMALL_DISK]
    done = subprocess.run(
        [*line, sys.executable, str(folder), textwrap.dedent(program), argument],
        cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3_000:]
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


FILL = """
import json, os, sys
from datetime import UTC, datetime
from pathlib import Path
from storage.database import open_database, upgrade
folder = Path(sys.argv[1])
url = f"sqlite:///{folder / 'markwatch.db'}"
upgrade(url)
database = open_database(url)

def fill():
    # The last kilobytes too, so that not one page of the database finds room.
    with (folder / "ballast").open("wb", buffering=0) as file:
        for size in (65_536, 4_096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                pass
"""


def test_writers_on_a_full_disk_are_told_so_and_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    found = on_a_small_disk(tmp_path, FILL + """
from storage.errors import DatabaseAway
from storage.listings import count_listings, save_listing
from tests.storage.factories import START, make_listing
from captures.errors import DiskFull
from captures.writing import write_whole

def store(number):
    with database.write() as session:
        save_listing(session, make_listing(str(number)), "run", START)
    return number

stored = [store(number) for number in range(50)]
fill()
problems = set()
for number in range(50, 400):
    try:
        stored.append(store(number))
    except DatabaseAway as problem:
        problems.add(str(problem))
try:
    write_whole(folder / "capture", b"x" * 100_000)
except DiskFull as problem:
    problems.add(str(problem))
leftovers = sorted(path.name for path in folder.iterdir() if "capture" in path.name)
with database.read() as session:
    kept = count_listings(session)
(folder / "ballast").unlink()
again = store(1_000)
write_whole(folder / "capture", b"x" * 100_000)
print(json.dumps({"stored": len(stored), "kept": kept, "problems": sorted(problems), "leftovers": leftovers,
                  "check": list(database.check())}))
""")  # fmt: skip
    problems = "\n".join(map(str, found["problems"]))  # type: ignore[call-overload]
    assert "database or disk is full" in problems
    assert "disk full: " in problems
    assert "MB are free" in problems
    assert found["kept"] == found["stored"]
    assert (found["leftovers"], found["check"]) == ([], [])


def test_a_crawl_waits_while_the_disk_is_full_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    pages = [
        Reply(body=tiki_page(PER_PAGE * page, PER_PAGE, page + 1, PAGES), content_type="application/json")
        for page in range(PAGES)
    ]
    with replay({"/robots.txt": SLOW, "/api/v2/products": list(pages)}) as market:
        found = on_a_small_disk(tmp_path, FILL + """
import subprocess, time
from storage.listings import count_listings
from storage.runs import load_events, load_run
from tests.crawler.crawling import command, queued_run
run = queued_run(database, "tiki_vn")
line = command("tiki_vn", run.run_id, url, {"query": "x", "base_url": sys.argv[2], "max_pages": "9"}, ())
log = Path("/dev/shm" if Path("/dev/shm").is_dir() else "/tmp", f"markwatch-{run.run_id}.log")
with log.open("wb") as stream:
    process = subprocess.Popen(line, stderr=stream)
def seen():
    with database.read() as session:
        return count_listings(session)

deadline = time.monotonic() + 60
while not seen() and process.poll() is None and time.monotonic() < deadline:
    time.sleep(0.05)
fill()
while "disk is full" not in log.read_text() and process.poll() is None and time.monotonic() < deadline:
    time.sleep(0.1)
(folder / "ballast").unlink()
code = process.wait(60)
with database.read() as session:
    print(json.dumps({"code": code, "outcome": load_run(session, run.run_id).outcome,
                      "stored": count_listings(session), "check": list(database.check()),
                      "events": [event.text for event in load_events(session, run.run_id) if event.kind == "database"],
                      "log": log.read_text()[-2000:]}))
log.unlink()
""", market.url)  # fmt: skip
    assert (found["code"], found["outcome"]) == (0, "finished"), found["log"]
    assert found["stored"] == PAGES * PER_PAGE
    assert found["check"] == []
    assert any("disk is full" in text for text in found["events"])  # type: ignore[attr-defined]
