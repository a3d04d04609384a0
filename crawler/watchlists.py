"""Puts watch lists together from files, and keeps them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from crawler.errors import BadInput
from crawler.files import kind_of, read_marks, read_owners, read_products, read_sellers
from records.watchlist import AuthorisedSeller, Mark, Owner, Product, WatchList, WatchListError
from storage.audit import record_audit
from storage.changes import Change
from storage.database import Database
from storage.watchlist import save_marks, save_owners, save_products, save_sellers


@dataclass(slots=True)
class ListFiles:
    """The rows of the files of one import, by kind."""

    marks: list[Mark] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)
    sellers: list[AuthorisedSeller] = field(default_factory=list)
    owners: list[Owner] = field(default_factory=list)

    @classmethod
    def read(cls, paths: Sequence[Path]) -> "ListFiles":
        """Read every file by the kind its columns tell; one id in two files is an error naming both."""
        lists = cls()
        seen: dict[tuple[str, str], Path] = {}
        for path in paths:
            kind = kind_of(path)
            for identity in lists._add(kind, path):
                first = seen.setdefault((kind, identity), path)
                if first is not path:
                    raise BadInput(f"{path}: {identity!r} stands in {first} already")
        return lists

    def _add(self, kind: str, path: Path) -> list[str]:
        if kind == "marks":
            marks = read_marks(path)
            self.marks += marks
            return [mark.mark_id for mark in marks]
        if kind == "products":
            products = read_products(path)
            self.products += products
            return [product.product_id for product in products]
        if kind == "owners":
            owners = read_owners(path)
            self.owners += owners
            return [owner.name for owner in owners]
        self.sellers += read_sellers(path)
        return []

    def merged_into(self, known: WatchList) -> WatchList:
        """Return the watch list as it would be after the import; raise WatchListError when it contradicts itself."""
        marks = dict(known.mark_by_id) | {mark.mark_id: mark for mark in self.marks}
        products = dict(known.product_by_id) | {product.product_id: product for product in self.products}
        return replace(
            known,
            marks=tuple(marks.values()),
            products=tuple(products.values()),
            sellers=tuple(dict.fromkeys((*known.sellers, *self.sellers))),
        )


def read_watchlist(marks: Path, products: Path | None, sellers: Path | None, as_of: date) -> WatchList:
    """Return the watch list of those files alone; an error names the file whose rows do not fit."""
    try:
        return WatchList(
            marks=tuple(read_marks(marks)),
            products=() if products is None else tuple(read_products(products)),
            sellers=() if sellers is None else tuple(read_sellers(sellers)),
            as_of=as_of,
        )
    except WatchListError as problem:
        names = ", ".join(str(path) for path in (marks, products, sellers) if path is not None)
        raise BadInput(f"{names}: {problem}") from None


def save_lists(database: Database, lists: ListFiles, at: datetime, *, actor: str) -> Mapping[str, Change]:
    """Store the lists in one transaction with an audit row; return what changed by kind of list."""
    with database.write() as session:
        changes = {
            "owners": save_owners(session, lists.owners),
            "marks": save_marks(session, lists.marks),
            "products": save_products(session, lists.products),
            "sellers": save_sellers(session, lists.sellers),
        }
        data = {
            kind: {"added": change.added, "changed": change.changed, "unchanged": change.unchanged}
            for kind, change in changes.items()
        }
        record_audit(session, at, actor, "watchlist.import", "watchlist", data)
    return changes
