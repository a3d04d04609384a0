"""A writer killed at any moment loses nothing that it acknowledged, and leaves no half of anything."""

import os
import random
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from storage.database import Database
from storage.hits import hit_id_of, load_hit
from storage.listings import count_listings, load_prices
from tests.storage.factories import make_hit, make_listing

WRITER = textwrap.dedent("""
    import itertools, sys
    from storage.audit import record_audit
    from storage.database import open_database
    from storage.decisions import record_decision
    from storage.hits import hit_id_of, save_hits
    from storage.listings import save_listing
    from tests.storage.factories import START, make_hit, make_listing

    database = open_database(sys.argv[1])
    for number in itertools.count():
        hit = make_hit(make_listing(f"{sys.argv[2]}-{number}"))
        with database.write() as session:
            save_listing(session, hit.listing, "run", START)
            save_hits(session, hit.listing, [hit], "run", START)
            if number % 2:
                record_decision(session, hit_id_of(hit.key), 1, "violation", "counterfeit", "an", START)
        print(hit.listing.listing_id, flush=True)
""")


LONG = bool(os.environ.get("MARKWATCH_LONG"))
# 200 in the long run, in pieces of half a minute.
KILLS, PIECES = (25, range(8)) if LONG else (5, range(1))


@pytest.mark.fault
@pytest.mark.timeout(600)
@pytest.mark.parametrize("piece", PIECES)
def test_no_acknowledged_row_is_lost_when_the_writer_is_killed(database: Database, piece: int) -> None:
    acknowledged: list[str] = []
    choose = random.Random(7 + piece)
    for kill in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, database.url, str(kill)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        acknowledged.append(process.stdout.readline().strip())
        time.sleep(choose.uniform(0.0, 0.3))
        process.send_signal(signal.SIGKILL)
        acknowledged += [line.strip() for line in process.stdout if line.endswith("\n")]
        process.wait()
        process.stdout.close()
    with database.read() as session:
        for listing_id in acknowledged:
            hit = make_hit(make_listing(listing_id))
            stored = load_hit(session, hit_id_of(hit.key))
            is_decided = int(listing_id.partition("-")[2]) % 2 == 1
            assert (stored.hit, stored.state) == (hit, "confirmed" if is_decided else "new")
            assert len(load_prices(session, "tiki_vn", listing_id)) == 1
        assert count_listings(session) >= len(acknowledged) > 0
    assert database.check() == ()
    print(f"{KILLS} kills, {len(acknowledged)} acknowledged, none lost")  # noqa: T201 - the figures of the long run
