"""The audit chain shows every change made behind the program's back."""

from typing import Any

import pytest
from sqlalchemy import text

from storage.audit import load_audit, load_audit_head, record_audit, verify_audit
from storage.database import Database
from tests.storage.factories import HOUR, START


def fill(database: Database, rows: int = 6) -> tuple[int, str]:
    with database.write() as session:
        for number in range(rows):
            record_audit(session, START + number * HOUR, "an", "mark.save", f"m{number % 2}", {"ô\x00": [number, None]})
        return load_audit_head(session)


def tamper(database: Database, *statements: str) -> None:
    """Change the audit table as somebody with the database's own rights could."""
    with database.write() as session:
        if database.url.startswith("sqlite"):
            session.execute(text("DROP TRIGGER audit_no_update"))
            session.execute(text("DROP TRIGGER audit_no_delete"))
        else:
            session.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            session.execute(text(statement))


def test_an_untouched_chain_is_sound(database: Database) -> None:
    head = fill(database)
    with database.read() as session:
        assert verify_audit(session, head) == ()
        rows = load_audit(session, "m1")
        newest = load_audit(session, limit=2)
    assert [row.sequence for row in rows] == [2, 4, 6]
    assert [row.sequence for row in newest] == [5, 6]
    assert rows[0].data == {"ô\ufffd": [1, None]}
    assert rows[0].at == START + HOUR


def test_an_empty_chain_is_sound(database: Database) -> None:
    with database.read() as session:
        assert (verify_audit(session), load_audit_head(session)) == ((), (0, "0" * 64))


@pytest.mark.parametrize(
    ("statement", "sequence"),
    [
        ("UPDATE audit SET actor = 'binh' WHERE sequence = 3", 3),
        ("UPDATE audit SET action = 'mark.drop' WHERE sequence = 1", 1),
        ("UPDATE audit SET subject = 'm9' WHERE sequence = 6", 6),
        ("UPDATE audit SET data = '{}' WHERE sequence = 2", 2),
        ("UPDATE audit SET at = '2026-11-22 08:00:00.000001' WHERE sequence = 4", 4),
        ("UPDATE audit SET row_sha256 = 'x' WHERE sequence = 5", 5),
        ("UPDATE audit SET previous_sha256 = 'x' WHERE sequence = 5", 5),
        ("DELETE FROM audit WHERE sequence = 3", 3),
        ("DELETE FROM audit WHERE sequence = 1", 1),
        ("UPDATE audit SET sequence = 9 WHERE sequence = 6", 6),
    ],
)
def test_a_changed_row_is_found_and_named(database: Database, statement: str, sequence: int) -> None:
    fill(database)
    tamper(database, statement)
    with database.read() as session:
        (problem,) = verify_audit(session)
    assert problem.sequence == sequence
    assert database.check() == (str(problem),)


def test_a_cut_off_or_rewritten_tail_is_found_by_a_kept_head(database: Database) -> None:
    head = fill(database)
    tamper(database, "DELETE FROM audit WHERE sequence >= 5")
    with database.read() as session:
        assert verify_audit(session) == ()
        (problem,) = verify_audit(session, head)
    assert problem.sequence == 5
    with database.write() as session:
        for number in range(4):
            record_audit(session, START, "binh", "mark.save", str(number))
        (problem,) = verify_audit(session, head)
    assert (problem.sequence, "kept head" in problem.problem) == (6, True)


def test_a_value_that_json_cannot_hold_is_refused(database: Database) -> None:
    facts: Any = {"x": float("nan")}
    with pytest.raises(ValueError, match="JSON"), database.write() as session:
        record_audit(session, START, "an", "x", "y", facts)
