"""Price lists and exchange rates by the command line, and prices judged beside what is stored."""

import json
from pathlib import Path
from typing import Any

import pytest

from crawler.cli.main import exit_code
from tests.storage.servers import sqlite_database

MARKS = "mark_id,text\nhana,Hanamori\ntsu,Tsuyuka\nmochi,Mochiko\n"
PRODUCTS = (
    "product_id,mark_id,name,list_price,currency,unit_amount,unit\n"
    "milk,hana,Hanamori UV Milk 50 ml,360000,VND,50,ml\n"
    "dew,tsu,Tsuyuka Dew Serum 30 ml,,,30,ml\n"
)
PRICES = (
    "product_id,list_price,minimum_price,currency,valid_from,valid_until,market,promotion\n"
    "milk,500000,400000,VND,2026-11-01,,,\nmilk,240000,,VND,2026-11-11,2026-11-12,shopee_vn,11.11\n"
)
RATES = "currency,quote,rate,valid_on\nUSD,VND,25000,2026-11-20\n"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name, content in (("marks", MARKS), ("products", PRODUCTS), ("prices", PRICES), ("rates", RATES)):
        (tmp_path / f"{name}.csv").write_text(content, encoding="utf-8")
    return tmp_path


@pytest.fixture
def database(files: Path) -> str:
    url = sqlite_database(files)
    lists = [str(files / "marks.csv"), str(files / "products.csv")]
    assert exit_code(["watchlist", "import", *lists, "--db", url]) == 0
    return url


def listing_line(number: int, title: str, price: str, **more: str) -> str:
    row = {"market": "tiki_vn", "listing_id": str(number), "title": title, "price": price, "currency": "VND"}
    return json.dumps({**row, "seller_id": f"s{number}", "fetched_at": "2026-11-22T08:00:00Z", **more}) + "\n"


def judged(files: Path, lines: list[str], *more: str) -> list[dict[str, Any]]:
    (files / "listings.jsonl").write_text("".join(lines), encoding="utf-8")
    given = ["--marks", str(files / "marks.csv"), "--products", str(files / "products.csv"), *more]
    out = files / "hits.jsonl"
    assert exit_code(["match", *given, "--listings", str(files / "listings.jsonl"), "--out", str(out)]) == 0
    return [hit for line in out.read_text("utf-8").splitlines() if (hit := json.loads(line))["track"] == "price"]


