"""Is it the same product? Two offers judged same, variant or different, by a table of weighed facets.

A facet's weight says how much it speaks for each answer; the strongest named ones are the reasons shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from math import fsum
from typing import Literal

from rapidfuzz import fuzz

from matchers.price.offer_codes import shape
from matchers.price.offer_text import OfferText
from matchers.price.offer_weights import FACET_WORDS, WEIGHTS
from matchers.price.offer_words import CODE_UNITS, OPPOSITES

Relation = Literal["same", "variant", "different"]
RELATIONS: tuple[Relation, ...] = ("same", "variant", "different")
# Words at the front of a title name the goods.
FRONT = 4
LONGEST_REPLACED = 2
MOST_BEFORE = 0.6
WIDEST_GAP = 3.0
WIDE_GAP = 0.7
SOME_GAP = 0.4
LITTLE = 0.6
SPELT_ALIKE = 80
MUCH = 0.7


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
    lacking_right, lacking_left = _unmet(left.names, right), _unmet(right.names, left)
    only_left = [word for word in left.set if word not in named and _is_new(word, left, right, lacking_right)]
    only_right = [word for word in right.set if word not in named and _is_new(word, right, left, lacking_left)]
    lefts, rights = fsum(map(left.weight, left.set)), fsum(map(right.weight, right.set))
    new_left, new_right = fsum(map(left.weight, only_left)), fsum(map(right.weight, only_right))
    alike = 1 - (new_left + new_right) / ((lefts + rights) or 1.0)
    early_left = [word for word in left.telling[:FRONT] if word not in named and not right.says(word)]
    early_right = [word for word in right.telling[:FRONT] if word not in named and not left.says(word)]
    early = min(len(early_left), len(early_right))
    gap = min(left.gap(right), WIDEST_GAP)
    codes = _codes(left, right)
    brands = (lacking_right & left.brands, lacking_left & right.brands)
    is_worn = left.is_worn and right.is_worn and not left.codes.every & right.codes.every
    packs = _packs(left, right)
    return {
        "start": 1.0,
        **codes,
        **_names(left, right, brands),
        **packs,
        **_alignment(left, right),
        "other_measure": _differs(left.measures, right.measures),
        "other_memory": bool(left.memory - right.memory and right.memory - left.memory),
        "other_colour": bool(left.shades - right.shades and right.shades - left.shades),
        "no_common_colour": bool(left.shades and right.shades and not left.shades & right.shades),
        "other_size": bool(left.sizes and right.sizes and not left.sizes & right.sizes),
        "other_value": bool(left.values and right.values and not left.values & right.values),
        "other_tier": bool(left.tiers - right.tiers and right.tiers - left.tiers),
        "tier_or_none": bool(left.tiers) != bool(right.tiers),
        "alike": alike,
        "worn_and_apart": (1 - alike) * is_worn,
        "sorted_alike": fuzz.token_sort_ratio(left.text, right.text) / 100,
        "same_article": bool(left.article) and left.article == right.article,
        "other_article": bool(left.article and right.article) and left.article != right.article,
        "part_of_other": bool(left.part and right.part and brands[0] and brands[1]),
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
        "code_of_others": max(codes["same_code"], codes["same_short_code"]) * (early > 0),
        "other_edition": _other_edition(left, right),
        "other_member": left.members != right.members,
        "other_flavour": bool(left.flavours and right.flavours and not left.flavours & right.flavours),
        "other_motif": bool(left.motifs and right.motifs and not left.motifs & right.motifs),
        "set_or_one": (left.pack.kind == "set_of_different_goods") != (right.pack.kind == "set_of_different_goods"),
        "other_named_goods": bool(left.goods - right.goods and right.goods - left.goods),
        "same_named_goods": bool(left.goods & right.goods),
        **_replaced(left, right, brands),
    }


def _codes(left: OfferText, right: OfferText) -> dict[str, float]:
    ones, others = left.codes, right.codes
    only_left = {code for code in ones.strong | ones.short if code not in right.joined}
    only_right = {code for code in others.strong | others.short if code not in left.joined}
    shapes = {shape(code) for code in only_left} & {shape(code) for code in only_right}
    fits = ones.is_list or others.is_list
    number_left = {code for code in ones.numbers if code not in right.joined}
    number_right = {code for code in others.numbers if code not in left.joined}
    return {
        "same_code": bool(ones.strong & others.strong) and not fits,
        "same_short_code": bool(ones.short & others.short) and not fits,
        "same_number": bool(ones.numbers & others.numbers) and not fits,
        "same_list": fits and len(ones.every & others.every) > 1,
        "other_code": bool(only_left and only_right) and not fits,
        "other_code_alike": bool(shapes) and not fits,
        "other_number": bool(number_left and number_right) and not fits,
        "other_number_alike": bool({len(one) for one in number_left} & {len(one) for one in number_right}) and not fits,
        "other_tail": bool(ones.strong & others.strong and ones.tails - others.tails and others.tails - ones.tails),
        "code_or_none": bool(only_left) != bool(only_right),
    }


def _names(left: OfferText, right: OfferText, lacking: tuple[set[str], set[str]]) -> dict[str, float]:
    """Return which brands and lines both name, and which only one of them."""
    only_left, only_right = map(len, lacking)
    return {
        "other_names": min(only_left, only_right, 2),
        "name_or_none": 0 if only_left and only_right else min(only_left + only_right, 2),
        "shared_names": min(len(left.brands & right.brands), 3),
    }


def _is_new(word: str, offer: OfferText, other: OfferText, lacking: set[str]) -> bool:
    """Say whether the other title lacks a word; a name spelt a little differently is there."""
    return word in lacking if word in offer.names else not other.says(word)


def _unmet(names: frozenset[str], other: OfferText) -> set[str]:
    """Return the names that the other title does not have, not even spelt a little differently."""
    return {
        name
        for name in names
        if not other.says(name) and not any(fuzz.ratio(name, word) >= SPELT_ALIKE for word in other.set)
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
    if set(ones.values()) == set(others.values()):
        return 0.0
    lacks = any(name in right.names for name in ones) or any(name in left.names for name in others)
    return 0.5 if lacks and not ones.keys() & others.keys() else 0.0


def _replaced(left: OfferText, right: OfferText, lacking: tuple[set[str], set[str]]) -> dict[str, float]:
    """Return what stands for what where both titles run side by side: a number for one, a word for its opposite."""
    number = contrast = label = 0
    told = lacking[0] | {code for code in left.codes.every if code not in right.joined}
    others_told = lacking[1] | {code for code in right.codes.every if code not in left.joined}
    steps = SequenceMatcher(None, left.words, right.words, autojunk=False).get_opcodes()
    for kind, start, end, other_start, other_end in steps:
        if kind != "replace" or end - start > LONGEST_REPLACED or other_end - other_start > LONGEST_REPLACED:
            continue
        ones, others = left.words[start:end], right.words[other_start:other_end]
        followed = [words[at] for words, at in ((left.words, end), (right.words, other_end)) if at < len(words)]
        measured = any(word in CODE_UNITS for word in (*ones, *others, *followed))
        number += not measured and any(map(_is_number, ones)) and any(map(_is_number, others))
        label += any(map(told.__contains__, ones)) and any(map(others_told.__contains__, others))
        contrast += any(frozenset({one, other}) in OPPOSITES for one in ones for other in others)
    last = steps[-1] if steps else ("equal", 0, 0, 0, 0)
    shared_before = last[1] >= MOST_BEFORE * len(left.words) and last[3] >= MOST_BEFORE * len(right.words)
    return {
        "number_replaced": number > 0,
        "contrast": contrast > 0,
        "label_replaced": label > 0,
        "other_end": last[0] == "replace" and shared_before,
    }


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
