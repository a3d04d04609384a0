"""What evidence costs: checking a long audit trail, asking for captures during a run, capturing one page.

`python -m benchmarks.evidence_speed [--rows 1000000]` prints a table and, last, one JSON object: audit_rows,
audit_verify_seconds, run_ratio (wall time of taking 200 flagged listings in with captures asked for, against without),
capture_seconds (one page on loopback, with its picture where a browser is installed) and capture_has_picture.
"""

import argparse
import json
import tempfile
import threading
import time
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median

from crawler.capturing import capturer
from crawler.config import Settings
from crawler.imports import Imported
from crawler.intake import Intake
from matchers.match import Matcher
from records.listing import Listing
from records.watchlist import Mark, WatchList
from storage.audit import verify_audit, write_rows
from storage.database import Database, open_database, upgrade

START = datetime(2026, 1, 1, tzinfo=UTC)
LISTINGS = 200
PASSES = 7
CAPTURES = 3
PAGE = b"<!doctype html><title>page</title>" + b"<p>A line of a page that is long enough to be one.</p>" * 1_000


def _made(folder: Path, name: str) -> Database:
    url = f"sqlite:///{folder / name}"
    upgrade(url)
    return open_database(url)


def audit_seconds(folder: Path, rows: int) -> float:
    """Return how long it takes to check an audit trail of so many rows."""
    database = _made(folder, "audit.db")
    with database.write() as session:
        write_rows(
            session,
            (
                (START + timedelta(seconds=number), "lan", "hit.decide", f"hit-{number % 9_973}", {"revision": number})
                for number in range(rows)
            ),
        )
    began = time.perf_counter()
    with database.read() as session:
        problems = verify_audit(session)
    seconds = time.perf_counter() - began
    database.close()
    if problems:
        raise SystemExit(f"the audit trail does not verify: {problems[0]}")
    return seconds


def run_seconds(folder: Path, name: str, *, captures_pages: bool) -> tuple[float, float]:
    """Return how long a run takes to judge and store 200 flagged listings: seconds passed, CPU seconds."""
    database = _made(folder, name)
    marks = (Mark(mark_id="hanamori", text="Hanamori"),)
    intake = Intake(
        database, Matcher(WatchList(marks=marks, as_of=date(2026, 1, 1))), None, None, captures_pages=captures_pages
    )
    listings = [
        Imported(
            Listing(
                market="shop",
                listing_id=str(number),
                title=f"Kem H.a.n.a.m.o.r.i rep 1:1 loại {number}",
                url=f"https://shop.example/{number}",
            ),
            None,
        )
        for number in range(LISTINGS)
    ]
    began, used = time.perf_counter(), time.process_time()
    for start in range(0, LISTINGS, 100):
        intake.take(listings[start : start + 100], START)
    taken = time.perf_counter() - began, time.process_time() - used
    database.close()
    return taken


class _Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Answer every address with one page."""
        body = b"" if self.path == "/robots.txt" else PAGE
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stay silent."""


def capture_seconds(folder: Path) -> tuple[float, bool]:
    """Return how long one capture of a page on loopback takes, and whether it has a picture."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_address[1]}"
    database = _made(folder, "captures.db")
    taken = []
    has_picture = False
    with capturer(database, Settings(data_dir=folder), base_url=base) as made:
        for number in range(CAPTURES):
            listing = Listing(market="shop", listing_id=str(number), title="x", url=f"https://shop.example/{number}")
            began = time.perf_counter()
            capture = made.capture(listing, (), "requested", "benchmark")
            taken.append(time.perf_counter() - began)
            has_picture = capture.file("screenshot.png") is not None
    server.shutdown()
    database.close()
    return median(taken), has_picture


def main() -> None:
    """Measure, print the table, and end with the JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the audit trail")
    rows: int = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        verify = audit_seconds(folder, rows)
        print(f"audit trail of {rows:,} rows checked in {verify:.1f} s")
        # Turn by turn, so that both see the same machine; the first pair loads what both need.
        pairs = [
            (
                run_seconds(folder, f"with{number}.db", captures_pages=True),
                run_seconds(folder, f"without{number}.db", captures_pages=False),
            )
            for number in range(PASSES + 1)
        ][1:]
        ratio, cpu_ratio = (
            median(asked[kind] for asked, _ in pairs) / median(plain[kind] for _, plain in pairs) for kind in (0, 1)
        )
        print(
            f"run of {LISTINGS} flagged listings, captures asked for: {ratio:.3f} of the time without,"
            f" {cpu_ratio:.3f} of the CPU time"
        )
        seconds, has_picture = capture_seconds(folder)
        print(f"one capture: {seconds:.2f} s, {'with' if has_picture else 'without'} a picture")
    print(
        json.dumps(
            {
                "audit_rows": rows,
                "audit_verify_seconds": round(verify, 2),
                "run_ratio": round(ratio, 4),
                "run_cpu_ratio": round(cpu_ratio, 4),
                "capture_seconds": round(seconds, 3),
                "capture_has_picture": has_picture,
            }
        )
    )


if __name__ == "__main__":
    main()
