"""From the mentions of one mark in one listing to one hit on the IP track."""

from collections.abc import Sequence

from matchers.mentions.mention import DOUBTFUL_CHANGES, Mention
from matchers.policy import INNOCENT, RULE_VERSION, combine, tier_of
from matchers.registry import MENTION_SIGNALS
from matchers.right import right_of
from matchers.use.relation import use_of
from records.hit import Evidence, Hit, Intent, Relation
from records.listing import Listing
from records.watchlist import WatchList

# Where several places of one listing differ, the first relation of this list that occurs is the listing's.
RELATION_ORDER: tuple[Relation, ...] = ("compatible", "brand", "theme", "homonym")
SIGNALS_IN_ORDER = tuple(MENTION_SIGNALS.items())
# The signal that is asked first and ends the questions.
PERMISSION = "authorised_seller"
# Most telling field first; the later ones are judged only where no earlier one names the mark.
FIELD_ORDER = ("title", "brand", "description", "seller_name")


def judge(listing: Listing, mentions: Sequence[Mention], watchlist: WatchList, *, everything: bool) -> Hit | None:
    """Return the hit of one mark, from its mentions in the most telling field that has any.

    An innocent use gives None unless everything is asked for.
    """
    field = mentions[0].span.field  # mentions come in the order of FIELD_ORDER
    told = [(one, use_of(listing, one)) for one in mentions if one.span.field == field]
    relation = told[0][1].relation
    if len(told) > 1:
        relations = {use.relation for _, use in told}
        relation = next(kind for kind in RELATION_ORDER if kind in relations)
    if relation in INNOCENT and not everything:
        return None
    deciding = [one.used(use) for one, use in told if use.relation == relation]
    changes = {mention.change for mention in deciding}
    exact = "same" in changes
    if exact and len(deciding) > 1:
        # Beside the right spelling a misspelling hides nothing.
        deciding = [mention for mention in deciding if mention.change not in DOUBTFUL_CHANGES]
        changes -= DOUBTFUL_CHANGES
    evidence = gather(listing, deciding, watchlist)
    score = combine(evidence)
    return Hit(
        listing=listing,
        mark_id=mentions[0].mark.mark_id,
        track="ip",
        relation=relation,
        spelling="altered" if changes != {"same"} and not (exact and _is_slip(evidence)) else "exact",
        intent=_intent(relation, evidence),
        right=right_of(listing, mentions[0].mark, watchlist),
        score=score,
        tier=tier_of(score, relation, evidence),
        rule_version=RULE_VERSION,
        evidence=evidence,
    )


def gather(listing: Listing, mentions: Sequence[Mention], watchlist: WatchList) -> tuple[Evidence, ...]:
    """Return what the signals find at these mentions, each signal once at its strongest, strongest first.

    Where the owner allows the seller to use the mark, that is all: nothing is held against the seller.
    """
    best: dict[str, Evidence] = {}
    for mention in mentions:
        for name, signal in SIGNALS_IN_ORDER:
            found = signal(listing, mention, watchlist)
            if found is None:
                continue
            if name == PERMISSION:
                return (found,)
            if name not in best or abs(found.weight) > abs(best[name].weight):
                best[name] = found
    if len(best) == 1:
        return tuple(best.values())
    return tuple(sorted(best.values(), key=lambda finding: (-finding.weight, finding.signal)))


def _is_slip(evidence: Sequence[Evidence]) -> bool:
    return not any(finding.signal == "disguised_mark" for finding in evidence)


def _intent(relation: Relation, evidence: Sequence[Evidence]) -> Intent:
    """Return what the words and the spelling admit; only goods under the mark can be an imitation of it."""
    found = {finding.signal: finding.weight for finding in evidence}
    if relation in {"brand", "theme"}:
        if "imitation_words" in found or "disguised_mark" in found or found.get("misspelt_mark", 0) >= 0.5:
            return "imitation"
        if "genuine_claim" in found:
            return "genuine_claim"
    return "neutral"
