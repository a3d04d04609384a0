"""The key that near-identical hits share: the same mark on the same track under the same bare title."""

import hashlib
import re
from typing import Final

from storage.hit_content import search_form

# Words that sellers vary without meaning other goods.
_FILLERS: Final = frozenset(
    word
    for line in (
        "freeship ship sale hot moi new gia re combo set bo hop lo chai tui cai goi chinh hang chuan cam ket full box",
        "bao hanh tang kem free size shop san co loai 送料無料 新品 正規品 即納 あす楽",
    )
    for word in line.split()
)
_BRACKETS: Final = re.compile(r"[\[(【（「《][^\])】）」》]*[\])】）」》]")
_WORD: Final = re.compile(r"[^\W\d_]+")
# Fewer words say too little: half a marketplace would be one group.
MIN_WORDS: Final = 3
MAX_WORDS: Final = 8


def bare_title(title: str) -> str:
    """Return the words that tell goods apart, in order of the alphabet: no figures, brackets, accents or fillers."""
    words = _WORD.findall(_BRACKETS.sub(" ", search_form(title))) or _WORD.findall(search_form(title))
    telling = [word for word in dict.fromkeys(words) if word not in _FILLERS and len(word) > 1]
    return " ".join(sorted(telling[:MAX_WORDS]))


def alike_key(mark_id: str, track: str, title: str) -> str | None:
    """Return the key of the hit's group, None where its title says too little to be compared."""
    bare = bare_title(title)
    # A Japanese title has few spaces: its length stands for the number of words.
    if len(bare.split()) < MIN_WORDS and len(bare) < MIN_WORDS * 4:
        return None
    return hashlib.sha256(f"{mark_id}\n{track}\n{bare}".encode()).hexdigest()[:16]
