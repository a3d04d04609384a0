"""What is known around the offers of a batch: looked up in the database, the batch's own offers added."""

from collections.abc import Iterable
from datetime import datetime

from matchers.match import Reading
from records.offers import NO_CONTEXT, PriceContext
from storage.database import Database
from storage.product_offers import load_price_context


def price_context(database: Database, readings: Iterable[Reading], at: datetime) -> PriceContext:
    """Return other offers of the same products and sellers, and the listings' own earlier prices."""
    offers = [offer for reading in readings for offer in reading.product_offers]
    if not offers:
        return NO_CONTEXT
    with database.read() as session:
        return load_price_context(session, offers, at).with_offers(offers)
