"""Contact data of sellers: keyed hashes, unlocked by name and reason, made anew with another key."""

import hashlib
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from records.listing import Seller
from storage.all_tables import load_metadata
from storage.audit import load_audit, verify_audit
from storage.contact_key import contacts_in, fingerprint, open_contact_key, without_contacts
from storage.contacts import KeyAbsent, contacts_of, hash_anew, load_unlock, unlock_contacts, used_key
from storage.database import Database, make_engine, open_database, parse_url, upgrade
from storage.review_tables import seller_facts
from storage.schema import migrate
from storage.seller_facts import facts_of, load_contacts, load_links
from storage.subjects import find_subject
from tests.storage.conftest import CONTACT_KEY
from tests.storage.factories import START, make_hit, make_listing, store

SOLD = "Sỉ lẻ zalo 0912 345 678 hoặc Hoa.Mai@shop.example, giao nhanh toàn quốc, xem hàng tại nhà. " * 2


def with_sellers(database: Database, *descriptions: str) -> None:
    for number, description in enumerate(descriptions, 1):
        seller = Seller(seller_id=str(number), name=f"Cửa hàng {str(number) * 4}")
        store(database, make_hit(make_listing(str(number), seller=seller, description=description, images=())))


@pytest.mark.parametrize(
    ("printed", "plain"),
    [
        ("0912 345 678", "0912345678"),
        ("+84.912.345.678", "0912345678"),
        ("０９１２３４５６７８", "0912345678"),
        ("090-1234-5678", "09012345678"),
        ("Hoa.Mai@shop.example", "hoa.mai@shop.example"),
    ],
)
def test_a_contact_is_the_same_however_it_is_spelt(printed: str, plain: str) -> None:
    (found,) = contacts_in(f"Gọi {printed}, cảm ơn")
    assert found.plain == plain
    assert plain not in found.masked
    assert printed not in without_contacts(f"Gọi {printed}") or not printed.isascii()


def test_no_fact_of_a_seller_holds_a_number_an_address_or_a_hash_that_anybody_could_make() -> None:
    listing = make_listing(description=SOLD)
    said = " ".join(f"{fact.value} {fact.shown}" for fact in facts_of(listing, CONTACT_KEY)).casefold()
    for plain in ("0912345678", "hoa.mai@shop.example"):
        assert plain not in said
        assert hashlib.sha256(plain.encode()).hexdigest() not in said
    assert "345 678" not in said
    one, other = (
        {fact.value for fact in facts_of(listing, key) if fact.kind in {"phone", "email"}}
        for key in (CONTACT_KEY, bytes(32))
    )
    assert len(one) == 2
    assert not one & other
    assert all(fact.kind not in {"phone", "email"} for fact in facts_of(listing, None))


def test_a_subject_is_found_by_a_number_however_a_listing_spells_it(database: Database) -> None:
    with_sellers(database, "Gọi 0912.345.678", "Gọi +84 912 345 678", "Gọi 0999999999")
    with database.read() as session:
        (found,) = [one for one in find_subject(session, "0912345678") if one.table == "seller_facts"]
    assert sorted(found.listings) == [("tiki_vn", "1"), ("tiki_vn", "2")]


def test_contact_data_is_shown_masked_until_somebody_says_why_and_for_an_hour(database: Database) -> None:
    with_sellers(database, SOLD)
    with database.write() as session:
        assert load_contacts(session, "tiki_vn", "1") == ("h••••@shop.example", "••••678")
        assert load_unlock(session, "tiki_vn", "1", "lan", START) is None
        unlock_contacts(session, "tiki_vn", "1", "lan", "vụ 12/2026", START)
    with database.read() as session:
        unlock = load_unlock(session, "tiki_vn", "1", "lan", START + timedelta(minutes=59))
        assert unlock is not None
        assert unlock.reason == "vụ 12/2026"
        # For that person, that seller and that hour only.
        for who, seller, minutes in (("an", "1", 1), ("lan", "2", 1), ("lan", "1", 61)):
            assert load_unlock(session, "tiki_vn", seller, who, START + timedelta(minutes=minutes)) is None
        row = load_audit(session)[-1]
        assert (row.actor, row.action, row.data) == ("lan", "contact.unlock", {"reason": "vụ 12/2026"})
        assert verify_audit(session) == ()
    assert [one.plain for one in contacts_of([make_listing(description=SOLD)])] == [
        "0912345678", "hoa.mai@shop.example",
    ]  # fmt: skip


def test_nowhere_but_in_the_listing_itself_does_the_number_stand(database: Database) -> None:
    with_sellers(database, SOLD)
    holding = set()
    with database.read() as session:
        for table in load_metadata().sorted_tables:
            for row in session.execute(select(table)):
                if "345 678" in repr(tuple(row)) or "0912345678" in repr(tuple(row)):
                    holding.add(table.name)
    assert holding <= {"listings", "hit_documents"}


def test_a_database_without_the_key_keeps_no_contact_data_and_unlocks_none(url: str) -> None:
    database = open_database(url)
    with_sellers(database, SOLD)
    with database.write() as session:
        assert load_contacts(session, "tiki_vn", "1") == ()
        with pytest.raises(KeyAbsent):
            unlock_contacts(session, "tiki_vn", "1", "lan", "x", START)
    assert hash_anew(database, START) is None
    database.close()


def test_hashes_of_another_key_or_none_are_made_anew_from_the_stored_listings(url: str) -> None:
    database = open_database(url, lambda: bytes(32))
    with_sellers(database, "Gọi 0912.345.678", "Gọi +84 912 345 678")
    assert hash_anew(database, START) == 2
    before = hashes(database)
    database.close()
    database = open_database(url, lambda: CONTACT_KEY)
    assert hash_anew(database, START) == 2
    assert hash_anew(database, START) is None
    after = hashes(database)
    assert (len(before), len(after)) == (2, 2)
    assert not before & after
    with database.read() as session:
        assert used_key(session) == fingerprint(CONTACT_KEY)
        assert [link.kind for link in load_links(session, "tiki_vn", "1")] == ["phone"]
    database.close()


def hashes(database: Database) -> set[tuple[str, str]]:
    with database.read() as session:
        query = select(seller_facts.c.seller_id, seller_facts.c.value).where(seller_facts.c.kind == "phone")
        return {(row.seller_id, row.value) for row in session.execute(query)}


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "contacts.key"
    key = open_contact_key(path)
    assert (len(key), open_contact_key(path)) == (32, key)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["contacts.key"]
    path.write_bytes(b"short")
    with pytest.raises(ValueError, match=r"contacts\.key: holds 5 bytes"):
        open_contact_key(path)


def test_plain_hashes_of_an_older_database_are_gone_after_the_upgrade(empty_url: str) -> None:
    engine = make_engine(parse_url(empty_url))
    with engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
        migrate(connection, "0017")
        connection.execute(
            text(
                "INSERT INTO seller_facts (kind, value, market, seller_id, listing_id, shown, seen_at) VALUES"
                " ('phone', 'ab', 'tiki_vn', '1', '1', '091••••678', '2026-11-22 08:00:00'),"
                " ('name', 'hoamai', 'tiki_vn', '1', '1', 'Hoa Mai', '2026-11-22 08:00:00')"
            )
        )
    engine.dispose()
    upgrade(empty_url)
    database = open_database(empty_url)
    with database.read() as session:
        assert list(session.scalars(select(seller_facts.c.kind))) == ["name"]
    database.close()
