"""Finding hits by words: through the index of three letters where few hits hold them.

SQLite keeps the index as hit_words (full-text search by trigrams), PostgreSQL as a trigram index on hits.search_text.
Both find a word anywhere, also in scripts without spaces, and take no word of fewer than three letters.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.orm import Session

from storage.hit_content import search_form
from storage.tables import hits

# Words that more hits hold are soon met along the order of the queue itself.
FEW: Final = 2_000
INDEXED_FROM: Final = 3
# What brings the index of SQLite after the hits that its triggers noted.
_CATCH_UP: Final = (
    text(
        "INSERT INTO hit_words (hit_words, rowid, search_text) SELECT 'delete', n.number, c.before"
        " FROM hit_words_changes AS c JOIN hit_words_rows AS n ON n.hit_id = c.hit_id WHERE c.before IS NOT NULL"
    ),
    text("DELETE FROM hit_words_rows WHERE hit_id IN (SELECT hit_id FROM hit_words_changes)"),
    text(
        "INSERT INTO hit_words_rows (hit_id) SELECT c.hit_id FROM hit_words_changes AS c"
        " JOIN hits ON hits.hit_id = c.hit_id"
    ),
    text(
        "INSERT INTO hit_words (rowid, search_text) SELECT n.number, hits.search_text FROM hit_words_changes AS c"
        " JOIN hit_words_rows AS n ON n.hit_id = c.hit_id JOIN hits ON hits.hit_id = c.hit_id"
    ),
    text("DELETE FROM hit_words_changes"),
)
_CHANGED: Final = text("SELECT 1 FROM hit_words_changes LIMIT 1")
_UNKNOWN: Final = text(
    "SELECT (SELECT count(*) FROM hits), (SELECT count(*) FROM hit_words_rows),"
    " (SELECT count(*) FROM hits JOIN hit_words_rows AS n ON n.hit_id = hits.hit_id)"
)
_MATCHES: Final = text(
    "SELECT n.hit_id FROM hit_words JOIN hit_words_rows AS n ON n.number = hit_words.rowid"
    " WHERE hit_words MATCH :words LIMIT :most"
)


def words_of(wish: str | None) -> list[str]:
    """Return the words of a search, as they are compared."""
    return search_form(wish or "").split()


def holds(word: str) -> ColumnElement[bool]:
    """Return the condition that a hit holds a word."""
    return hits.c.search_text.contains(word, autoescape=True)


def few_matches(session: Session, wish: str | None) -> Sequence[str] | None:
    """Return the ids of the hits that may hold every word, None where they are more than FEW or no index knows.

    The caller compares the words themselves: three letters may stand in another order.
    """
    words = [word for word in words_of(wish) if len(word) >= INDEXED_FROM]
    if not words:
        return None
    if session.get_bind().dialect.name == "sqlite":
        letters = {word[start : start + 3] for word in words for start in range(len(word) - 2)}
        asked = " ".join('"' + three.replace('"', '""') + '"' for three in sorted(letters))
        found = session.scalars(_MATCHES, {"words": asked, "most": FEW + 1}).all()
    else:
        found = session.scalars(select(hits.c.hit_id).where(*map(holds, words)).limit(FEW + 1)).all()
    return None if len(found) > FEW else found


def index_words(session: Session) -> None:
    """Bring the search index after every hit that was added, changed or removed; called before each commit."""
    if session.get_bind().dialect.name == "sqlite" and session.scalar(_CHANGED) is not None:
        for statement in _CATCH_UP:
            session.execute(statement)


def find_search_problems(session: Session) -> tuple[str, ...]:
    """Return a sentence when the search index does not hold exactly the hits that are kept."""
    if session.get_bind().dialect.name != "sqlite":
        return ()  # the server looks after its own index
    kept, indexed, both = session.execute(_UNKNOWN).one()
    return () if kept == indexed == both else (f"search index: kept {kept} hits, indexed {indexed}, the same {both}",)
