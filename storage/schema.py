"""The schema's revisions: which one a database has, which one this program needs, and the way there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

import storage.account_tables
import storage.price_tables  # noqa: F401 - likewise

MIGRATIONS = Path(__file__).parent / "migrations"
# Any fixed number: two upgrades of one PostgreSQL database wait for each other on it.
UPGRADE_LOCK = 7_290_001


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def head_revision() -> str:
    """Return the revision that this program needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise RuntimeError(f"no migrations in {MIGRATIONS}")
    return head


def known_revision(revision: str) -> str | None:
    """Return the revision if this program knows it, None if a newer program made it."""
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    return revision if revision in known else None


def read_revision(connection: Connection) -> str | None:
    """Return the revision of the connected database, None where it has no schema."""
    return MigrationContext.configure(connection).get_current_revision()


def migrate(connection: Connection, revision: str = "head") -> None:
    """Bring the connected database up to the revision, inside the connection's open transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": UPGRADE_LOCK})
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
