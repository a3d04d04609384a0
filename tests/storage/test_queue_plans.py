"""The queue is read along an index: no page sorts, none walks the table."""

import itertools
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.dialects import sqlite

from storage.database import open_database
from storage.hit_records import HitFilter, Sort, View
from storage.queue import beyond, conditions, order_of
from storage.tables import hits
from tests.storage.factories import START

VIEWS: tuple[View, ...] = ("unreviewed", "confirmed", "rejected", "unsure", "below", "price", "disguised", "all")
FILTERS = [HitFilter(view=view) for view in VIEWS] + [
    HitFilter(brand="b"),
    HitFilter(market="m"),
    HitFilter(view="all", seller_id="s"),
]


@pytest.mark.parametrize("sort", ["score", "newest"])
def test_every_page_is_read_along_an_index(sqlite_template: Path, sort: Sort) -> None:
    database = open_database(f"sqlite:///{sqlite_template}")
    with database.read() as session:
        for hit_filter, is_later in itertools.product(FILTERS, (False, True)):
            if sort == "newest" and hit_filter.seller_id is not None:
                continue  # sorted: one seller has few hits
            query = select(hits).where(*conditions(hit_filter)).order_by(*order_of(sort)).limit(51)
            if is_later:
                query = query.where(beyond((0.5 if sort == "score" else START, "X"), sort, forward=True))
            compiled = query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
            plan = [str(row[3]) for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}")]
            assert any("USING INDEX ix_hits_" in step for step in plan), (hit_filter, plan)
            assert not any("TEMP B-TREE" in step for step in plan), (hit_filter, plan)
    database.close()
