"""Real web-shop pages with known prices: how many of them the shop reader gets right may only grow."""

import gzip
import json
from contextlib import suppress
from decimal import Decimal

import pytest

from spiders.errors import ReadingError
from tests.realdata import data_path
from tests.spiders.answers import read

# Of 69 pages 65 state a price; the others carry no product data that a program can find without guessing.
RIGHT_PRICES = 48
WRONG_PRICES = 2


@pytest.mark.real
def test_the_shop_reader_gets_as_many_prices_right_as_it_did() -> None:
    truths = json.loads(data_path("product_pages", "ground-truth.json").read_text())
    right = wrong = 0
    for page, truth in truths.items():
        body = gzip.decompress(data_path("product_pages", "html", f"{page}.html.gz").read_bytes())
        with suppress(ReadingError):
            listings = read("shop", body, truth["url"]).listings
            price = listings[0].offer.price if len(listings) == 1 else None
            if price is not None:
                is_right = price.amount in [Decimal(value.replace(",", "")) for value in truth.get("price", [])]
                right += is_right
                wrong += not is_right
    assert right >= RIGHT_PRICES
    assert wrong <= WRONG_PRICES
