"""The whole schema: the tables of storage/tables.py and of every storage/<subject>_tables.py beside it."""

import pkgutil
from importlib import import_module
from pathlib import Path

from sqlalchemy import MetaData

from storage.tables import metadata


def load_metadata() -> MetaData:
    """Return the metadata with every table of the program in it."""
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if module.name.endswith("_tables") and module.name != Path(__file__).stem:
            import_module(f"storage.{module.name}")
    return metadata
