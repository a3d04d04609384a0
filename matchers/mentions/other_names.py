"""Words one step from a well-known mark that are names or words of their own: no misspelling of it."""

# Brands, places and ordinary words of Vietnamese, English and Japanese market titles. One word a row is one decision.
OTHER_NAMES: frozenset[str] = frozenset(
    """
    chandi chanh chane niko nikos calo vanessa senko senco maxwell samyang samson ipone basics basic shark sharks makima makina rosa memories berries
    cherries ferries lions brothers champions citizens attacks colour channel channels sofia sophia plot plots pilots roto rotor transit transition conner convert converter converts
    conversion herpes heroes heros hermit hermann dapple ample maple apples pineapple pigeons million billion line loin
    moon mono money mooney epsom upson corel curl curly biome bioren senda sonic sonny gucchi kuchi chicco nikko nikka
    vicky vichi pure pump dial diode casino casing cosmo canton carton canyon canine niken nice bike hike
    union suzuka honday hyundai tokyo toyoda otomo kawaii kobe rose nose role roles relax lacosme lactose
    gundog garden samba sanyo sonata oron panama pokeman yamato yamada hiatus hatachi toshino toshido daikio
    makito makute murano meiling meili mizu muzi fujikura fujitsu shimizu shimane pandora bandana bandage bandages
    vane vanes canes gordon cordon border balance celina selina helium delivery sunday sunplus
    aniello angello blueberry barberry strawberry
    """.split()
)
