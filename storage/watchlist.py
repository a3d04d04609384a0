"""The watch list: owners, marks, products and authorised sellers as last imported."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Table, func, insert, select, update
from sqlalchemy.orm import Session

from records.watchlist import AuthorisedSeller, Brand, Mark, Owner, Product, WatchList, WatchListError
from storage.changes import Change
from storage.column_types import canonical, storable_document
from storage.counts import recount, write_counts
from storage.listings import money_of, money_values
from storage.prices import load_listed_prices, load_rates
from storage.review_tables import outcomes
from storage.tables import authorised_sellers, hits, marks, owners, products

Values = dict[str, Any]


def _mark_values(mark: Mark) -> Values:
    return {
        "mark_id": mark.mark_id,
        "text": mark.text,
        "brand": mark.brand,
        "owner": mark.owner,
        "variants": list(mark.variants),
        "registration_no": mark.registration_no,
        "office": mark.office,
        "nice_classes": list(mark.nice_classes),
        "valid_until": mark.valid_until,
        "ambiguous": mark.ambiguous,
    }


def _mark_of(row: Mapping[Any, Any]) -> Mark:
    values = dict(row)
    return Mark(**values | {"variants": tuple(row["variants"]), "nice_classes": tuple(row["nice_classes"])})


def _product_values(product: Product) -> Values:
    return {
        "product_id": product.product_id,
        "mark_id": product.mark_id,
        "name": product.name,
        "gtin": product.gtin,
        "mpn": product.mpn,
        **money_values(list_price=product.list_price, minimum_price=product.minimum_price),
        "unit_amount": None if product.unit_amount is None else f"{product.unit_amount:f}",
        "unit": product.unit,
        "count": product.count,
    }


def _product_of(row: Mapping[Any, Any]) -> Product:
    return Product(
        product_id=row["product_id"],
        mark_id=row["mark_id"],
        name=row["name"],
        gtin=row["gtin"],
        mpn=row["mpn"],
        list_price=money_of(row, "list_price"),
        minimum_price=money_of(row, "minimum_price"),
        unit_amount=None if row["unit_amount"] is None else Decimal(row["unit_amount"]),
        unit=row["unit"],
        count=row["count"],
    )


def _seller_values(seller: AuthorisedSeller) -> Values:
    key = [seller.mark_id, seller.market, seller.seller_id, seller.seller_name]
    return {
        "permission_id": hashlib.sha256(canonical(key).encode()).hexdigest(),
        "mark_id": seller.mark_id,
        "market": seller.market,
        "seller_id": seller.seller_id,
        "seller_name": seller.seller_name,
        "valid_from": seller.valid_from,
        "valid_until": seller.valid_until,
    }


def _seller_of(row: Mapping[Any, Any]) -> AuthorisedSeller:
    return AuthorisedSeller(**{name: value for name, value in row.items() if name != "permission_id"})


def _owner_values(owner: Owner) -> Values:
    return {"name": owner.name, "emails": list(owner.emails), "language": owner.language}


def _owner_of(row: Mapping[Any, Any]) -> Owner:
    return Owner(name=row["name"], emails=tuple(row["emails"]), language=row["language"])


def _save(session: Session, table: Table, rows: Iterable[Values]) -> tuple[Change, list[Values]]:
    """Insert or update rows by their key; return the counts and the rows that changed."""
    key = table.primary_key.columns.values()[0]
    known = {row[key.name]: dict(row) for row in session.execute(select(table)).mappings()}
    added, changed, unchanged = 0, [], 0
    for made in rows:
        row = {name: storable_document(value) for name, value in made.items()}
        before = known.get(row[key.name])
        if before is None:
            session.execute(insert(table).values(row))
            added += 1
        elif before == row:
            unchanged += 1
        else:
            session.execute(update(table).where(key == row[key.name]).values(row))
            changed.append(row)
        known[row[key.name]] = row
    return Change(added=added, changed=len(changed), unchanged=unchanged), changed


def _require_marks(session: Session, named: Iterable[tuple[str, str]]) -> None:
    known = set(session.scalars(select(marks.c.mark_id)))
    for what, mark_id in named:
        if mark_id not in known:
            raise WatchListError(f"{what}: unknown mark {mark_id!r}")


def save_owners(session: Session, new: Sequence[Owner]) -> Change:
    """Keep the owners, each by its name."""
    return _save(session, owners, (_owner_values(owner) for owner in new))[0]


def save_marks(session: Session, new: Sequence[Mark]) -> Change:
    """Keep the marks, each by its mark_id; hits of a mark follow its brand and owner."""
    change, changed = _save(session, marks, (_mark_values(mark) for mark in new))
    for row in changed:
        _move_hits(session, row["mark_id"], row["brand"] or row["text"], row["owner"])
    return change


def _move_hits(session: Session, mark_id: str, brand: str, owner: str | None) -> None:
    """Give the hits of a mark its new brand and owner, and their counters with them."""
    write_counts(session)
    before = set(session.scalars(select(hits.c.brand).where(hits.c.mark_id == mark_id).distinct()))
    session.execute(update(hits).where(hits.c.mark_id == mark_id).values(brand=brand, owner=owner))
    session.execute(update(outcomes).where(outcomes.c.mark_id == mark_id).values(brand=brand))
    recount(session, sorted(before | {brand}))


def save_products(session: Session, new: Sequence[Product]) -> Change:
    """Keep the products, each by its product_id; raise WatchListError for a mark that is not kept."""
    _require_marks(session, ((f"product {product.product_id!r}", product.mark_id) for product in new))
    return _save(session, products, (_product_values(product) for product in new))[0]


def save_sellers(session: Session, new: Sequence[AuthorisedSeller]) -> Change:
    """Keep the permissions, each by mark, market and seller; raise WatchListError for a mark that is not kept."""
    _require_marks(
        session, ((f"authorised seller {seller.seller_id or seller.seller_name!r}", seller.mark_id) for seller in new)
    )
    return _save(session, authorised_sellers, (_seller_values(seller) for seller in new))[0]


def load_watchlist(session: Session, as_of: date | None) -> WatchList:
    """Return everything that is watched, each part in the order of its ids, judged as of that day."""
    return WatchList(
        marks=tuple(_mark_of(row) for row in session.execute(select(marks).order_by(marks.c.mark_id)).mappings()),
        products=tuple(
            _product_of(row) for row in session.execute(select(products).order_by(products.c.product_id)).mappings()
        ),
        sellers=tuple(
            _seller_of(row)
            for row in session.execute(
                select(authorised_sellers).order_by(
                    authorised_sellers.c.mark_id, authorised_sellers.c.market, authorised_sellers.c.permission_id
                )
            ).mappings()
        ),
        owners=load_owners(session),
        prices=load_listed_prices(session),
        rates=load_rates(session),
        as_of=as_of,
    )


def load_owners(session: Session) -> tuple[Owner, ...]:
    """Return all owners with their addresses, by name."""
    return tuple(_owner_of(row) for row in session.execute(select(owners).order_by(owners.c.name)).mappings())


def load_owner(session: Session, name: str) -> Owner | None:
    """Return the owner of that name, None where the watch list has none."""
    row = session.execute(select(owners).where(owners.c.name == name)).mappings().one_or_none()
    return None if row is None else _owner_of(row)


def load_brands(session: Session) -> tuple[Brand, ...]:
    """Return the brands of the marks, by name; a mark without a brand is a brand of its own text."""
    name = func.coalesce(marks.c.brand, marks.c.text).label("name")
    rows = session.execute(select(name, func.max(marks.c.owner).label("owner")).group_by(name).order_by(name))
    return tuple(Brand(name=row.name, owner=row.owner) for row in rows)
