"""How well pack sizes are read from titles: total content and kind against labels.

python -m benchmarks.pack_sizes FILE [--half 0|1] [--predictions OUT]
"""

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path

from matchers.price.pack_size import PackSize, read_pack

LEAST_SURE = 2
Row = Mapping[str, object]


def half_of(row: Row) -> int:
    """Return the half that a row belongs to, by the hash of its id: rules are written looking at half 0 only."""
    return int(hashlib.sha256(str(row["id"]).encode()).hexdigest(), 16) % 2


def read_row(row: Row) -> PackSize:
    """Return the pack read from a labelled row's title, with its category as context."""
    category = row.get("cat") or row.get("category")
    return read_pack(str(row["title"]), (str(category),) if category else ())


def total_of(amount: object, unit: object, count: object) -> tuple[Decimal, str | None]:
    """Return content with its unit, or the count alone where no amount is stated."""
    number = Decimal(str(count))
    return (number, None) if amount is None else (Decimal(str(amount)) * number, str(unit))


def is_total_right(row: Row, pack: PackSize) -> bool:
    """Say whether the whole content is as labelled; how it splits into amount and count does not matter."""
    return total_of(row["unit_amount"], row["unit"], row["count"]) == total_of(pack.unit_amount, pack.unit, pack.count)


def score(rows: Iterable[tuple[Row, PackSize]]) -> dict[str, object]:
    """Return the figures over the rows that are sure enough."""
    counts: Counter[str] = Counter()
    for row, pack in rows:
        counts["rows"] += 1
        counts["total"] += is_total_right(row, pack)
        counts["kind"] += row["kind"] == pack.kind
        counts["gift"] += bool(row["gift"]) == pack.gift
    number = max(counts["rows"], 1)
    return {
        "rows": counts["rows"],
        "total_accuracy": round(counts["total"] / number, 4),
        "kind_accuracy": round(counts["kind"] / number, 4),
        "gift_accuracy": round(counts["gift"] / number, 4),
    }


def _predictions(rows: Iterable[tuple[Row, PackSize]]) -> Iterator[str]:
    for row, pack in rows:
        amount = None if pack.unit_amount is None else float(pack.unit_amount)
        line = {"id": row["id"], "unit_amount": amount, "unit": pack.unit, "count": pack.count, "kind": pack.kind}
        yield json.dumps({**line, "gift": pack.gift}) + "\n"


def main(arguments: list[str] | None = None) -> None:
    """Print the table and, last, one line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pack_sizes", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--half", type=int, choices=(0, 1), help="only the rows of one half")
    parser.add_argument("--misses", action="store_true", help="print the rows that were read wrong")
    parser.add_argument("--predictions", type=Path, help="write id, unit_amount, unit, count, kind of each row")
    options = parser.parse_args(arguments)
    with options.file.open(encoding="utf-8") as file:
        labelled = [row for row in map(json.loads, file) if options.half in {None, half_of(row)}]
    read = [(row, read_row(row)) for row in labelled]
    if options.predictions:
        with options.predictions.open("w", encoding="utf-8") as out:
            out.writelines(_predictions(read))
    sure = [(row, pack) for row, pack in read if row["sure"] >= LEAST_SURE]
    if options.misses:
        for row, pack in sure:
            if not is_total_right(row, pack) or row["kind"] != pack.kind:
                label = f"{row['unit_amount']} {row['unit']} x{row['count']} {row['kind']}"
                ours = f"{pack.unit_amount} {pack.unit} x{pack.count} {pack.kind}"
                print(f"{label} | {ours} | {row['cat']} | {row['title']}")
    figures = score(sure)
    halves = {half: score([one for one in sure if half_of(one[0]) == half]) for half in (0, 1)}
    print(f"{'rows':<12}{'total':>8}{'kind':>8}{'gift':>8}")
    for name, table in {"all": figures, "half 0": halves[0], "half 1": halves[1]}.items():
        print(f"{name:<12}{table['total_accuracy']:>8}{table['kind_accuracy']:>8}{table['gift_accuracy']:>8}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
