"""The shape of Vietnamese words: what is a word of the language is no mark taken apart or misspelt."""

import re

# A Vietnamese syllable without its accents. "nỉ kẻ" and "bàn dài" are words, not Nike and Bandai taken apart.
SYLLABLE = re.compile(r"(?:ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdghklmnprstvx])?[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?$")
# Signs that only Vietnamese puts on letters: horn, breve, hook, dot below, stroke, and two at once.
VIETNAMESE = re.compile(r"[ăơưđảẻỉỏủỷạẹịọụỵấầẩẫậắằẳẵặếềểễệốồổỗộớờởỡợứừửữựãẽĩõũỹ]")
