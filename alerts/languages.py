"""The wording of each language."""

from collections.abc import Mapping
from types import MappingProxyType

from alerts.wording import Wording
from alerts.wording_en import ENGLISH
from alerts.wording_ja import JAPANESE
from alerts.wording_vi import VIETNAMESE
from records.mail import Language

WORDINGS: Mapping[Language, Wording] = MappingProxyType({"ja": JAPANESE, "vi": VIETNAMESE, "en": ENGLISH})
