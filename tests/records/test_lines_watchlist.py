from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from records.lines import mark_from_row, owner_from_row, product_from_row, seller_from_row
from records.money import Money
from records.row_fields import BadField
from records.watchlist import AuthorisedSeller, Mark, Owner, Product

MARK: dict[str, Any] = {"mark_id": "HAN-1", "text": "HANAMORI"}
PRODUCT: dict[str, Any] = {"product_id": "P-1", "mark_id": "HAN-1", "name": "Foam", "currency": "VND"}
SELLER: dict[str, Any] = {"mark_id": "HAN-1", "market": "tiki_vn", "seller_id": "5"}
OWNER: dict[str, Any] = {"owner": "Hanamori Cosmetics", "emails": "a@hanamori.example.com"}


def test_a_whole_mark_row_is_read_field_by_field() -> None:
    row = {
        **MARK, "brand": "Hanamori", "owner": "Hanamori Cosmetics", "variants": "ハナモリ| 花守 |", "office": "VN",
        "registration_no": "4-1", "nice_classes": "3|5", "valid_until": "2031-05-20", "ambiguous": "true",
    }  # fmt: skip
    assert mark_from_row(row) == Mark(
        mark_id="HAN-1",
        text="HANAMORI",
        brand="Hanamori",
        owner="Hanamori Cosmetics",
        variants=("ハナモリ", "花守"),
        registration_no="4-1",
        office="VN",
        nice_classes=(3, 5),
        valid_until=date(2031, 5, 20),
        ambiguous=True,
    )


def test_two_fields_are_enough_for_a_mark() -> None:
    assert mark_from_row({**MARK, "ambiguous": ""}) == Mark(mark_id="HAN-1", text="HANAMORI")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mark_id", ""), ("text", None), ("valid_until", "20.05.2031"), ("valid_until", "2031-02-30"),
        ("nice_classes", "0"), ("nice_classes", "46"), ("nice_classes", "3|x"), ("ambiguous", "perhaps"),
    ],
)  # fmt: skip
def test_a_wrong_mark_field_is_an_error_that_names_it(name: str, value: object) -> None:
    with pytest.raises(BadField) as caught:
        mark_from_row({**MARK, name: value})
    assert caught.value.field == name


def test_a_whole_product_row_is_read_field_by_field() -> None:
    row = {
        **PRODUCT, "gtin": "2910000001373", "mpn": "X-1", "list_price": "189000", "minimum_price": 149000,
        "unit_amount": "2.5", "unit": "ml", "count": "10",
    }  # fmt: skip
    assert product_from_row(row) == Product(
        product_id="P-1",
        mark_id="HAN-1",
        name="Foam",
        gtin="2910000001373",
        mpn="X-1",
        list_price=Money(amount=Decimal(189_000), currency="VND", raw="189000"),
        minimum_price=Money(amount=Decimal(149_000), currency="VND", raw="149000"),
        unit_amount=Decimal("2.5"),
        unit="ml",
        count=10,
    )


def test_a_product_without_a_stated_count_is_one_item_without_prices() -> None:
    assert product_from_row(PRODUCT) == Product(product_id="P-1", mark_id="HAN-1", name="Foam")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("product_id", ""), ("mark_id", " "), ("name", None), ("list_price", "cao"), ("minimum_price", "1,000"),
        ("unit", "kg"), ("unit_amount", "0"), ("unit_amount", "-3"), ("count", "0"), ("count", "-1"), ("count", "1.5"),
    ],
)  # fmt: skip
def test_a_wrong_product_field_is_an_error_that_names_it(name: str, value: object) -> None:
    with pytest.raises(BadField) as caught:
        product_from_row({**PRODUCT, name: value})
    assert caught.value.field == name


def test_a_price_without_a_currency_is_an_error_that_names_the_currency() -> None:
    with pytest.raises(BadField) as caught:
        product_from_row({**PRODUCT, "currency": "", "list_price": "5"})
    assert caught.value.field == "currency"


def test_a_whole_permission_row_is_read_field_by_field() -> None:
    row = {**SELLER, "seller_name": "Shop A", "valid_from": "2025-01-01", "valid_until": "2026-12-31"}
    assert seller_from_row(row) == AuthorisedSeller(
        mark_id="HAN-1",
        market="tiki_vn",
        seller_id="5",
        seller_name="Shop A",
        valid_from=date(2025, 1, 1),
        valid_until=date(2026, 12, 31),
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [("mark_id", ""), ("market", ""), ("seller_id", ""), ("valid_from", "1.1.25"), ("valid_until", "soon")],
)
def test_a_wrong_permission_field_is_an_error_that_names_it(name: str, value: object) -> None:
    with pytest.raises(BadField) as caught:
        seller_from_row({**SELLER, name: value})
    assert caught.value.field == name


def test_an_owner_may_have_several_addresses_and_reads_japanese_unless_told() -> None:
    row = {**OWNER, "emails": "a@x.example.com|b@x.example.com"}
    assert owner_from_row(row) == Owner(
        name="Hanamori Cosmetics", emails=("a@x.example.com", "b@x.example.com"), language="ja"
    )
    assert owner_from_row({**OWNER, "language": "vi"}).language == "vi"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("owner", ""), ("language", "fr"), ("emails", "nobody"), ("emails", "a@b@c"), ("emails", "a b@x.example.com"),
        ("emails", "A <a@x.example.com>"), ("emails", "a@x.example.com\nBcc: b@x.example.com"),
        ("emails", "a@x.example.com,b"),
    ],
)  # fmt: skip
def test_a_wrong_owner_field_is_an_error_that_names_it(name: str, value: str) -> None:
    with pytest.raises(BadField) as caught:
        owner_from_row({**OWNER, name: value})
    assert caught.value.field == name
