"""Is it the same product? Two offers judged same, variant or different, by a table of weighed facets.

The weights were worked out on pairs of real listings labelled by reading, and rounded; they are rules like any other
here: a facet's weight says how much it speaks for each answer, and the strongest ones are the reason shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from math import fsum
from types import MappingProxyType
from typing import Literal

from rapidfuzz import fuzz
from rapidfuzz.distance import Prefix

from matchers.price.offer_text import OfferText
from matchers.price.offer_words import OPPOSITES

Relation = Literal["same", "variant", "different"]
RELATIONS: tuple[Relation, ...] = ("same", "variant", "different")
# Words at the front of a title name the goods.
FRONT = 4
LONGEST_REPLACED = 2
WIDEST_GAP = 3.0
WIDE_GAP = 0.7
SOME_GAP = 0.4
LITTLE = 0.6
MUCH = 0.7

# facet: weight for same, variant, different.
WEIGHTS: Mapping[str, tuple[float, float, float]] = MappingProxyType({
    "start": (1.50, -2.61, 1.11),
    "same_model": (0.62, -0.13, -0.50),
    "other_model": (-0.29, -0.53, 0.82),
    "model_start": (-0.23, 0.11, 0.12),
    "same_pack": (0.26, 0.37, -0.63),
    "other_pack": (-0.73, 0.90, -0.17),
    "other_count": (-0.49, 1.05, -0.55),
    "bundle": (-0.60, 0.90, -0.30),
    "choice": (0.51, 1.13, -1.64),
    "small_or_refill": (0.38, 1.43, -1.81),
    "longest_run": (0.02, 0.04, -0.06),
    "changes": (0.10, -0.03, -0.07),
    "one_replaced": (-0.51, 0.44, 0.06),
    "replaced_share": (-0.76, 0.37, 0.39),
    "other_measure": (-0.53, 1.14, -0.61),
    "other_memory": (-0.91, 1.99, -1.09),
    "other_colour": (-1.24, 1.82, -0.58),
    "other_part": (-0.51, -0.02, 0.53),
    "part_and_whole": (-0.90, -0.20, 1.10),
    "inside": (-0.50, 1.56, -1.06),
    "price_gap": (-0.89, 0.46, 0.43),
    "wide_gap": (-0.54, 0.46, 0.08),
    "other_goods": (-0.45, -0.09, 0.55),
    "early_words": (-0.26, -0.17, 0.43),
    "new_weight": (-0.04, -0.06, 0.11),
    "little_shared": (-0.65, 0.46, 0.19),
    "nothing_new": (0.63, -0.46, -0.17),
    "pack_of_alike": (-0.86, 0.64, 0.22),
    "count_of_alike": (-0.84, 1.27, -0.43),
    "model_of_others": (0.68, -0.50, -0.19),
    "strong_model": (1.20, -0.20, -1.00),
    "other_strong_model": (-0.80, -0.10, 0.90),
    "other_edition": (-1.40, -0.10, 1.50),
    "other_member": (-1.60, -0.30, 1.90),
    "more_for_more": (-0.70, 0.60, 0.10),
    "other_flavour": (-0.80, 1.00, -0.20),
    "other_motif": (-0.60, -0.10, 0.70),
    "set_or_one": (-0.90, 1.00, -0.10),
    "other_named_goods": (-0.40, -0.20, 0.60),
    "same_named_goods": (0.20, 0.10, -0.30),
    "number_replaced": (-0.70, 0.10, 0.60),
    "contrast": (-1.80, 0.00, 1.80),
})  # fmt: skip
# What the facets are called in reasons; those without a name only grade.
FACET_WORDS: Mapping[str, str] = MappingProxyType({
    "same_model": "the same model number",
    "other_model": "another model number",
    "other_measure": "another measure",
    "other_colour": "another colour",
    "same_pack": "the same pack",
    "other_pack": "another pack",
    "other_count": "another count",
    "bundle": "several of it",
    "choice": "one is a choice of packs",
    "small_or_refill": "one is a sample or refill",
    "other_part": "one is a part or accessory",
    "part_and_whole": "a part or accessory of the other",
    "price_gap": "prices far apart",
    "other_goods": "other words where the goods are named",
    "other_memory": "another memory",
    "nothing_new": "nothing that only one of them says",
    "more_for_more": "one says more and costs more",
    "one_replaced": "one word stands for another",
    "strong_model": "the same long model number",
    "other_strong_model": "another long model number",
    "other_edition": "another number behind the name",
    "other_member": "another member of the line",
    "other_flavour": "another flavour or scent",
    "other_motif": "another motif",
    "set_or_one": "one is a set of different goods",
    "other_named_goods": "other goods named",
    "number_replaced": "one number stands for another",
    "contrast": "a word stands for its opposite",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer with what it rests on."""

    relation: Relation
    """same, variant or different."""
    margin: float
    """How far `same` lies above the better of the other two; above 0 means same."""
    reasons: tuple[str, ...]
    """The strongest named facets for the answer, strongest first."""


