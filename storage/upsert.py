"""INSERT that does not mind a row that is there already; both databases know it, by their own insert()."""

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def upsert(session: Session, table: Table) -> Any:  # both dialects' Insert, which have no common typed base
    """Return an insert into the table that offers on_conflict_do_nothing and on_conflict_do_update."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return sqlite.insert(table) if is_sqlite else postgresql.insert(table)
