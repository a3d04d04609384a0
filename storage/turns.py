"""Taking turns: two transactions that name the same thing follow one another."""

import hashlib

from sqlalchemy import text
from sqlalchemy.orm import Session


def take_turn(session: Session, name: str) -> None:
    """Wait until no other writer holds that name, and hold it until the transaction ends.

    SQLite has one writer anyway. On PostgreSQL it is a lock of the transaction, which a connection pooler bears.
    """
    if session.get_bind().dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})
