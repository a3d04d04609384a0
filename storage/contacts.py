"""Contact data of sellers: unlocked by name, with a reason, for an hour; hashed anew where the key is another one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from records.listing import Listing
from storage.audit import hold_chain, record_audit
from storage.contact_key import Contact, contacts_in, fingerprint, key_of, keyed
from storage.contact_tables import contact_keys, contact_unlocks
from storage.database import Database
from storage.documents import listing_from_document
from storage.errors import StorageError
from storage.review_tables import seller_facts
from storage.seller_facts import CONTACT_KINDS, save_facts
from storage.tables import hit_documents, hits

UNLOCKED_FOR: Final = timedelta(hours=1)
BATCH: Final = 500


class KeyAbsent(StorageError):
    """The database was opened without the key of contact data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlock:
    """Leave to see a seller's contact data in full."""

    login: str
    reason: str
    at: datetime
    ends_at: datetime


def contacts_of(listings: Iterable[Listing]) -> tuple[Contact, ...]:
    """Return every telephone number and address that the listings state, each once."""
    found = (
        contact for one in listings for contact in contacts_in(f"{one.seller.name}\n{one.title}\n{one.description}")
    )
    return tuple(dict.fromkeys(found))


def unlock_contacts(session: Session, market: str, seller_id: str, login: str, reason: str, at: datetime) -> Unlock:
    """Let a person see a seller's contact data for an hour, with its audit row; KeyAbsent without the key."""
    hold_chain(session)
    seller = _seller(session, market, seller_id)
    made = Unlock(login=login, reason=reason, at=at, ends_at=at + UNLOCKED_FOR)
    values = {"market": market, "seller": seller, "login": login, "reason": reason, "at": at, "ends_at": made.ends_at}
    session.execute(insert(contact_unlocks).values(values))
    record_audit(session, at, login, "contact.unlock", f"{market} {seller}", {"reason": reason})
    return made


def load_unlock(session: Session, market: str, seller_id: str, login: str, now: datetime) -> Unlock | None:
    """Return the leave in force for that person and seller, None where there is none."""
    if key_of(session) is None:
        return None
    query = (
        select(contact_unlocks)
        .where(
            contact_unlocks.c.market == market,
            contact_unlocks.c.seller == _seller(session, market, seller_id),
            contact_unlocks.c.login == login,
            contact_unlocks.c.ends_at > now,
        )
        .order_by(contact_unlocks.c.ends_at.desc())
        .limit(1)
    )
    row = session.execute(query).mappings().one_or_none()
    return None if row is None else Unlock(**{name: row[name] for name in Unlock.__slots__})


def _seller(session: Session, market: str, seller_id: str) -> str:
    key = key_of(session)
    if key is None:
        raise KeyAbsent("contact data cannot be unlocked: the database was opened without its key")
    return keyed(key, "seller", f"{market}\n{seller_id}")


def used_key(session: Session) -> str | None:
    """Return the fingerprint of the key that the stored hashes were made with; None before the first."""
    found: str | None = session.scalar(select(contact_keys.c.fingerprint))
    return found


def hash_anew(database: Database, at: datetime) -> int | None:
    """Make the hashes of stored contact data with the installation's key where another one, or none, made them.

    Return how many listings were read, None where nothing was to be done. Killed in between, the next run begins anew.
    """
    with database.read() as session:
        key = key_of(session)
        if key is None or used_key(session) == fingerprint(key):
            return None
    with database.write() as session:
        session.execute(delete(contact_keys))
        session.execute(delete(seller_facts).where(seller_facts.c.kind.in_(CONTACT_KINDS)))
    after, count = "", 0
    while True:
        with database.write() as session:
            query = (
                select(hits.c.hit_id, hits.c.last_seen_at, hit_documents.c.listing)
                .join(hit_documents, hit_documents.c.hit_id == hits.c.hit_id)
                .where(hits.c.hit_id > after)
                .order_by(hits.c.hit_id)
                .limit(BATCH)
            )
            rows = session.execute(query).all()
            for row in rows:
                save_facts(session, listing_from_document(row.listing), row.last_seen_at)
            if not rows:
                session.execute(insert(contact_keys).values(fingerprint=fingerprint(key), used_at=at))
                return count
        after, count = rows[-1].hit_id, count + len(rows)
