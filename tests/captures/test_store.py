import hashlib
import json
import os
import random
import resource
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from captures.errors import CaptureAbsent, CaptureChanged, CaptureRefused
from captures.store import CaptureStore
from records.listing import PageCopy

SEEN_AT = datetime(2026, 11, 22, 8, 0, 0, 123456, tzinfo=UTC)
FACTS = {"market": "tiki_vn", "run_id": "run-1"}


def page_copy_of(body: bytes, *, seen_at: datetime = SEEN_AT, url: str = "https://market.example/p/1") -> PageCopy:
    return PageCopy(
        url=url,
        sha256=hashlib.sha256(body).hexdigest(),
        byte_count=len(body),
        content_type="text/html; charset=utf-8",
        status=200,
        fetched_at=seen_at,
    )


def files_of(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def filled_store(folder: Path, count: int) -> CaptureStore:
    store = CaptureStore(folder)
    for number in range(count):
        body = random.Random(number).randbytes(50 + number * 37)
        store.keep(page_copy_of(body, url=f"https://market.example/p/{number}"), body, FACTS)
    return store


def test_a_kept_body_is_read_back_byte_for_byte(tmp_path: Path) -> None:
    body = bytes(range(256)) * 3 + "資生堂 ₫".encode()
    path = CaptureStore(tmp_path / "captures").keep(page_copy_of(body), body, FACTS)
    sha256 = hashlib.sha256(body).hexdigest()
    assert path == tmp_path / "captures" / sha256[:2] / f"{sha256}.body"
    assert CaptureStore(tmp_path / "captures").read(sha256) == body


def test_an_empty_answer_is_kept_too(tmp_path: Path) -> None:
    store = CaptureStore(tmp_path)
    store.keep(page_copy_of(b""), b"", FACTS)
    assert store.read(hashlib.sha256(b"").hexdigest()) == b""
    assert store.verify() == ()


def test_the_manifest_is_canonical_and_holds_every_fact(tmp_path: Path) -> None:
    body = b"<p>page</p>"
    path = CaptureStore(tmp_path).keep(page_copy_of(body), body, FACTS | {"title": "chính hãng"})
    (manifest_path,) = path.parent.glob("*.json")
    content = manifest_path.read_bytes()
    record = json.loads(content)
    assert record == {
        "format": "markwatch-capture-1",
        "url": "https://market.example/p/1",
        "status": 200,
        "content_type": "text/html; charset=utf-8",
        "byte_count": len(body),
        "sha256": hashlib.sha256(body).hexdigest(),
        "fetched_at": "2026-11-22T08:00:00.123456Z",
        "facts": {"market": "tiki_vn", "run_id": "run-1", "title": "chính hãng"},
    }
    assert content == json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert manifest_path.name.startswith(f"{record['sha256']}.20261122T080000123456Z.")


def test_keeping_the_same_twice_changes_nothing(tmp_path: Path) -> None:
    store = CaptureStore(tmp_path)
    store.keep(page_copy_of(b"page"), b"page", FACTS)
    before = files_of(tmp_path)
    store.keep(page_copy_of(b"page"), b"page", dict(reversed(FACTS.items())))
    assert files_of(tmp_path) == before
    assert len(before) == 2


def test_one_body_seen_twice_is_two_sightings_of_one_body(tmp_path: Path) -> None:
    store = CaptureStore(tmp_path)
    later = SEEN_AT + timedelta(days=1)
    store.keep(page_copy_of(b"page", seen_at=later), b"page", FACTS)
    store.keep(page_copy_of(b"page"), b"page", FACTS)
    manifests = store.read_manifests(hashlib.sha256(b"page").hexdigest())
    assert [manifest.page_copy.fetched_at for manifest in manifests] == [SEEN_AT, later]
    assert manifests[0].page_copy == page_copy_of(b"page")
    assert manifests[0].facts == FACTS
    assert len(list(tmp_path.rglob("*.body"))) == 1
    assert store.verify() == ()


def test_two_addresses_with_one_body_at_one_moment_are_both_kept(tmp_path: Path) -> None:
    store = CaptureStore(tmp_path)
    for url in ("https://market.example/a", "https://market.example/b"):
        store.keep(page_copy_of(b"page", url=url), b"page", FACTS)
    manifests = store.read_manifests(hashlib.sha256(b"page").hexdigest())
    assert {manifest.page_copy.url for manifest in manifests} == {
        "https://market.example/a",
        "https://market.example/b",
    }


def test_folders_and_files_are_closed_to_others_and_files_to_writing(tmp_path: Path) -> None:
    previous = os.umask(0)
    try:
        path = CaptureStore(tmp_path / "captures").keep(page_copy_of(b"page"), b"page", FACTS)
    finally:
        os.umask(previous)
    assert stat.S_IMODE((tmp_path / "captures").stat().st_mode) == 0o700
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o400}


