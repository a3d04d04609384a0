"""Words, places and persons one step from a well-known mark: no misspelling of it."""

# Ordinary words, places, persons and world-wide names only; names of small sellers are left to the general rules.
_WORDS = """
ample attacks bandage bandages bandana barberry basics berries billion biome blueberry brothers calo canes
canine canton canyon carton casing casino celina champions chanh channel channels cherries citizens conner
conversion convert converter converts cordon corel cosmo curl curly delivery dial diode epsom ferries fujikura
fujitsu garden gordon gundog helium hermann hermit heroes heros herpes hiatus hike hyundai kawaii kobe kuchi
lactose lions loin makima makina makute maple maxwell memories million mizu mono mooney murano nice nikko nose
panama pandora pigeons pilots pineapple plot pokeman relax rosa roto rotor samba samson samyang sanyo selina
sharks shimane shimizu sofia sonata sonic sonny sophia strawberry sunday suzuka tokyo toyoda transit
transition union upson vane vanes vanessa vicky yamada yamato
"""
OTHER_NAMES: frozenset[str] = frozenset(_WORDS.split())