def facets_of(left: OfferText, right: OfferText) -> dict[str, float]:
    """Return what two offers have in common and where they differ, each facet as a number."""
    alike_goods = left.goods & right.goods
    named = frozenset[str]().union(
        *(offer.named_goods[name] for offer in (left, right) for name in sorted(alike_goods)), frozenset()
    )
    only_left = [word for word in left.set if word not in named and not right.says(word)]
    only_right = [word for word in right.set if word not in named and not left.says(word)]
    lefts, rights = fsum(map(left.weight, left.set)), fsum(map(right.weight, right.set))
    new_left, new_right = fsum(map(left.weight, only_left)), fsum(map(right.weight, only_right))
    alike = 1 - (new_left + new_right) / ((lefts + rights) or 1.0)
    early_left = [word for word in left.telling[:FRONT] if word not in named and not right.says(word)]
    early_right = [word for word in right.telling[:FRONT] if word not in named and not left.says(word)]
    early = min(len(early_left), len(early_right))
    gap = min(left.gap(right), WIDEST_GAP)
    models = _models(left, right)
    packs = _packs(left, right)
    return {
        "start": 1.0,
        **models,
        **packs,
        **_alignment(left, right),
        "other_measure": _differs(left.measures, right.measures),
        "other_memory": bool(left.memory - right.memory and right.memory - left.memory),
        "other_colour": bool(left.colours - right.colours and right.colours - left.colours),
        "other_part": left.part != right.part,
        "part_and_whole": _has_own_part(left, right) or _has_own_part(right, left),
        "inside": fuzz.partial_ratio(left.text, right.text) / 100,
        "price_gap": gap,
        "wide_gap": gap > WIDE_GAP,
        "other_goods": early > 0,
        "early_words": early,
        "new_weight": min(new_left, new_right),
        "little_shared": alike < LITTLE,
        "nothing_new": left.members == right.members and (not only_left or not only_right),
        "more_for_more": (not only_left or not only_right) and gap > SOME_GAP,
        "pack_of_alike": alike * packs["other_pack"],
        "count_of_alike": alike * packs["other_count"],
        "model_of_others": models["same_model"] * (early > 0),
        # A number with a suffix on one side only is another member of the line.
        "strong_model": left.members == right.members and bool(left.strong_models & right.strong_models),
        "other_strong_model": bool(
            left.strong_models - right.strong_models and right.strong_models - left.strong_models
        ),
        "other_edition": _other_edition(left, right),
        "other_member": left.members != right.members,
        "other_flavour": bool(left.flavours and right.flavours and not left.flavours & right.flavours),
        "other_motif": bool(left.motifs and right.motifs and not left.motifs & right.motifs),
        "set_or_one": (left.pack.kind == "set_of_different_goods") != (right.pack.kind == "set_of_different_goods"),
        "other_named_goods": bool(left.goods - right.goods and right.goods - left.goods),
        "same_named_goods": bool(left.goods & right.goods),
        **_replaced(left, right),
    }


