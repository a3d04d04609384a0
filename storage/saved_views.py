"""A person's own views: a name for an address of the queue."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from storage.errors import AlreadyThere
from storage.hit_content import encode
from storage.review_tables import saved_views

MAX_VIEWS: Final = 20
MAX_NAME: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """One saved view."""

    view_id: str
    name: str
    query: str
    """Query string of the queue's address."""


def save_view(session: Session, login: str, name: str, query: str, at: datetime) -> SavedView:
    """Keep a view under a name; raise AlreadyThere for a name in use, or when there are MAX_VIEWS already."""
    name = name.strip()[:MAX_NAME]
    mine = saved_views.c.login == login
    if session.scalar(select(saved_views.c.view_id).where(mine, saved_views.c.name == name)) is not None:
        raise AlreadyThere(f"a view named {name!r} exists")
    if (session.scalar(select(func.count()).select_from(saved_views).where(mine)) or 0) >= MAX_VIEWS:
        raise AlreadyThere(f"{MAX_VIEWS} views are kept already")
    view = SavedView(view_id=encode(secrets.randbits(50), 10), name=name, query=query)
    session.execute(insert(saved_views).values(view_id=view.view_id, login=login, name=name, query=query, made_at=at))
    return view


def remove_view(session: Session, login: str, view_id: str) -> None:
    """Remove a person's own view; nothing happens where there is none."""
    session.execute(delete(saved_views).where(saved_views.c.login == login, saved_views.c.view_id == view_id))


def load_saved_views(session: Session, login: str) -> tuple[SavedView, ...]:
    """Return a person's own views, by name."""
    query = select(saved_views).where(saved_views.c.login == login).order_by(saved_views.c.name)
    return tuple(SavedView(view_id=row.view_id, name=row.name, query=row.query) for row in session.execute(query))