@pytest.mark.parametrize("body", [b"other page", b"pagf", b""])
def test_a_body_that_is_not_the_one_named_is_refused_and_leaves_nothing(tmp_path: Path, body: bytes) -> None:
    with pytest.raises(CaptureRefused, match=r"market\.example"):
        CaptureStore(tmp_path / "captures").keep(page_copy_of(b"page"), body, FACTS)
    assert not (tmp_path / "captures").exists()


def test_a_fact_that_is_no_unicode_is_refused_by_name_of_the_page(tmp_path: Path) -> None:
    with pytest.raises(CaptureRefused, match=r"market\.example"):
        CaptureStore(tmp_path).keep(page_copy_of(b"page"), b"page", {"market": "\udc80"})
    assert files_of(tmp_path) == {}


@pytest.mark.parametrize("sha256", ["0" * 64, "", "..", "../../etc/passwd", "A" * 64, "0" * 63 + "*", "*" * 64])
def test_what_is_not_kept_is_absent_whatever_the_name_asks_for(tmp_path: Path, sha256: str) -> None:
    filled_store(tmp_path, 3)
    with pytest.raises(CaptureAbsent):
        CaptureStore(tmp_path).read(sha256)


def test_a_body_without_a_manifest_is_no_capture(tmp_path: Path) -> None:
    store = CaptureStore(tmp_path)
    path = store.keep(page_copy_of(b"page"), b"page", FACTS)
    for manifest in path.parent.glob("*.json"):
        manifest.unlink()
    with pytest.raises(CaptureAbsent):
        store.read(path.stem)
    assert [(problem.kind, problem.path) for problem in store.verify()] == [
        ("half_written", f"{path.stem[:2]}/{path.name}")
    ]
    store.keep(page_copy_of(b"page"), b"page", FACTS)
    assert store.verify() == ()


def test_an_altered_body_is_neither_read_nor_written_over(tmp_path: Path) -> None:
    store = CaptureStore(tmp_path)
    path = store.keep(page_copy_of(b"page"), b"page", FACTS)
    path.chmod(0o600)
    path.write_bytes(b"pagE")
    with pytest.raises(CaptureChanged, match=path.name):
        store.read(path.stem)
    with pytest.raises(CaptureChanged, match=path.name):
        store.keep(page_copy_of(b"page", seen_at=SEEN_AT + timedelta(hours=1)), b"page", FACTS)
    assert path.read_bytes() == b"pagE"


