"""The line formats of price lists, promotion calendars and exchange rates; readers raise `BadField`."""

from records.prices import ExchangeRate, ListedPrice
from records.row_fields import BadField, Row, read_day, read_decimal, read_money, read_required, read_text


def price_from_row(row: Row) -> ListedPrice:
    """Return the entry of one row of a price list or promotion calendar; raise BadField."""
    product_id = read_required(row, "product_id").strip()
    currency = read_text(row, "currency")
    currency = None if currency is None else currency.strip().upper()
    valid_from, valid_until = read_day(row, "valid_from"), read_day(row, "valid_until")
    list_price, minimum_price = (read_money(row, name, currency) for name in ("list_price", "minimum_price"))
    if list_price is None and minimum_price is None:
        raise BadField("list_price", "and minimum_price are both missing")
    if list_price is not None and minimum_price is not None and minimum_price.amount > list_price.amount:
        raise BadField("minimum_price", f"is above the list price: {row['minimum_price']!r}")
    if valid_from is not None and valid_until is not None and valid_until < valid_from:
        raise BadField("valid_until", f"is before valid_from: {valid_until}")
    promotion = read_text(row, "promotion")
    if promotion is not None and (valid_from is None or valid_until is None):
        raise BadField("valid_from" if valid_from is None else "valid_until", "is missing: a promotion has both days")
    market = read_text(row, "market")
    return ListedPrice(
        product_id=product_id,
        list_price=list_price,
        minimum_price=minimum_price,
        valid_from=valid_from,
        valid_until=valid_until,
        market=None if market is None else market.strip(),
        promotion=None if promotion is None else promotion.strip(),
    )


def rate_from_row(row: Row) -> ExchangeRate:
    """Return the exchange rate of one row of a rate list (currency, quote, rate, valid_on); raise BadField."""
    codes = [read_required(row, name).strip().upper() for name in ("currency", "quote")]
    rate, valid_on = read_decimal(row, "rate"), read_day(row, "valid_on")
    if rate is None:
        raise BadField("rate", "is missing")
    if rate <= 0:
        raise BadField("rate", f"is not above zero: {row['rate']!r}")
    if valid_on is None:
        raise BadField("valid_on", "is missing")
    try:
        return ExchangeRate(currency=codes[0], quote=codes[1], rate=rate, valid_on=valid_on)
    except ValueError as problem:
        raise BadField("currency", str(problem).removeprefix("currency: ")) from None
