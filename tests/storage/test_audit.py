"""The audit chain shows every change made behind the program's back."""

import random
from typing import Any

import pytest
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from storage.audit import load_audit, load_audit_head, record_audit, verify_audit
from storage.database import Database
from storage.tables import audit
from tests.conftest import IS_LONG
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


TAMPERINGS = 1_000 if IS_LONG else 100
ROWS = 200


@pytest.mark.fault
def test_every_edit_deletion_swap_insertion_and_cut_is_found_at_its_first_bad_row(database: Database) -> None:
    head = fill(database, ROWS)
    with database.read() as session:
        rows = load_audit(session, limit=ROWS)
    columns = ("sequence", "at", "actor", "action", "subject", "data", "previous_sha256", "row_sha256")
    plain = [{name: getattr(row, name) for name in columns} for row in rows]
    chance = random.Random(3)
    for number in range(TAMPERINGS):
        at = chance.randrange(ROWS - 1)
        kind = ("edit", "delete", "swap", "insert", "cut")[number % 5]
        changed = [dict(row) for row in plain]
        first = at + 1
        if kind == "edit":
            name = chance.choice(("actor", "action", "subject", "data", "at", "row_sha256", "previous_sha256"))
            changed[at][name] = changed[at + 1][name] if name in {"at", "row_sha256"} else _other(changed[at][name])
        elif kind == "delete":
            del changed[at]
        elif kind == "swap":
            changed[at], changed[at + 1] = (
                changed[at + 1] | {"sequence": at + 1},
                changed[at] | {"sequence": at + 2},
            )
        elif kind == "insert":
            for row in changed[at:]:
                row["sequence"] += 1
            changed.insert(at, plain[at] | {"actor": "somebody"})
        else:
            del changed[at + 1 :]
            first = at + 2
        with database.write() as session:
            meanwhile = session.begin_nested()
            _replace(session, changed)
            problems = verify_audit(session, head)
            meanwhile.rollback()
        assert problems, (kind, at)
        assert problems[0].sequence in {first, first + 1, first - 1}, (kind, at, problems)


def _other(value: Any) -> Any:
    return {"x": 1} if isinstance(value, dict) else "0" * 64 if len(value) == 64 else f"{value}!"


def _replace(session: Session, rows: list[dict[str, Any]]) -> None:
    """Put other rows in the place of the trail's, as somebody with the database's own rights could."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("DROP TRIGGER IF EXISTS audit_no_update"))
        session.execute(text("DROP TRIGGER IF EXISTS audit_no_delete"))
        # Without the unique keys, which an attacker would drop as well.
        session.execute(text("ALTER TABLE audit RENAME TO audit_before"))
        session.execute(text("CREATE TABLE audit AS SELECT * FROM audit_before WHERE 0"))
    else:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("ALTER TABLE audit RENAME TO audit_before"))
        session.execute(text("CREATE TABLE audit (LIKE audit_before)"))
    session.execute(insert(audit), rows)
