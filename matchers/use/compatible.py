"""Where a mark only says what the goods fit, hold or contain."""

import re

from matchers.mentions.mention import Mention
from matchers.use.relation_words import (
    CLAUSE_END,
    DEVICES_FIRST,
    FITS_AFTER,
    FITS_BEFORE,
    INGREDIENT_AFTER,
    INGREDIENT_BEFORE,
    PARTS,
    PARTS_AFTER,
    PERSONS,
    WITH_IT,
)
from matchers.use.surroundings import Surroundings
from matchers.use.trades import makes_devices, trades_of_mark

# Cues that count only right before the mark.
LOOSE_CUES = frozenset({"dùng", "ngàm", "replacement", "compatible", "fit", "fits"})
# Characters before the mark in which a cue is looked for.
REACH = 110
# Characters before the mark in which the word for what holds it stands.
NEAR = 80
# Accessories of goods that are no devices.
STRAPS = ("dây đồng hồ", "dây đeo đồng hồ", "dây giày", "watch strap")
# Goods that makers of parts sell under their own name.
WHOLE_GOODS = re.compile(
    r"(?<!\w)(?:mồi|lưỡi\scâu|phao|áo|mũ|nón|túi|kìm|thùng|cần|máy\scâu|cuộn\scâu|giày|dây\scâu|rod|reel)(?!\w)|リール|竿|ロッド"
)
# A mark of parts that opens the title sells the part itself.
OPENING = 12


def reason_of_fitting(mention: Mention, around: Surroundings) -> str | None:
    """Return why the mark only says what the goods fit; None where it does not."""
    if mention.span.field == "brand":
        return None
    cue = _cue_before(around)
    if cue is not None:
        return f"“{cue}” says what they fit"
    if _is_inside_other_goods(mention, around):
        return "a part or gift inside other goods"
    if _has_parts(mention, around) and _is_part(around.before):
        return "the thing itself is a part or accessory"
    if _is_device(mention) and (FITS_AFTER.match(around.after) or _names_a_part(around.after)):
        return "the words after the mark say what they fit"
    return None


def _names_a_part(after: str) -> bool:
    """Say whether a part is named after the mark, and not as a gift with the device (iPhone 13 with free case)."""
    part = PARTS_AFTER.match(after)
    return part is not None and not WITH_IT.search(part[0])


def _is_device(mention: Mention) -> bool:
    return makes_devices(mention.mark) or "toys" in trades_of_mark(mention.mark)


def _has_parts(mention: Mention, around: Surroundings) -> bool:
    if _is_device(mention):
        return True
    return any(strap in around.before for strap in STRAPS) and bool(trades_of_mark(mention.mark) & {"watch", "fashion"})


def _cue_before(around: Surroundings) -> str | None:
    """Return the nearest cue that says what the goods fit, None where there is none in this clause."""
    if "fits" not in around.cues:
        return None
    reach = around.before[-REACH:]
    for cue in reversed(list(FITS_BEFORE.finditer(reach))):
        rest = reach[cue.end() :]
        if CLAUSE_END.search(rest):
            return None
        if not PERSONS.match(rest) and not (cue[0] in LOOSE_CUES and len(rest.split()) > 1):
            return cue[0]
    return None


def _is_inside_other_goods(mention: Mention, around: Surroundings) -> bool:
    if INGREDIENT_AFTER.match(around.after):
        return True
    if "ingredient" in around.cues and INGREDIENT_BEFORE.search(around.before[-NEAR:]):
        return _is_device(mention) or "khó" in around.before[-20:] or "kèm" in around.before[-25:]
    is_component = "component" in trades_of_mark(mention.mark) and not WHOLE_GOODS.search(around.before)
    return is_component and len(around.before.strip()) >= OPENING


def _is_part(before: str) -> bool:
    """Say whether the first goods named before the mark are a part or accessory."""
    part = PARTS.search(before)
    if part is None or "本体" in before:
        return False
    device = DEVICES_FIRST.search(before)
    return device is None or part.start() <= device.start()
