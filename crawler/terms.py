"""Search words from the watch list: marks, their other spellings, known disguises, product names."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from records.watchlist import WatchList
from spiders.arguments import SEPARATOR, ArgumentError, CrawlArguments
from spiders.base import MarketSpider
from storage.database import Database
from storage.disguises import load_confirmed_disguises
from storage.watchlist import load_watchlist

# Searches of one run at most: a run of 200 searches of 5 pages at 3 s is under an hour.
MAX_TERMS = 200
LONGEST_TERM = 120
# Signals that say how a mark was written to hide it.
DISGUISES = frozenset({"disguised_mark", "misspelt_mark"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The words that a run searches for."""

    words: tuple[str, ...]
    left_out: int
    """How many more there are than a run searches for, or than the market takes."""


def terms_of(watchlist: WatchList, disguises: Iterable[tuple[str, str]] = ()) -> Iterator[str]:
    """Yield every search word once: marks first, then other spellings, confirmed disguises, product names.

    A mark that is also an ordinary word comes after all others: it finds mostly other goods.
    """
    clear = [mark for mark in watchlist.marks if not mark.ambiguous]
    vague = [mark for mark in watchlist.marks if mark.ambiguous]
    vague_ids = {mark.mark_id for mark in vague}
    groups: tuple[Iterable[str], ...] = (
        (mark.text for mark in clear),
        (variant for mark in clear for variant in mark.variants),
        (words for mark_id, words in disguises if mark_id not in vague_ids),
        (product.name for product in watchlist.products),
        (word for mark in vague for word in (mark.text, *mark.variants)),
    )
    seen: set[str] = set()
    for group in groups:
        for word in group:
            plain = " ".join(word.replace(SEPARATOR, " ").split())
            if 2 <= len(plain) <= LONGEST_TERM and plain.casefold() not in seen:
                seen.add(plain.casefold())
                yield plain


def load_terms(
    database: Database, spider: type[MarketSpider], arguments: CrawlArguments, limit: int = MAX_TERMS
) -> Terms:
    """Return the words of the stored watch list that the market takes, at most `limit` of them."""
    with database.read() as session:
        words = list(terms_of(load_watchlist(session, None), load_confirmed_disguises(session, DISGUISES)))
    taken = [word for word in words if takes(spider, arguments, word)]
    return Terms(words=tuple(taken[:limit]), left_out=len(words) - min(len(taken), limit))


def takes(spider: type[MarketSpider], arguments: CrawlArguments, word: str) -> bool:
    """Return whether the market has a search that takes the word."""
    try:
        spider.start_addresses(arguments.model_copy(update={"query": (word,)}))
    except ArgumentError:
        return False
    return True
