"""Watch lists of many marks that are words, or one letter away from one, must not fill the queue."""

import pytest

from matchers.match import Matcher
from records.hit import QUEUE_TIERS
from records.watchlist import Mark, WatchList
from tests.matchers.watch import listing

_TEXTS = "COACHE|Locals|Googie|SToL|ML|47|CUSTOM X|Camiera|Montbranc|Montblanc|Zenvo Labs|Kardello"
MATCHER = Matcher(WatchList(marks=tuple(Mark(mark_id=text, text=text) for text in _TEXTS.split("|"))))

NOT_QUEUED = (
    "Áo thun local brand nam phong cách",
    "Túi cách điệu custom da bò",
    "Google Pixel 8 Pro",
    "Bộ quần áo nam ST01",
    "Tã quần size M/L",
    "Giày thể thao 4.7 inch",
    "Nước hoa nam Montblanc Legend",
    "Áo khoác nam camera hành trình",
)
QUEUED = ("Áo khoác Karrdello nam", "Túi xách K.a.r.d.e.l.l.o", "Giày Kardello rep 1:1")


@pytest.mark.parametrize("title", NOT_QUEUED)
def test_words_codes_and_sizes_near_a_mark_stay_out_of_the_queue(title: str) -> None:
    assert [hit for hit in MATCHER.match(listing({"title": title})) if hit.tier in QUEUE_TIERS] == []


@pytest.mark.parametrize("title", QUEUED)
def test_a_long_mark_of_unknown_trade_is_still_caught(title: str) -> None:
    assert [hit.mark_id for hit in MATCHER.match(listing({"title": title})) if hit.tier in QUEUE_TIERS] == ["Kardello"]


def test_a_word_that_is_a_mark_itself_is_no_misspelling_of_another() -> None:
    hits = MATCHER.match(listing({"title": "Nước hoa Montblanc"}), everything=True)
    assert [hit.mark_id for hit in hits] == ["Montblanc"]


def test_a_possessive_apostrophe_is_ordinary_spelling() -> None:
    matcher = Matcher(WatchList(marks=(Mark(mark_id="johnsons", text="Johnsons"),)))
    (hit,) = matcher.match(listing({"title": "Sữa tắm Johnson's Baby"}))
    assert (hit.spelling, hit.tier) == ("exact", "low")
