from dataclasses import replace
from decimal import Decimal

from alerts.digest import PriceShare
from matchers.match import Matcher
from tests.alerts.cases import PRODUCTS, WATCHLIST, make_digest, make_hit, stored


def test_the_matchers_own_price_chain_is_understood() -> None:
    listing = replace(make_hit(title="HANAMORI 50ml").listing, gtin=PRODUCTS[0].gtin)
    hits = [hit for hit in Matcher(WATCHLIST).match(listing, everything=True) if hit.track == "price"]
    assert len(hits) == 1
    assert make_digest((stored(hits[0]),)).lines[0].share == PriceShare(percent=Decimal("74.3"), reference="minimum")
