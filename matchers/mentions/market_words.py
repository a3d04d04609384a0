"""English words of market titles everywhere: no misspelling of a mark, and as a mark in need of support."""

_WORDS = """
accessories active adapter adjustable alarm album aluminium american anti audio automatic baby backpack bag
balance ball band bar base basic basket bath battery beach bear beauty bed belt best bicycle bike black
blanket blue bluetooth board body book boost boots bottle bounce bowl box boy bracelet brand breathable bridge
bright brown brush bubble bucket button cable cake camera camping candle canvas car carbon card cardigan care
cargo carpet cartoon case casual cat category chain chair charger charm chest chic child children chocolate
classic clean clear clip clock clone cloud club coat coffee coin cold collagen collection color colour combo
comfort compact cool cooling copper cotton couple cover crazy cream creative crop crystal cup curtain custom
cute daily dark deluxe denim design desk diamond digital disk display dog doll double down dragon dream dress
drink drive drop dry duty ear earring easy edition electric elegant energy engine essence essential essentials
european eyes fabric face fan fashion fast feather female fiber filter finger fish fit fitness flash flat
flower foam fold folding foot football form frame free fresh friend fruit full fun fur galaxy game gaming gas
gel gift girl glass gloves gold golden golf good google grade green grey grip hair hand handle handmade happy
hard hat head headphone health heart heat heavy herbal high home honey hook horse hot house human ice instant
iron jacket jean jeans jewelry jogger joy juice jumbo keyboard keychain kids king kitchen knee knife knit
label lace lady lamp laptop large laser layer leather led legend lemon lens level light line linen lip liquid
list local logo long look loose lotion love lover lucky luxury machine magic magnetic makeup male man marble
mask master mat matte maxi medium memory men mesh metal micro milk mini mirror mobile model modern money
monitor monster moon mother motor mountain mouse multi music nail natty natural navy neck needle new night
nylon office oil online open orange organic original outdoor oversize oversized pack package pad paint pair
pants paper parts party patch pearl pen pencil perfect perfume person personal pet phantom phone photo picture
piece pillow pin pink pipe pixel plain planet plant plastic plate play plus pocket point polo pool portable
poster pot powder power premium press pretty print pro protein pump pure purple puzzle queen quick racing rack
rain rainbow razor red reflex remote replacement retro ribbon ring robot rocket role roll room rope rose round
rubber running safe salt sand sandal satin scarf school screen sea seal season secret sensor serum service set
shampoo shape shark sheet shine shirt shoe shoes shop short shorts shower silicon silicone silk silver simple
single size skin skirt sleep slim slipper slippers small smart smooth snack sneaker snow soap socks soft solar
solid sound space speaker speed spice sport sports spray spring square squeeze stainless stand star steel
stick sticker stone storage store strap street stretch strong student studio style sugar suit summer sun super
support sweater sweet swim switch table tablet tank tape tattoo tea team tech tennis text thick thin tie
tissue toner tool top tote touch tower toy track trend trendy trouser tube ultra umbrella unisex universal
vacuum velvet vest video vintage vitamin vitamins waist wall wallet warm wash watch watches water wave wedding
white wifi wind window wine wing winter wire wireless woman women wood wooden work world wrap yoga young zero
zoom
"""
MARKET_WORDS: frozenset[str] = frozenset(_WORDS.split())
"""Lower-case words."""

_GOODS = """
ao aothun aokhoac quan giay giaydep dep tui tuixach balo vi non mu dongho kinh nuochoa son kem dienthoai loa
tainghe oplung chinhhang hang auth authentic official original originals fake rep sale mall vn vietnam nhat
nhatban han shop store shopvn nam nu be tre em giare giatot sieucap outlet japan usa hcm hanoi saigon
"""
GLUED_WORDS: frozenset[str] = MARKET_WORDS | frozenset(_GOODS.split())
"""Words that are written together with a mark, Vietnamese ones without accents."""
