"""What two product texts have in common and where they differ, as numbers for the learner."""

from collections.abc import Mapping, Sequence
from math import fsum

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler, LCSseq, Levenshtein, Prefix

from matchers.price.product_words import Prepared

# A word shorter than this is found joined to others too easily.
SHORTEST_PART = 3
UNKNOWN = -1.0


def features_of(left: Prepared, right: Prepared) -> list[float]:
    """Return what the two texts themselves say about being the same product."""
    return [
        *_words(left, right),
        *_models(left, right),
        *_numbers(left, right),
        *_spelling(left, right),
        *_fields(left, right),
        *_prices(left, right),
        *_shape(left, right),
    ]


def _words(left: Prepared, right: Prepared) -> list[float]:
    weight, other = left.weight, right.weight
    shared = left.set & right.set
    only_left, only_right = left.set - shared, right.set - shared
    common = fsum(weight[word] for word in shared)
    squares = fsum(weight[word] ** 2 for word in shared)
    lefts, rights = [weight[word] for word in only_left], [other[word] for word in only_right]
    # Exact sums: a set has no order, and the same texts must give the same features.
    whole_lefts, whole_rights = fsum(lefts), fsum(rights)
    whole_left, whole_right = left.total or 1.0, right.total or 1.0
    # Words that the other side writes joined, or says elsewhere.
    joined_left = {word for word in only_left if len(word) >= SHORTEST_PART and word in right.joined}
    joined_right = {word for word in only_right if len(word) >= SHORTEST_PART and word in left.joined}
    parts_left, parts_right = fsum(weight[word] for word in joined_left), fsum(other[word] for word in joined_right)
    said_left = fsum(weight[word] for word in only_left if word in right.weight)
    said_right = fsum(other[word] for word in only_right if word in left.weight)
    rest_left = [weight[word] for word in only_left if word not in right.weight and word not in joined_left]
    rest_right = [other[word] for word in only_right if word not in left.weight and word not in joined_right]
    near = ((common + parts_left) / whole_left, (common + parts_right) / whole_right)
    everywhere = left.weight.keys() & right.weight.keys()
    return [
        common / ((common + whole_lefts + whole_rights) or 1.0),
        common / whole_left,
        common / whole_right,
        squares / (left.length * right.length),
        common,
        max((weight[word] for word in shared), default=0.0),
        whole_lefts,
        whole_rights,
        max(lefts, default=0.0),
        max(rights, default=0.0),
        len(shared),
        len(only_left),
        len(only_right),
        (common + parts_left + said_left) / whole_left,
        (common + parts_right + said_right) / whole_right,
        min(near),
        max(near),
        fsum(rest_left),
        fsum(rest_right),
        max(rest_left, default=0.0),
        max(rest_right, default=0.0),
        fsum(weight[word] ** 2 for word in everywhere) / (left.all_length * right.all_length),
        fsum(weight[word] for word in everywhere) / (min(left.all_total, right.all_total) or 1.0),
        fsum(weight[word] for word in everywhere),
    ]


def _models(left: Prepared, right: Prepared) -> list[float]:
    equal = left.models & right.models
    best = prefix = 0.0
    for one in left.models:
        for other in right.models:
            best = max(best, JaroWinkler.similarity(one, other))
            prefix = max(prefix, Prefix.similarity(one, other))
    in_right = max((len(model) for model in left.models if model in right.all_joined), default=0)
    in_left = max((len(model) for model in right.models if model in left.all_joined), default=0)
    longest_left, longest_right = (
        max(left.models, key=_by_length, default=""),
        max(right.models, key=_by_length, default=""),
    )
    number_left, number_right = left.text.number, right.text.number
    return [
        len(equal),
        max((len(model) for model in equal), default=0),
        best,
        prefix,
        in_right,
        in_left,
        len(left.models),
        len(right.models),
        bool(left.models and right.models and not equal and not in_right and not in_left),
        Levenshtein.distance(longest_left, longest_right) if longest_left and longest_right else UNKNOWN,
        JaroWinkler.similarity(number_left, number_right) if number_left and number_right else UNKNOWN,
        bool(number_left and number_left in right.all_joined),
        bool(number_right and number_right in left.all_joined),
    ]


def _by_length(word: str) -> tuple[int, str]:
    return len(word), word


def _numbers(left: Prepared, right: Prepared) -> list[float]:
    shared = left.numbers & right.numbers
    only_left, only_right = left.numbers - shared, right.numbers - shared
    return [
        len(shared),
        len(only_left),
        len(only_right),
        sum(number not in right.weight for number in only_left),
        sum(number not in left.weight for number in only_right),
        bool(only_left and only_right),
        fsum(left.weight.get(number, 0.0) for number in shared),
        bool(left.years and right.years and not left.years & right.years),
    ]


def _spelling(left: Prepared, right: Prepared) -> list[float]:
    one, other = left.text.title, right.text.title
    return [
        fuzz.ratio(one, other),
        fuzz.ratio(left.sorted, right.sorted),
        fuzz.token_set_ratio(one, other),
        fuzz.partial_ratio(one, other),
        JaroWinkler.similarity(one, other),
        fuzz.ratio(left.joined, right.joined),
        LCSseq.normalized_similarity(left.joined, right.joined),
    ]


def _fields(left: Prepared, right: Prepared) -> list[float]:
    one, other = left.text, right.text
    return [
        fuzz.partial_ratio(one.brand, other.title) if one.brand else UNKNOWN,
        fuzz.partial_ratio(other.brand, one.title) if other.brand else UNKNOWN,
        fuzz.token_set_ratio(one.brand, other.brand) if one.brand and other.brand else UNKNOWN,
        fuzz.token_set_ratio(one.category, other.category) if one.category and other.category else UNKNOWN,
    ]


def _prices(left: Prepared, right: Prepared) -> list[float]:
    one, other = left.text.log_price, right.text.log_price
    if one is None or other is None:
        return [UNKNOWN, -9.0, -9.0, -9.0 if one is None else one]
    return [abs(one - other), one - other, min(one, other), one]


def _shape(left: Prepared, right: Prepared) -> list[float]:
    pairs = left.pairs & right.pairs
    return [
        left.words[:1] == right.words[:1],
        left.words[-1:] == right.words[-1:],
        len(pairs),
        len(pairs) / (min(len(left.pairs), len(right.pairs)) or 1),
        len(left.words),
        len(right.words),
        bool(left.text.description),
        bool(right.text.description),
    ]


def odds_of(left: Prepared, right: Prepared, odds: Mapping[str, float]) -> list[float]:
    """Return how much the words on one side only speak for the same product, by what was learned of each."""
    told = [odds[word] for word in left.set ^ right.set if word in odds]
    return [fsum(told), min(told, default=0.0), max(told, default=0.0)]


# Places of the features that tell at a glance how near two texts are.
COSINE, LEAST_SHARE, SAID_SHARE, EQUAL_MODELS, MODEL_IN_RIGHT = 3, 15, 13, 24, 28
LONG_MODEL = 3


def closeness_of(features: Sequence[float]) -> float:
    """Return how near two texts are at a glance, to rank the candidates of one text."""
    return (
        features[COSINE]
        + 0.5 * features[LEAST_SHARE]
        + 0.3 * features[SAID_SHARE]
        + 0.5 * (features[EQUAL_MODELS] > 0)
        + 0.3 * (features[MODEL_IN_RIGHT] > LONG_MODEL)
    )
