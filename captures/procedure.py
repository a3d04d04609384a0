"""The versioned description of how captures are made, and how a pack is checked, in the reader's language."""

from pathlib import Path
from typing import Literal

from captures.page_record import PROCEDURE

FOLDER = Path(__file__).parent / "procedures"

PackLanguage = Literal["vi", "ja", "en"]


def procedure_text(language: PackLanguage, version: str = PROCEDURE) -> str:
    """Return the description of that version; FileNotFoundError for a version that never was."""
    return (FOLDER / f"{version}.{language}.txt").read_text(encoding="utf-8")


def verification_text(language: PackLanguage) -> str:
    """Return how to check a pack."""
    return (FOLDER / f"verify.{language}.txt").read_text(encoding="utf-8")
