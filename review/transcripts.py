"""A title for readers who do not read its script: kana in Latin letters, Vietnamese without accents."""

import re
import unicodedata
from typing import Final

import jaconv
from anyascii import anyascii

_KANA: Final = re.compile(r"[ぁ-ゖァ-ヺー]+")
_KANJI: Final = re.compile(r"[\u3400-\u9fff々]")


def unaccented(text: str) -> str:
    """Return the text without accents, so that Sữa reads Sua."""
    letters = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D"))
    return unicodedata.normalize("NFC", "".join(one for one in letters if not unicodedata.combining(one)))


def romanised(text: str) -> str:
    """Return the text in Latin letters: kana by their sound, look-alike letters by what they stand for.

    Kanji of a text with kana stay as they are: their reading cannot be told from the sign alone.
    """
    text = unicodedata.normalize("NFKC", text)
    is_japanese = _KANA.search(text) is not None
    text = _KANA.sub(lambda kana: f" {jaconv.kana2alphabet(jaconv.kata2hira(kana[0]))} ", text)
    letters = (one if is_japanese and _KANJI.match(one) else anyascii(one) for one in unaccented(text))
    return " ".join("".join(letters).split())
