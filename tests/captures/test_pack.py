import io
import json
import random
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from warcio.archiveiterator import ArchiveIterator

from captures.capture import capture_page
from captures.document import (
    CaseText,
    Document,
    Fact,
    Facts,
    Grid,
    Marked,
    Note,
    Picture,
    Piece,
    Section,
    Text,
)
from captures.document_page import pdf_problem, picture_parts, write_html, write_pdf
from captures.errors import CaptureFailed
from captures.pack import Pack, PackRequest, build_pack, write_zip
from captures.procedure import PackLanguage, procedure_text, verification_text
from captures.signing import SigningKey, fingerprint, open_key
from captures.stamp import obtain_stamp
from captures.store import CaptureStore
from captures.verify_pack import verify_pack
from captures.wacz import write_wacz
from captures.warc import read_responses, write_warc
from tests.captures.authority import answer, make_authority
from tests.captures.capturing import client_for, tools_for, utc_now, wish_for
from tests.captures.test_capture import PAGE, png
from tests.captures.test_page_tampering import contents_of, record_of
from tests.conftest import IS_LONG
from tests.crawler.replay import Reply, replay

FLIPS = 1_000 if IS_LONG else 200
HOSTILE = "=HYPERLINK(1)<script>alert(1)</script>"
TITLE = "Đồng hồ セイコー 正規品 ₫"


def document_of(picture: str, heading: str = TITLE) -> Document:
    blocks = (
        Marked((Piece("Đồng hồ "), Piece("セイコー", 1), Piece(f" {HOSTILE}")), "vi"),
        Facts((Fact("Price", Text("1.290.000 ₫")), Fact("Listing id", Text("7", is_code=True)))),
        Grid("Findings", ("No.", "Words"), ((Text("1"), Text(HOSTILE, "vi")),)),
        Picture(picture, "The page"),
        Note("nothing more"),
    )
    case = CaseText(hit_id="hit-1", heading=Text(heading, "vi"), sections=(Section("Seen", blocks),))
    return Document(
        language="en", title="Evidence pack", intro=("Possible violations.",), made=(Fact("By", Text("lan")),),
        cases=(case,), closing=(Section("How", (Note("see verify.txt"),)),),
    )  # fmt: skip


def made_pack(folder: Path, *, stamped: bool = True) -> tuple[Pack, CaptureStore, str, SigningKey]:
    store, key = CaptureStore(folder / "store"), open_key(folder / "key.pem")
    contents = contents_of(1)
    sha256 = store.keep_page(record_of(1, contents), contents, key)
    authority = make_authority()
    picture = next(file for file in store.read_page(sha256).files if file.name == "screenshot.png")
    request = PackRequest(
        document=document_of(picture.sha256), pages=(sha256,), answers=(), hit_ids=("hit-1",), made_by="lan",
        made_at=datetime(2026, 11, 24, 8, tzinfo=UTC), audit_head=(7, "a" * 64),
        procedure=procedure_text("en"), how_to_verify=verification_text("en"), pdf_missing="missing: %(why)s",
    )  # fmt: skip

    def stamp(content: bytes) -> bytes:
        return obtain_stamp(content, authority.trusted, lambda asked: answer(authority, asked), utc_now)

    return build_pack(request, store, key, stamp if stamped else None), store, sha256, key


@pytest.mark.slow
def test_a_pack_holds_words_originals_and_proofs_and_verifies_offline(tmp_path: Path) -> None:
    pack, _store, sha256, key = made_pack(tmp_path)
    path = tmp_path / "pack.zip"
    path.write_bytes(pack.content)
    report = verify_pack(path)
    assert report.problems == ()
    assert report.key_fingerprint == fingerprint(key.public_bytes)
    assert report.stamp is not None
    assert bool(pack.missing) == (pdf_problem() is not None)
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        manifest = json.loads(archive.read("manifest.json"))
    assert {"evidence.html", "evidence.xlsx", "procedure.txt", "verify.txt", "manifest.sig", "manifest.tsr"} <= names
    assert {f"captures/{sha256}/{name}" for name in ("manifest.json", "manifest.sig", "screenshot.png")} <= names
    assert ("evidence.pdf" in names) == (pdf_problem() is None)
    assert ("no-pdf.txt" in names) == (pdf_problem() is not None)
    assert manifest["audit_head"] == {"sequence": 7, "sha256": "a" * 64}
    assert set(manifest["files"]) == names - {"manifest.json", "manifest.sig", "manifest.tsr"}


