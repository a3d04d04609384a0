"""Hits are found by three letters of a word through an index, and a brand's hits by when they were first seen."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# The trigrams of every hit's search_text, by a number of its own: the rows of `hits` have none that lasts. Triggers
# note which hits changed, and what they said before; storage.search brings the index after them before each commit,
# because a trigger may not write a virtual table where the schema is not trusted.
NOTE = """CREATE TRIGGER hit_words_{name} AFTER {event} ON hits{when} BEGIN
  INSERT INTO hit_words_changes (hit_id, before) SELECT {row}.hit_id, {before}
    WHERE NOT EXISTS (SELECT 1 FROM hit_words_changes AS c WHERE c.hit_id = {row}.hit_id);
END"""
SQLITE = (
    "CREATE TABLE hit_words_rows (number INTEGER PRIMARY KEY, hit_id TEXT NOT NULL UNIQUE)",
    "CREATE TABLE hit_words_changes (hit_id TEXT PRIMARY KEY, before TEXT)",
    """CREATE VIRTUAL TABLE hit_words USING fts5
      (search_text, content='', detail='none', columnsize=0, tokenize='trigram')""",
    "INSERT INTO hit_words_rows (hit_id) SELECT hit_id FROM hits",
    """INSERT INTO hit_words (rowid, search_text)
      SELECT n.number, h.search_text FROM hit_words_rows AS n JOIN hits AS h ON h.hit_id = n.hit_id""",
    NOTE.format(name="added", event="INSERT", when="", row="new", before="NULL"),
    NOTE.format(
        name="changed", event="UPDATE OF search_text", when=" WHEN old.search_text <> new.search_text",
        row="old", before="old.search_text",
    ),
    NOTE.format(name="removed", event="DELETE", when="", row="old", before="old.search_text"),
)  # fmt: skip
# Whoever owns the database may add pg_trgm where the server has it. Without it the search reads the table.
POSTGRESQL = """DO $$ BEGIN
  IF EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm') THEN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX hit_words_trigrams ON hits USING gin (search_text gin_trgm_ops);
  END IF;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE NOTICE 'pg_trgm cannot be added: searching for words will read the whole table';
END $$"""


def upgrade() -> None:
    op.create_index("ix_hits_brand_newest", "hits", ["shelf", "brand", sa.text("first_seen_at DESC"), "hit_id"])
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else (POSTGRESQL,):
        op.execute(sa.text(statement.replace(":", "\\:")))