def test_prices_and_rates_are_imported_and_twice_changes_nothing(
    files: Path, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for what, number in (("prices", 2), ("rates", 1)):
        capsys.readouterr()
        for wanted in ({"added": number, "unchanged": 0}, {"added": 0, "unchanged": number}):
            assert exit_code([what, "import", str(files / f"{what}.csv"), "--db", database, "--json"]) == 0
            row = json.loads(capsys.readouterr().out)
            assert {name: row[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ("ghost,500000,,VND,,,,", "line 4: product_id"),
        ("milk,,,VND,,,,", "line 4: list_price"),
        ("milk,500000,,,,,,", "line 4: currency"),
        ("milk,500000,,VND,2026-13-01,,,", "line 4: valid_from"),
        ("milk,500000,,VND,2026-11-12,2026-11-11,,", "line 4: valid_until"),
        ("milk,500000,600000,VND,,,,", "line 4: minimum_price"),
        ("milk,500000,,VND,2026-11-12,,,Tet", "line 4: valid_until"),
        ("milk,500000,,VND,2026-11-01,,,", "line 4: "),
    ],
)
def test_a_bad_price_row_is_named_and_nothing_is_stored(
    files: Path, database: str, capsys: pytest.CaptureFixture[str], row: str, named: str
) -> None:
    (files / "prices.csv").write_text(PRICES + row + "\n", encoding="utf-8")
    assert exit_code(["prices", "import", str(files / "prices.csv"), "--db", database]) == 2
    assert named in capsys.readouterr().err
    (files / "prices.csv").write_text(PRICES, encoding="utf-8")
    assert exit_code(["prices", "import", str(files / "prices.csv"), "--db", database, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["added"] == 2


@pytest.mark.parametrize("row", ["USD,VND,0,2026-11-20", "USD,VND,x,2026-11-20", "USD,USD,1,2026-11-20", "USD,VND,1,"])
def test_a_bad_rate_is_named(files: Path, database: str, capsys: pytest.CaptureFixture[str], row: str) -> None:
    (files / "rates.csv").write_text(RATES + row + "\n", encoding="utf-8")
    assert exit_code(["rates", "import", str(files / "rates.csv"), "--db", database]) == 2
    assert "line 3: " in capsys.readouterr().err


def test_match_judges_prices_by_the_day_the_rate_and_the_other_offers_of_the_file(files: Path) -> None:
    dew = "Tinh chất Tsuyuka Dew Serum 30ml"
    lines = [
        listing_line(1, "Sữa chống nắng Hanamori UV Milk 50ml", "240000"),
        listing_line(2, "Hanamori UV Milk 50ml", "240000", market="shopee_vn", fetched_at="2026-11-10T18:00:00Z"),
        listing_line(3, "Hanamori UV Milk 50ml", "8.00", currency="USD"),
        *(listing_line(number, dew, f"{500000 + number * 1000}") for number in range(10, 16)),
        listing_line(20, dew, "200000"),
    ]
    given = ["--prices", str(files / "prices.csv"), "--rates", str(files / "rates.csv")]
    hits = {hit["listing_id"]: hit for hit in judged(files, lines, *given)}
    assert set(hits) == {"1", "3", "20"}
    assert hits["1"]["tier"] == "high"
    steps = {step["name"]: step for step in hits["3"]["chain"]}
    assert steps["rate"] == {
        "name": "rate", "value": "200,000 VND", "detail": "1 USD = 25000 VND (2026-11-20)",
    }  # fmt: skip
    assert steps["reference"]["detail"] == "list price since 2026-11-01: 500,000 VND for 50 ml"
    (finding,) = hits["20"]["evidence"]
    assert finding["signal"] == "price_below_peers"


def test_explain_shows_every_step_and_why_it_stops(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--marks", str(files / "marks.csv"), "--products", str(files / "products.csv")]
    assert exit_code(["explain", "Hanamori UV Milk 50ml", "--price", "129k", *given]) == 0
    shown = capsys.readouterr().out
    for step in (
        "raw: 129k",
        "amount: 129,000 VND",
        "product: Hanamori",
        "pack: 50 ml",
        "unit_price: 2,580.00 VND / ml",
        "reference: 7,200.00 VND / ml",
        "gap: 35.8 % of the list price (band: strong)",
    ):
        assert step in shown
    assert exit_code(["explain", "Hanamori UV Milk 50ml", "--price", "Liên hệ", *given, "--json"]) == 0
    (offer,) = json.loads(capsys.readouterr().out)["offers"]
    assert offer["problem"] == "unknown price: no number"


def test_rematch_judges_stored_listings_by_new_prices_and_beside_each_other(
    files: Path, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    dew = "Tsuyuka Dew Serum 30ml"
    lines = [listing_line(1, dew, "200000"), *(listing_line(number, dew, "500000") for number in range(2, 9))]
    (files / "listings.jsonl").write_text("".join(lines), encoding="utf-8")
    assert exit_code(["import", "tiki_vn", str(files / "listings.jsonl"), "--db", database]) == 0
    assert exit_code(["rematch", "--db", database]) == 0
    capsys.readouterr()
    assert exit_code(["hits", "list", "--db", database, "--json"]) == 0
    hits = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(hit["listing_id"], hit["track"]) for hit in hits if hit["track"] == "price"] == [("1", "price")]
    assert exit_code(["explain", dew, "--price", "190k", "--db", database]) == 0
    assert "peers: 16,666.67 VND / ml" in capsys.readouterr().out
