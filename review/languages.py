"""The console's languages: gettext catalogues read from .po files, whole English sentences as message ids."""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Final, Literal

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

Language = Literal["vi", "ja", "en"]

# In the order of the switch; the first is what a reader gets who has not chosen.
LANGUAGES: Final[dict[Language, str]] = {"vi": "Tiếng Việt", "ja": "日本語", "en": "English"}
LOCALE_FOLDER: Final = Path(__file__).parent / "locale"


def choose_language(*wishes: str | None) -> Language:
    """Return the first wish that the console speaks, else Vietnamese."""
    for wish in wishes:
        if wish in LANGUAGES:
            return wish
    return next(iter(LANGUAGES))


@cache
def translations_for(language: Language) -> NullTranslations:
    """Return the language's catalogue; English needs none, because its sentences are the message ids."""
    if language == "en":
        return NullTranslations()
    with (LOCALE_FOLDER / language / "LC_MESSAGES" / "markwatch.po").open("rb") as file:
        catalog = read_po(file, locale=language, domain="markwatch", abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return GNUTranslations(compiled)


def message(text: str) -> str:
    """Mark a sentence in a table for the catalogues and return it unchanged; it is translated where it is shown."""
    return text
