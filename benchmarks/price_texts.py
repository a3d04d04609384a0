"""How well printed prices are read: labelled texts against their amounts, or every price of a listings file.

python -m benchmarks.price_texts FILE [--predictions OUT]

FILE is a TSV of labelled texts (text, country, amount, amount_max, currency), or listings as JSON Lines (also .gz),
whose price texts are counted by what became of them.
"""

import argparse
import csv
import gzip
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TextIO

from matchers.price.price_text import PriceReading, read_price

# The currency of a market by its country, as the spiders state it.
CURRENCIES: Mapping[str, str] = {
    "VN": "VND", "JP": "JPY", "MX": "MXN", "US": "USD", "ID": "IDR", "DE": "EUR", "ES": "EUR", "GB": "GBP", "IN": "INR",
    "MY": "MYR", "TH": "THB", "PH": "PHP", "SG": "SGD", "TW": "TWD", "HK": "HKD", "CN": "CNY", "KR": "KRW",
}  # fmt: skip
PRICE_FIELDS = ("price_raw", "original_price_raw")


def read_rows(rows: Iterable[Mapping[str, str | None]]) -> Iterator[tuple[Mapping[str, str | None], PriceReading]]:
    """Yield each labelled row with what was read from its text."""
    for row in rows:
        yield row, read_price(row["text"] or "", CURRENCIES[row["country"] or ""])


def is_right(row: Mapping[str, str | None], reading: PriceReading) -> bool:
    """Say whether amount, upper end and, where there is an amount, currency are as labelled."""
    for name, money in (("amount", reading.price), ("amount_max", reading.price_max)):
        wanted = row.get(name)
        if (money is None) != (not wanted):
            return False
        if money is not None and wanted and (money.amount != Decimal(wanted) or money.currency != row["currency"]):
            return False
    return True


def score(readings: Iterable[tuple[Mapping[str, str | None], PriceReading]]) -> dict[str, object]:
    """Return rows, accuracy and the texts that were read wrong."""
    rows = 0
    wrong = []
    for row, reading in readings:
        rows += 1
        if not is_right(row, reading):
            wrong.append(row["text"] or "")
    return {"rows": rows, "accuracy": round(1 - len(wrong) / rows, 4) if rows else 0.0, "wrong": wrong}


def count(lines: Iterable[str]) -> dict[str, object]:
    """Return what became of every price text of the listings: read, a range, or unknown with its reason."""
    outcomes: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    listings = 0
    started = time.process_time()
    for line in lines:
        row = json.loads(line)
        listings += 1
        for field in PRICE_FIELDS:
            text = row.get(field)
            if text is None:
                outcomes[f"{field} absent"] += 1
                continue
            reading = read_price(str(text), row.get("currency"))
            outcomes[f"{field} {_outcome(reading)}"] += 1
            if reading.price is None:
                reasons[f"{field}: {reading.reason}"] += 1
    texts = sum(number for name, number in outcomes.items() if not name.endswith("absent"))
    unread = sum(reasons.values())
    return {
        "rows": texts,
        "accuracy": None,
        "wrong": [],
        "listings": listings,
        "outcomes": dict(sorted(outcomes.items())),
        "reasons": dict(reasons.most_common()),
        "share_read": round(1 - unread / texts, 4) if texts else 0.0,
        "cpu_seconds": round(time.process_time() - started, 1),
    }


def _outcome(reading: PriceReading) -> str:
    if reading.price is None:
        return "unknown"
    return "read" if reading.price_max is None else "read as a range"


def _open(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8", newline="")


def main(arguments: list[str] | None = None) -> None:
    """Print the table and, last, one line of JSON."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.price_texts",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--predictions", type=Path, help="write text, amount, amount_max, currency of each labelled row"
    )
    options = parser.parse_args(arguments)
    with _open(options.file) as file:
        if ".jsonl" in options.file.name:
            figures = count(file)
            for name in ("outcomes", "reasons"):
                table = figures[name]
                if isinstance(table, dict):
                    print("\n".join(f"{key:<40}{number:>9}" for key, number in table.items()))
            print(json.dumps(figures, ensure_ascii=False))
            return
        readings = list(read_rows(csv.DictReader(file, delimiter="\t")))
    if options.predictions:
        with options.predictions.open("w", encoding="utf-8") as out:
            out.writelines(_prediction(row, reading) + "\n" for row, reading in readings)
    figures = score(readings)
    for row, reading in readings:
        if not is_right(row, reading):
            print(f"wrong: {row['text']!r} read as {reading}")
    print(json.dumps(figures, ensure_ascii=False))


def _prediction(row: Mapping[str, str | None], reading: PriceReading) -> str:
    price, price_max = reading.price, reading.price_max
    return json.dumps(
        {
            "text": row["text"] or "",
            "amount": None if price is None else f"{price.amount:f}",
            "amount_max": None if price_max is None else f"{price_max.amount:f}",
            "currency": None if price is None else price.currency,
        },
        ensure_ascii=False,
    )


if __name__ == "__main__":
    main()
