"""All tables of words that a title is read for, looked up together."""

from matchers.text.phrases import Lexicon
from matchers.use.intent_words import GENUINE, GRADES, IMITATION, NOT_THE_MARK_BEFORE, PRINTED_ON
from matchers.use.relation_words import FITS_BEFORE, INGREDIENT_BEFORE, OTHER_BODY_BEFORE, STYLE_BEFORE

LEXICON = Lexicon(
    phrases={"imitation": IMITATION, "genuine": GENUINE, "grade": GRADES},
    cues={
        "fits": FITS_BEFORE,
        "ingredient": INGREDIENT_BEFORE,
        "other body": OTHER_BODY_BEFORE,
        "style": STYLE_BEFORE,
        "not the mark": NOT_THE_MARK_BEFORE,
        "printed on": PRINTED_ON,
    },
)
