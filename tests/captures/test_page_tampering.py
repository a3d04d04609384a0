import hashlib
import io
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from captures.errors import CaptureChanged
from captures.page_record import CapturedFile, Clock, Hop, PageRecord, RobotsNote, Screenshot
from captures.signing import open_key
from captures.stamp import obtain_stamp
from captures.store import CaptureStore
from tests.captures.authority import TestAuthority, answer, make_authority
from tests.captures.capturing import utc_now
from tests.conftest import IS_LONG
from tests.realdata import PROJECT

FLIPS = 1_000 if IS_LONG else 200
KILLS = 200 if IS_LONG else 5
CAPTURES = 6


def record_of(number: int, contents: dict[str, bytes]) -> PageRecord:
    hop = Hop(
        url=f"http://market.example/p/{number}", status=200, request_headers=(("Host", "market.example"),),
        response_headers=(("Date", "Tue, 24 Nov 2026 08:00:00 GMT"),), address="203.0.113.7:80", tls=None,
        started_at="2026-11-24T08:00:00.000000Z", ended_at="2026-11-24T08:00:01.000000Z",
    )  # fmt: skip
    types = {"page.body": "text/html", "screenshot.png": "image/png", "exchange.warc.gz": "application/warc"}
    return PageRecord(
        market="shop", listing_id=str(number), hit_ids=(), cause="requested", requested_by="lan", run_id=None,
        rule_version="", procedure="1", requested_url=hop.url, final_url=hop.url, status=200, sighting="seen",
        sighting_detail="", started_at=hop.started_at, ended_at=hop.ended_at, hops=(hop,),
        clock=Clock(offset_seconds=0, source="Date header", is_trusted=True),
        robots=RobotsNote(url="http://market.example/robots.txt", is_allowed=True, reason="HTTP 404", sha256=""),
        user_agent="Markwatch", viewport="1280x900@1", tools={"markwatch": "0.1.0"},
        screenshot=Screenshot(page_height=900, is_clipped=False, absent_because=None),
        files=tuple(
            CapturedFile(
                name=name, sha256=hashlib.sha256(content).hexdigest(), byte_count=len(content), media_type=types[name]
            )
            for name, content in contents.items()
        ),
        skipped=(),
    )  # fmt: skip


def contents_of(number: int) -> dict[str, bytes]:
    picture = io.BytesIO()
    Image.effect_noise((40, 40), 90 + number).save(picture, "PNG")
    noise = random.Random(number)
    return {
        "page.body": f"<h1>listing {number}</h1>".encode() + noise.randbytes(200),
        "screenshot.png": picture.getvalue(),
        "exchange.warc.gz": noise.randbytes(600),
    }


def filled(folder: Path, authority: TestAuthority) -> CaptureStore:
    store, key = CaptureStore(folder / "store"), open_key(folder / "key.pem")
    for number in range(CAPTURES):
        contents = contents_of(number)
        sha256 = store.keep_page(record_of(number, contents), contents, key)
        manifest = store.read_page_bytes(sha256)
        store.keep_stamp(
            sha256, obtain_stamp(manifest, authority.trusted, lambda request: answer(authority, request), utc_now)
        )
    return store


@pytest.mark.fault
def test_every_flipped_bit_is_found_and_its_file_named(tmp_path: Path) -> None:
    authority = make_authority()
    store = filled(tmp_path, authority)
    assert store.verify(authority=authority.trusted) == ()
    files = sorted(path for path in store.folder.rglob("*") if path.is_file())
    assert {path.name.partition(".")[2].rpartition(".")[2] for path in files} == {"body", "json", "sig", "tsr"}
    chance = random.Random(20261124)
    for _ in range(FLIPS):
        path = chance.choice(files)
        before = path.read_bytes()
        place, bit = chance.randrange(len(before)), chance.randrange(8)
        path.chmod(0o600)
        path.write_bytes(before[:place] + bytes([before[place] ^ (1 << bit)]) + before[place + 1 :])
        named = {problem.path for problem in store.verify(authority=authority.trusted) if problem.kind == "changed"}
        assert named == {f"{path.parent.name}/{path.name}"}
        path.write_bytes(before)
    assert store.verify(authority=authority.trusted) == ()