def _models(left: OfferText, right: OfferText) -> dict[str, float]:
    shared = left.models & right.models
    only_left = [model for model in left.models if model not in right.joined]
    only_right = [model for model in right.models if model not in left.joined]
    pairs = ((one, other) for one in only_left for other in only_right)
    return {
        "same_model": bool(shared),
        "other_model": bool(only_left and only_right and not shared),
        "model_start": max((Prefix.similarity(*pair) for pair in pairs), default=0),
    }


def _packs(left: OfferText, right: OfferText) -> dict[str, float]:
    one, other = left.pack, right.pack
    stated = one.unit is not None and one.unit == other.unit
    kinds = {one.kind, other.kind}
    return {
        "same_pack": stated and one.total == other.total,
        "other_pack": stated and one.total != other.total,
        "other_count": one.count != other.count,
        "bundle": stated and one.unit_amount == other.unit_amount and one.count != other.count,
        "choice": one.kind != other.kind and "choice" in kinds,
        "small_or_refill": one.kind != other.kind and bool(kinds & {"sample", "refill"}),
    }


def _other_edition(left: OfferText, right: OfferText) -> float:
    """Return 1 where a name has another number behind it, half where only one side has one."""
    ones, others = left.editions, right.editions
    if any(ones[name] != others[name] for name in ones.keys() & others.keys()):
        return 1.0
    lacks = any(name in right.names for name in ones) or any(name in left.names for name in others)
    return 0.5 if lacks and not ones.keys() & others.keys() else 0.0


def _replaced(left: OfferText, right: OfferText) -> dict[str, float]:
    """Return what stands for what where both titles run side by side: a number for one, a word for its opposite."""
    number = contrast = 0
    steps = SequenceMatcher(None, left.words, right.words, autojunk=False).get_opcodes()
    for kind, start, end, other_start, other_end in steps:
        if kind != "replace" or end - start > LONGEST_REPLACED or other_end - other_start > LONGEST_REPLACED:
            continue
        ones, others = left.words[start:end], right.words[other_start:other_end]
        number += any(map(_is_number, ones)) and any(map(_is_number, others))
        contrast += any(frozenset({one, other}) in OPPOSITES for one in ones for other in others)
    return {"number_replaced": number > 0, "contrast": contrast > 0}


def _is_number(word: str) -> bool:
    return word[0].isdigit() and word[-1].isdigit()


def _has_own_part(offer: OfferText, other: OfferText) -> bool:
    """Say whether the offer is of a part or accessory that the other title does not name at all."""
    return bool(offer.part) and offer.part not in other.text


def _differs(left: Mapping[str, frozenset[str]], right: Mapping[str, frozenset[str]]) -> bool:
    return any(not left[unit] & right[unit] for unit in left.keys() & right.keys())


def _alignment(left: OfferText, right: OfferText) -> dict[str, float]:
    """Return how the telling words of both run side by side: a copied title with one word changed is no chance."""
    steps = SequenceMatcher(None, left.telling, right.telling, autojunk=False).get_opcodes()
    runs = [step[2] - step[1] for step in steps if step[0] == "equal"]
    replaced = sum(step[0] == "replace" for step in steps)
    share = 2 * sum(runs) / ((len(left.telling) + len(right.telling)) or 1)
    return {
        "longest_run": max(runs, default=0),
        "changes": len(steps),
        "one_replaced": replaced == 1 and share > MUCH,
        "replaced_share": share * min(replaced, 3),
    }


def judge_pair(left: OfferText, right: OfferText) -> Judged:
    """Return same, variant or different, with the margin and the reasons."""
    facets = facets_of(left, right)
    totals = [sum(WEIGHTS[name][place] * value for name, value in facets.items()) for place in range(len(RELATIONS))]
    best = max(range(len(RELATIONS)), key=totals.__getitem__)
    spoken = sorted(
        (
            (value * (2 * WEIGHTS[name][best] - sum(WEIGHTS[name]) + WEIGHTS[name][best]), name)
            for name, value in facets.items()
            if name in FACET_WORDS
        ),
        reverse=True,
    )
    reasons = tuple(FACET_WORDS[name] for strength, name in spoken[:3] if strength > 0)
    return Judged(RELATIONS[best], totals[0] - max(totals[1:]), reasons)
