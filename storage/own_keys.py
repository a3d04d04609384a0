"""A person's own choice of the console's single keys."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.review_tables import own_keys
from storage.upsert import upsert


def save_keys(session: Session, login: str, keys: Mapping[str, str], *, switched_on: bool) -> None:
    """Keep a person's keys: default key to own key."""
    values = {"keys": dict(keys), "switched_on": switched_on}
    statement = upsert(session, own_keys).values(login=login, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["login"], set_=values))


def load_keys(session: Session, login: str) -> tuple[Mapping[str, str], bool]:
    """Return a person's keys and whether they are switched on; no own choice is an empty one."""
    row = session.execute(select(own_keys).where(own_keys.c.login == login)).one_or_none()
    return ({}, True) if row is None else (row.keys, row.switched_on)