def _remove(path: Path) -> None:
    path.unlink()


def _cut(path: Path) -> None:
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.fault
@pytest.mark.parametrize("harm", [_remove, _cut])
def test_every_lost_or_cut_file_is_named(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    authority = make_authority()
    store = filled(tmp_path, authority)
    pages = [path.name.partition(".")[0] for path in store.folder.rglob("*.page.json")]
    for path in sorted(store.folder.rglob("*")):
        if not path.is_file():
            continue
        before = path.read_bytes()
        harm(path)
        problems = store.verify(pages, authority.trusted, pages)
        assert any(path.name.partition(".")[0] in problem.path for problem in problems), path.name
        path.unlink(missing_ok=True)
        path.write_bytes(before)
    assert store.verify(pages, authority.trusted) == ()


def test_a_manifest_swapped_with_its_signature_for_another_is_found(tmp_path: Path) -> None:
    store = filled(tmp_path, make_authority())
    first, second = sorted(store.folder.rglob("*.page.json"))[:2]
    one, other = first.read_bytes(), second.read_bytes()
    for path, content in ((first, other), (second, one)):
        path.chmod(0o600)
        path.write_bytes(content)
    changed = {problem.path for problem in store.verify() if problem.kind == "changed"}
    assert {f"{path.parent.name}/{path.name}" for path in (first, second)} <= changed
    with pytest.raises(CaptureChanged):
        store.read_page(first.name.partition(".")[0])


# Forks a writer for each folder that it reads: what is killed is a process in the middle of its work, not its start.
WRITERS = """
import os, sys
from pathlib import Path
from captures.signing import open_key
from captures.store import CaptureStore
from tests.captures.test_page_tampering import contents_of, record_of
for line in sys.stdin:
    folder = Path(line.strip())
    pid = os.fork()
    if pid == 0:
        store, key = CaptureStore(folder), open_key(folder.parent / "key.pem")
        print("ready", os.getpid(), flush=True)
        for number in range(100_000):
            contents = contents_of(number)
            print("kept", store.keep_page(record_of(number, contents), contents, key), flush=True)
    os.waitpid(pid, 0)
    print("", flush=True)
    print("over", flush=True)
"""
# So many kills hit one store, which is then looked at whole each time.
KILLS_PER_STORE = 10


@pytest.mark.fault
def test_a_capture_killed_in_the_middle_is_complete_or_absent(tmp_path: Path) -> None:
    chance = random.Random(7)
    open_key(tmp_path / "key.pem")
    acknowledged: dict[Path, set[str]] = {}
    with subprocess.Popen(
        [sys.executable, "-c", WRITERS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=PROJECT, text=True
    ) as writers:
        assert writers.stdin is not None
        assert writers.stdout is not None
        for kill in range(KILLS):
            folder = tmp_path / f"store-{kill // KILLS_PER_STORE}"
            kept = acknowledged.setdefault(folder, set())
            writers.stdin.write(f"{folder}\n")
            writers.stdin.flush()
            word, pid = writers.stdout.readline().split()
            assert word == "ready"
            time.sleep(chance.uniform(0.005, 0.12))
            os.kill(int(pid), signal.SIGKILL)
            for line in iter(writers.stdout.readline, "over\n"):
                words = line.split()
                # A line that the kill cut short promises nothing.
                if len(words) == 2 and len(words[1]) == 64 and line.endswith("\n"):
                    kept.add(words[1])
            problems = CaptureStore(folder).verify(kept)
            assert {problem.kind for problem in problems} <= {"half_written"}, problems
        writers.stdin.close()
    assert any(acknowledged.values())
    for folder, kept in acknowledged.items():
        for sha256 in kept:
            assert all(CaptureStore(folder).read_file(file) for file in CaptureStore(folder).read_page(sha256).files)