def test_every_single_flipped_bit_is_found_and_its_file_named(tmp_path: Path) -> None:
    store = filled_store(tmp_path, 60)
    assert store.verify() == ()
    choice = random.Random(20261122)
    flipped = choice.sample(sorted(path for path in tmp_path.rglob("*") if path.is_file()), 50)
    assert {path.suffix for path in flipped} == {".body", ".json"}
    for path in flipped:
        content = bytearray(path.read_bytes())
        bit = choice.randrange(len(content) * 8)
        content[bit // 8] ^= 1 << (bit % 8)
        path.chmod(0o600)
        path.write_bytes(content)
    problems = store.verify()
    assert {problem.kind for problem in problems} == {"changed"}
    assert [problem.path for problem in problems] == sorted(str(path.relative_to(tmp_path)) for path in flipped)


def test_missing_extra_renamed_and_half_written_files_are_named(tmp_path: Path) -> None:
    store = filled_store(tmp_path, 8)
    bodies = sorted(tmp_path.rglob("*.body"))
    missing, moved = bodies[0], bodies[1]
    missing.unlink()
    (manifest,) = moved.parent.glob(f"{moved.stem}.*.json")
    renamed = manifest.with_name(manifest.name.replace("20261122T", "20261121T"))
    manifest.rename(renamed)
    (bodies[2].parent / "note.txt").write_text("left here")
    (tmp_path / "README").write_text("left here")
    (bodies[3].parent / f"{bodies[3].name}.12ab34cd.part").write_bytes(b"half")
    (bodies[4].parent / f"{'f' * 64}.body").symlink_to(bodies[5])
    assert sorted((problem.kind, problem.path) for problem in store.verify()) == sorted(
        [
            ("missing", str(missing.relative_to(tmp_path))),
            ("changed", str(renamed.relative_to(tmp_path))),
            ("extra", str((bodies[2].parent / "note.txt").relative_to(tmp_path))),
            ("extra", "README"),
            ("half_written", f"{bodies[3].relative_to(tmp_path)}.12ab34cd.part"),
            ("extra", f"{bodies[4].parent.name}/{'f' * 64}.body"),
        ]
    )


def test_a_capture_that_the_database_knows_and_the_folder_lost_is_named(tmp_path: Path) -> None:
    store = filled_store(tmp_path, 3)
    kept = [path.stem for path in tmp_path.rglob("*.body")]
    lost = "ab" * 32
    assert [(problem.kind, problem.path) for problem in store.verify([*kept, lost])] == [("missing", f"ab/{lost}.body")]


def test_an_absent_folder_has_nothing_wrong_but_lacks_what_is_expected(tmp_path: Path) -> None:
    store = CaptureStore(tmp_path / "never made")
    assert store.verify() == ()
    assert [problem.kind for problem in store.verify(["ab" * 32])] == ["missing"]


FULL_DISK = """
import hashlib, resource, sys
from datetime import UTC, datetime
from pathlib import Path
from captures.errors import DiskFull
from captures.store import CaptureStore
from records.listing import PageCopy
body = b"x" * 200_000
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
copy = PageCopy(url="https://market.example/p/1", sha256=hashlib.sha256(body).hexdigest(), byte_count=len(body),
                content_type="", status=200, fetched_at=datetime(2026, 11, 22, tzinfo=UTC))
try:
    CaptureStore(Path(sys.argv[1])).keep(copy, body, {"market": "tiki_vn", "note": "n" * int(sys.argv[3])})
except DiskFull as error:
    print(error)
"""


@pytest.mark.parametrize(("note", "left"), [(0, 0), (400_000, 1)], ids=["the body does not fit", "the manifest"])
def test_a_full_disk_is_a_clear_error_and_nothing_half_written_is_visible(tmp_path: Path, note: int, left: int) -> None:
    limit = 100_000 if note == 0 else 300_000
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path), str(limit), str(note)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("disk full: ")
    assert " bytes, " in done.stdout
    assert " MB are free (File too large)" in done.stdout
    store = CaptureStore(tmp_path)
    body = b"x" * 200_000
    with pytest.raises(CaptureAbsent):
        store.read(hashlib.sha256(body).hexdigest())
    assert list(tmp_path.rglob("*.part")) == []
    assert len(files_of(tmp_path)) == left
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    store.keep(page_copy_of(body), body, FACTS)
    assert store.read(hashlib.sha256(body).hexdigest()) == body
    assert store.verify() == ()