@pytest.mark.fault
def test_every_flipped_bit_of_a_pack_is_found(tmp_path: Path) -> None:
    content = made_pack(tmp_path)[0].content
    path = tmp_path / "pack.zip"
    chance = random.Random(24)
    for _ in range(FLIPS):
        place, bit = chance.randrange(len(content)), chance.randrange(8)
        path.write_bytes(content[:place] + bytes([content[place] ^ (1 << bit)]) + content[place + 1 :])
        assert verify_pack(path).problems, (place, bit)


@pytest.mark.fault
def test_a_file_swapped_inside_a_rebuilt_pack_is_named(tmp_path: Path) -> None:
    pack, _store, sha256, _key = made_pack(tmp_path)
    path = tmp_path / "pack.zip"
    with zipfile.ZipFile(io.BytesIO(pack.content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    for name in sorted(files):
        path.write_bytes(write_zip(files | {name: files[name] + b" "}))
        named = {problem.path for problem in verify_pack(path).problems}
        assert name in named, name
        path.write_bytes(write_zip({other: body for other, body in files.items() if other != name}))
        found = {problem.path for problem in verify_pack(path).problems}
        # A pack without its stamp is a pack that has none.
        assert name in found or name in {"manifest.tsr", f"captures/{sha256}/manifest.tsr"}, name
    path.write_bytes(write_zip(files | {"more.txt": b"x"}))
    assert {problem.path for problem in verify_pack(path).problems} == {"more.txt"}


def test_a_pack_signed_by_another_key_is_refused_where_the_key_is_known(tmp_path: Path) -> None:
    pack = made_pack(tmp_path, stamped=False)[0]
    path = tmp_path / "pack.zip"
    path.write_bytes(pack.content)
    other = open_key(tmp_path / "other.pem")
    assert {problem.path for problem in verify_pack(path, known_key=other.public_bytes).problems} == {"manifest.sig"}


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_pack_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "pack.zip"
    path.write_bytes(content)
    assert verify_pack(path).problems


@pytest.mark.slow
def test_a_capture_that_was_changed_is_left_out_by_name(tmp_path: Path) -> None:
    _pack, store, sha256, key = made_pack(tmp_path)
    body = next(store.folder.rglob("*.body"))
    body.chmod(0o600)
    body.write_bytes(b"changed")
    request = PackRequest(
        document=document_of("0" * 64), pages=(sha256,), answers=("f" * 64,), hit_ids=("hit-1",), made_by="lan",
        made_at=utc_now(), audit_head=(0, "0" * 64), procedure="p", how_to_verify="v", pdf_missing="%(why)s",
    )  # fmt: skip
    made = build_pack(request, store, key)
    assert len(made.missing) == 2
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        assert json.loads(archive.read("manifest.json"))["missing"] == list(made.missing)
        assert not any(name.startswith("captures/") for name in archive.namelist())


def test_a_stamp_that_cannot_be_had_now_keeps_no_pack_back(tmp_path: Path) -> None:
    def away(_content: bytes) -> bytes:
        raise CaptureFailed("http://tsa.example/", "away", "no answer")

    store, key = CaptureStore(tmp_path / "store"), open_key(tmp_path / "key.pem")
    request = PackRequest(
        document=document_of("0" * 64), pages=(), answers=(), hit_ids=("hit-1",), made_by="lan", made_at=utc_now(),
        audit_head=(0, "0" * 64), procedure="p", how_to_verify="v", pdf_missing="%(why)s",
    )  # fmt: skip
    made = build_pack(request, store, key, away)
    path = tmp_path / "pack.zip"
    path.write_bytes(made.content)
    assert "no answer" in made.missing[0]
    assert verify_pack(path).problems == ()


@pytest.mark.slow
def test_page_text_is_neither_markup_nor_formula_in_any_form(tmp_path: Path) -> None:
    pack = made_pack(tmp_path, stamped=False)[0]
    with zipfile.ZipFile(io.BytesIO(pack.content)) as archive:
        html = archive.read("evidence.html").decode()
        book = CalamineWorkbook.from_filelike(io.BytesIO(archive.read("evidence.xlsx")))
        with zipfile.ZipFile(io.BytesIO(archive.read("evidence.xlsx"))) as sheets:
            xml = "".join(sheets.read(name).decode() for name in sheets.namelist() if "worksheets/" in name)
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert "default-src &#39;none&#39;" in html or "default-src 'none'" in html
    assert "<f>" not in xml
    cells = [cell for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row]
    assert HOSTILE in cells


@pytest.mark.skipif(pdf_problem() is not None, reason="Pango is not installed")
def test_the_pdf_embeds_fonts_for_vietnamese_and_japanese_and_fetches_nothing() -> None:
    with replay({"/spy.png": Reply(body=png())}) as spy:
        hostile = f"<img src='{spy.url}/spy.png'> <link rel=stylesheet href='file:///etc/passwd'>"
        pdf = write_pdf(document_of("0" * 64, f"{TITLE} {hostile}"), {"0" * 64: picture_parts(png())})
        assert spy.log == []
    assert pdf.startswith(b"%PDF-")
    assert len(pdf) > 5_000


def test_a_picture_is_made_anew_and_cut_to_pages() -> None:
    # The PDF engine would have cut-off pictures taken for whole ones in the whole process.
    pdf_problem()
    parts = picture_parts(png())
    assert len(parts) == 1
    assert parts[0].startswith(b"\xff\xd8")
    for wrong in (b"", b"\x89PNG\r\n\x1a\n", b"<svg/>", png()[:-40]):
        with pytest.raises(ValueError, match=r".+"):
            picture_parts(wrong)


def test_the_page_names_no_address_outside_itself() -> None:
    page = write_html(document_of("0" * 64), {"0" * 64: ("pictures/1.jpg",)})
    assert 'src="pictures/1.jpg"' in page
    assert "http://" not in page
    assert "https://" not in page


@pytest.mark.parametrize("language", ["vi", "ja", "en"])
def test_the_procedure_is_described_in_every_language(language: PackLanguage) -> None:
    text = procedure_text(language)
    assert len([line for line in text.splitlines() if line[:1].isdigit()]) == 7
    assert "sha256sum" in verification_text(language)
    assert "SHA-256" in text


def test_a_capture_is_exported_as_wacz_with_an_index_that_leads_to_its_records(tmp_path: Path) -> None:
    store, key = CaptureStore(tmp_path / "store"), open_key(tmp_path / "key.pem")
    with replay({"/p": Reply(body=PAGE)}) as server, client_for(server.place) as client:
        sha256, record = capture_page(wish_for(f"{server.url}/p"), tools_for(client), store, key)
    content = write_wacz(store, sha256, "markwatch test")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        warc = archive.read("archive/data.warc.gz")
        index = archive.read("indexes/index.cdx").decode().splitlines()
        package = json.loads(archive.read("datapackage.json"))
    assert {"pages/pages.jsonl", "datapackage-digest.json", "markwatch/manifest.json"} <= names
    assert package["wacz_version"] == "1.1.1"
    assert {resource["path"] for resource in package["resources"]} == names - {
        "datapackage.json", "datapackage-digest.json",
    }  # fmt: skip
    facts = json.loads(index[0].partition(" ")[2].partition(" ")[2])
    assert facts["url"] == record.final_url
    start, length = int(facts["offset"]), int(facts["length"])
    assert [payload for _uri, _status, payload in read_responses(warc[start : start + length])] == [PAGE]


def test_a_wacz_shows_the_picture_as_a_page_of_its_own_and_is_the_same_bytes_each_time(tmp_path: Path) -> None:
    store, key = CaptureStore(tmp_path / "store"), open_key(tmp_path / "key.pem")
    contents = contents_of(1) | {"exchange.warc.gz": write_warc({}, ())}
    sha256 = store.keep_page(record_of(1, contents), contents, key)
    content = write_wacz(store, sha256, "markwatch test")
    assert write_wacz(store, sha256, "markwatch test") == content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        shown = archive.read("archive/shown.warc.gz")
        (line,) = archive.read("indexes/index.cdx").decode().splitlines()
        pages = [json.loads(row) for row in archive.read("pages/pages.jsonl").splitlines()]
    url = f"urn:view:{record_of(1, contents).final_url}"
    facts = json.loads(line.partition(" ")[2].partition(" ")[2])
    assert (facts["url"], facts["mime"], facts["filename"]) == (url, "image/png", "shown.warc.gz")
    assert [page.get("url") for page in pages][2] == url
    start, length = int(facts["offset"]), int(facts["length"])
    records = ArchiveIterator(io.BytesIO(shown[start : start + length]), check_digests="raise")
    assert [record.content_stream().read() for record in records] == [contents["screenshot.png"]]
