"""Saved pages, web archives and HAR files of every market, through `markwatch import` and its readers."""

import json
from pathlib import Path

import pytest

from crawler.cli.main import exit_code
from crawler.imports import ImportCounts, Imported, imported_listings
from spiders.registry import load_markets
from tests.realdata import PROJECT, data_path

DOCUMENTED = PROJECT / "samples" / "documented"
PAGE = (DOCUMENTED / "tiktok_vn" / "product.html").read_bytes()
SAVED = b"<!DOCTYPE html>\n<!-- saved from url=(0056)https://shop.tiktok.com/view/product/1729384756019283746 -->\n"


def taken(market: str, path: Path) -> tuple[list[Imported], ImportCounts]:
    counts = ImportCounts()
    return list(imported_listings(load_markets()[market], path, counts)), counts


def test_the_address_that_a_browser_writes_into_a_saved_page_is_used(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(SAVED + PAGE.removeprefix(b"<!DOCTYPE html>"))
    ((one,), _) = taken("tiktok_vn", path)
    assert one.listing.page_copy is not None
    assert one.listing.page_copy.url == "https://shop.tiktok.com/view/product/1729384756019283746"


def test_an_address_of_another_site_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(SAVED.replace(b"shop.tiktok.com", b"evil.example/x") + PAGE.removeprefix(b"<!DOCTYPE html>"))
    ((one,), _) = taken("tiktok_vn", path)
    assert one.listing.page_copy is not None
    assert one.listing.page_copy.url == "https://shop.tiktok.com"


def test_a_web_archive_is_read_as_its_page(tmp_path: Path) -> None:
    path = tmp_path / "page.mhtml"
    path.write_bytes(
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://shop.tiktok.com/view/product/1\r\n"
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: binary\r\n"
        b"Content-Location: https://shop.tiktok.com/view/product/1\r\n\r\n" + PAGE + b"\r\n--b--\r\n"
    )
    ((one,), _) = taken("tiktok_vn", path)
    assert one.listing.listing_id == "1729384756019283746"
    assert one.listing.page_copy is not None
    assert one.listing.page_copy.url == "https://shop.tiktok.com/view/product/1"


def har(*entries: tuple[str, int, str]) -> str:
    return json.dumps(
        {
            "log": {
                "entries": [
                    {
                        "startedDateTime": "2026-11-24T08:00:00.000Z",
                        "request": {"url": url},
                        "response": {"status": status, "content": {"text": text, "mimeType": "application/json"}},
                    }
                    for url, status, text in entries
                ]
            }
        }
    )


def test_a_har_archive_gives_the_markets_answers_only_and_names_refusals(tmp_path: Path) -> None:
    good = (DOCUMENTED / "lazada_vn" / "catalog-1.json").read_text("utf-8")
    blocked = (DOCUMENTED / "lazada_vn" / "blocked.json").read_text("utf-8")
    path = tmp_path / "session.har"
    path.write_text(
        har(
            ("https://www.lazada.vn/catalog/?ajax=true&q=x&page=1", 200, good),
            ("https://ads.example/catalog/?q=x", 200, good.replace("27000000", "99000000")),
            ("https://www.lazada.vn/catalog/?ajax=true&q=x&page=2", 200, blocked),
        ),
        encoding="utf-8",
    )
    found, counts = taken("lazada_vn", path)
    assert [one.listing.sku for one in found] == ["2700000001", "2700000002"]
    assert len(counts.problems) == 1
    assert "answer 2: https://www.lazada.vn/catalog/?ajax=true&q=x&page=2: blocked:" in counts.problems[0]


def test_a_captcha_page_is_an_error_and_never_an_empty_import(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARKWATCH_DATA_DIR", str(tmp_path))
    url = f"sqlite:///{tmp_path / 'markwatch.db'}"
    assert exit_code(["db", "upgrade", "--db", url]) == 0
    page = DOCUMENTED / "amazon_jp" / "robot-check.html"
    assert exit_code(["import", "amazon_jp", str(page), "--db", url]) == 2
    assert "blocked: Robot Check" in capsys.readouterr().err


@pytest.mark.real
@pytest.mark.parametrize(
    ("market", "name", "count"),
    [
        ("alibaba1688_cn", "search-2024-07.html", 20),
        ("aliexpress_com", "item-he.html", 1),
        ("amazon_jp", "search-2026-04.html", 33),
        ("chotot_vn", "ad-listing-2026-08.json", 3),
        ("ebay_com", "search-2026-02.html", 60),
        ("lazada_ph", "search-2024-02.html", 40),
        ("phongvu_vn", "category-2022-07.html", 15),
        ("rakuten_jp", "item_search_with_keyword_Ruby.json", 30),
        ("sendo_vn", "listing-entries-2023-07.json", 48),
        ("taobao_cn", "item.html", 1),
        ("tiki_vn", "search-2023-10.html", 50),
    ],
)
def test_recorded_files_are_imported(market: str, name: str, count: int) -> None:
    found, counts = taken(market, data_path("recorded", market, name))
    assert len(found) == count
    assert counts.problems == []
