"""Words one step from a well-known mark that are names or words of their own: no misspelling of it."""

# Brands, places and ordinary words of Vietnamese, English and Japanese market titles, in order of the alphabet.
_WORDS = """
ample angello aniello apples attacks balance bandage bandages bandana barberry basic basics berries bike
billion biome bioren blueberry border brothers calo canes canine canton canyon carton casing casino celina
champions chandi chane chanh channel channels cherries chicco citizens colour conner conversion convert
converter converts cordon corel cosmo curl curly daikio dapple delivery dial diode epsom ferries fujikura
fujitsu garden gordon gucchi gundog hatachi helium hermann hermit heroes heros herpes hiatus hike honday
hyundai ipone kawaii kobe kuchi lacosme lactose line lions loin makima makina makito makute maple maxwell
meili meiling memories million mizu money mono moon mooney murano muzi nice niken nikka nikko niko nikos nose
oron otomo panama pandora pigeons pilots pineapple plot plots pokeman pump pure relax role roles rosa rose
roto rotor samba samson samyang sanyo selina senco senda senko shark sharks shimane shimizu sofia sonata sonic
sonny sophia strawberry sunday sunplus suzuka tokyo toshido toshino toyoda transit transition union upson vane
vanes vanessa vichi vicky yamada yamato
"""
OTHER_NAMES: frozenset[str] = frozenset(_WORDS.split())
