"""A name written by its sound in another script: romaji in kana, kana in romaji."""

import re
import unicodedata

import jaconv

# A word that is romaji from end to end; "oh" before a consonant is a long o (Rohto).
_ROMAJI = re.compile(
    r"(?:(?:ch|sh|ts|[kgnhbpmr]y|[kgsztdnhbpmrfjyw])?(?:oh(?=[bcdfghjkmnprstz])|[aeiou])|n(?![aeiouy])|([kstpc])(?=\1))+"
)
_LONG_O = re.compile(r"oh(?=[bcdfghjkmnprstz])")
_KATAKANA = re.compile(r"[\u30a1-\u30fa\u30fc]+")
# The sound v is written with ヴ or, as it is spoken, with the row of バ.
_V = {"ヴァ": "バ", "ヴィ": "ビ", "ヴェ": "ベ", "ヴォ": "ボ", "ヴュ": "ビュ", "ヴ": "ブ"}


def kana_of(letters: str) -> str | None:
    """Return folded Latin letters in katakana where they are romaji from end to end, else None."""
    if not _ROMAJI.fullmatch(letters):
        return None
    kana = jaconv.hira2kata(jaconv.alphabet2kana(_LONG_O.sub("o-", letters))).replace("-", "ー")
    return kana if _KATAKANA.fullmatch(kana) else None


def romaji_of(kana: str) -> tuple[str, ...]:
    """Return katakana in Latin letters: without its long vowels, and with a long o as oh; empty where it has others."""
    if not _KATAKANA.fullmatch(kana):
        return ()
    letters = jaconv.kana2alphabet(jaconv.kata2hira(kana))
    plain = letters.replace("-", "")
    if not (plain.isascii() and plain.isalpha()):
        return ()
    return tuple(dict.fromkeys((plain, letters.replace("o-", "oh").replace("-", ""))))


def spoken_v(kana: str) -> str | None:
    """Return the spelling of a katakana name with バ行 in the place of ヴ, None where it has no ヴ."""
    text = unicodedata.normalize("NFC", kana)
    if "ヴ" not in text:
        return None
    for printed, spoken in _V.items():
        text = text.replace(printed, spoken)
    return text
