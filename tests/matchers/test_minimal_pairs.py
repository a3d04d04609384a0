"""Invented titles that differ in one word: what each does with a mark, how it is spelt, whether it is queued."""

import csv
from pathlib import Path

import pytest

from matchers.match import Matcher
from records.hit import QUEUE_TIERS
from records.watchlist import Mark, WatchList
from tests.matchers.watch import listing

_MARKS = (
    "Nike|Adidas|Gucci|Dior|Chanel|Louis Vuitton|Shiseido|Anessa|Hada Labo|Sunplay|Honda|Sony|Samsung|iPhone"
    "|Hello Kitty|Pokemon|Doraemon|Nikon|Makita|Rolex|Uniqlo|Lego|Converse|Casio|Mizuno|Toshiba|Panasonic"
    "|Rohto|Meiji|Merries|Moony|Nintendo|Gundam|Skin Aqua|New Balance|Onitsuka Tiger|Under Armour"
    "|Tory Burch|Yonex|Balenciaga|Burberry|Lacoste|Prada|Biore|Innisfree|La Roche-Posay|Transino|Mitsubishi|Fujifilm"
    "|Salonpas|Ajinomoto|Epson|Toyota|Daikin|YKK|Shimano|Yamaha|NGK|AirPods|Bandai|Muji|Omron|Hitachi|Melano CC"
    "|The North Face|Maxell|Murata|Laurier|Canmake|Calbee|SK-II|Tiffany"
)
_WORDS = (
    "Apple|Attack|Kate|Oxy|Jordan|Sharp|Citizen|Canon|Puma|Brother|Lion|Pilot|Supreme|Kirin|Pigeon|Kao|Levi's|Tiger"
    "|Champion|Omega|Seiko|Suzuki|The Ordinary|One Piece|Tsubaki|MLB|Off-White|Acnes|Bape|Cezanne|Senka|DHC|YSL|Celine"
    "|Hermes|TDK|Vans"
)
_VARIANTS = {
    "Anessa": ("アネッサ",),
    "Rohto": ("ロート",),
    "Honda": ("ホンダ",),
    "SK-II": ("skii", "sk2"),
    "Levi's": ("levis", "levi s"),
    "Off-White": ("off white",),
    "La Roche-Posay": ("la roche posay",),
    "One Piece": ("ワンピース",),
    "Tsubaki": ("ツバキ",),
    "Tiger": ("タイガー",),
    "Lion": ("ライオン",),
    "Kirin": ("キリン", "麒麟"),
    "Pilot": ("パイロット",),
    "Pigeon": ("ピジョン",),
    "Meiji": ("明治",),
    "Brother": ("ブラザー",),
    "Champion": ("チャンピオン",),
    "Omega": ("オメガ",),
    "Seiko": ("セイコー",),
    "Suzuki": ("スズキ",),
    "Attack": ("アタック",),
    "Mitsubishi": ("三菱",),
    "Calbee": ("カルビー",),
    "Doraemon": ("ドラえもん",),
    "Kate": ("ケイト",),
    "Citizen": ("シチズン",),
}
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
