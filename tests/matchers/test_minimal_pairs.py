"""Invented titles that differ in one word: what each does with a mark, how it is spelt, whether it is queued."""

import csv
from pathlib import Path

import pytest

from matchers.match import Matcher
from records.hit import QUEUE_TIERS
from records.watchlist import Mark, WatchList
from tests.matchers.watch import listing

_MARKS = (
    "Nike|Adidas|Gucci|Dior|Chanel|Hermes|Louis Vuitton|Shiseido|Anessa|Hada Labo|Sunplay|Honda|Sony|Samsung|iPhone"
    "|Hello Kitty|Pokemon|Doraemon|Nikon|Makita|Rolex|Uniqlo|Lego|Omega|Converse|Seiko|Casio|Mizuno|Toshiba|Panasonic"
    "|Rohto|Meiji|Merries|Moony|Nintendo|Gundam|Vans|Tiffany"
)
_WORDS = "Apple|Attack|Kate|Oxy|Jordan|Sharp|Citizen|Canon|Puma|Brother|Lion|Pilot|Supreme|Kirin|Pigeon|Kao|Levi's"
_VARIANTS = {"Anessa": ("アネッサ",), "Rohto": ("ロート",), "Honda": ("ホンダ",)}
MATCHER = Matcher(
    WatchList(
        marks=tuple(
            Mark(
                mark_id=text.lower().replace(" ", "-").replace("'", "-"),
                text=text,
                variants=_VARIANTS.get(text, ()),
                ambiguous=text in _WORDS.split("|"),
            )
            for text in (_MARKS + "|" + _WORDS).split("|")
        )
    )
)
# The classes that the published figures tell apart.
KIND = {"brand": "brand", "theme": "brand", "compatible": "compatible", "homonym": "not named", "none": "not named"}
ROWS = list(
    csv.DictReader(
        (Path(__file__).parent / "minimal_pairs.tsv").read_text(encoding="utf-8").splitlines(), delimiter="\t"
    )
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["title"])
def test_a_title_is_read_as_an_officer_reads_it(row: dict[str, str]) -> None:
    hits = {hit.mark_id: hit for hit in MATCHER.match(listing({"title": row["title"]}), everything=True)}
    hit = hits.get(row["mark"])
    relation = "none" if hit is None else hit.relation
    assert KIND[relation] == KIND[row["relation"]]
    assert ("yes" if hit is not None and hit.tier in QUEUE_TIERS else "no") == row["queued"]
    if hit is not None and relation != "homonym":
        assert hit.spelling == row["spelling"]
