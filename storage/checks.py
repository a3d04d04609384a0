"""Looking for damage: in the file, the schema, the kept counters and the audit chain."""

from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from storage.audit import verify_audit
from storage.counts import find_count_problems
from storage.schema import head_revision, read_revision
from storage.search import find_search_problems


def find_problems(session: Session) -> tuple[str, ...]:
    """Return a sentence for every problem found; empty when the database is sound."""
    problems: list[str] = []
    if session.get_bind().dialect.name == "sqlite":
        damage = _find_damage(session)
        if damage:
            return damage  # what the rows of a damaged file say means nothing
        broken = session.execute(text("PRAGMA foreign_key_check")).all()
        problems += [f"row {row[1]} of {row[0]} points to a missing row of {row[2]}" for row in broken]
    have, want = read_revision(session.connection()), head_revision()
    if have != want:
        problems.append(f"schema {have or 'none'}, this program needs {want}")
    problems += find_count_problems(session)
    problems += find_search_problems(session)
    problems += [str(problem) for problem in verify_audit(session)]
    return tuple(problems)


def _find_damage(session: Session) -> tuple[str, ...]:
    try:
        lines = [str(row[0]) for row in session.execute(text("PRAGMA quick_check"))]
    except DatabaseError as error:
        lines = [str(error.orig)]
    return tuple(f"SQLite quick_check: {line}" for line in lines if line != "ok")
