"""A learned second opinion on whether a title offers the product of a name."""

from collections.abc import Mapping
from functools import lru_cache

from matchers.price.product_model import Candidates, ProductModel, model_from
from matchers.price.product_words import Prepared, ProductText
from matchers.text.fold import fold_accented


class LearnedMatch:
    """Judges pairs of texts by a model that its caller keeps; asked only where the rules are unsure."""

    def __init__(self, model: ProductModel) -> None:
        self._model = model
        self._candidates = Candidates(model.rarity)
        self._prepared = lru_cache(maxsize=4096)(self._prepare)

    @classmethod
    def of(cls, values: Mapping[str, object]) -> "LearnedMatch":
        """Return the matcher of a model's JSON object; raise ValueError where it is none."""
        return cls(model_from(values))

    def margin(self, title: str, name: str) -> float:
        """Return the log odds that both are one product, less the model's edge; above 0 is yes."""
        return self.score(title, name) - self._model.threshold

    def score(self, one: str, other: str) -> float:
        """Return the log odds that two texts are one product."""
        return self._model.score_alone(self._prepared(one), self._prepared(other))

    def _prepare(self, text: str) -> Prepared:
        return self._candidates.prepared(ProductText.cleaned(title=fold_accented(text).text))
