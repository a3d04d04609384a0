"""Trades of well-known marks, for watch lists that give no Nice classes."""

# Folded letters of the mark, then its trades.
_KNOWN = """
apple phone electronics watch
iphone phone
airpods electronics phone
samsung phone electronics watch
sony electronics camera phone
canon camera printer electronics
nikon camera
fujifilm camera printer
epson printer electronics
brother printer
toshiba electronics kitchen
hitachi electronics tools
panasonic electronics kitchen
sharp electronics phone kitchen
daikin electronics
omron electronics health
maxell electronics
tdk electronics
murata electronics
makita tools
honda vehicle
toyota vehicle
suzuki vehicle
yamaha vehicle electronics music sports
ngk spareparts
ykk component
shimano bicycle component sports fishing
nintendo game toys electronics
mitsubishi vehicle electronics
lg electronics phone
xiaomi phone electronics
huawei phone electronics
oppo phone
bosch tools electronics
dewalt tools
hp printer electronics
dell electronics
pilot stationery
casio watch electronics
seiko watch
citizen watch electronics
rolex watch
movado watch
omega watch
nike fashion sports
adidas fashion sports perfume
puma fashion sports
converse fashion
jordan fashion sports
mlb fashion
newbalance fashion sports
vans fashion
champion fashion
underarmour fashion sports
asics fashion sports
mizuno fashion sports
yonex fashion sports
onitsukatiger fashion
uniqlo fashion
muji fashion cosmetics stationery furniture household kitchen
anello fashion
bape fashion
levis fashion watch
lacoste fashion perfume watch
toryburch fashion perfume
supreme fashion
offwhite fashion
thenorthface fashion
gucci fashion perfume watch jewellery cosmetics
dior fashion perfume cosmetics jewellery watch
chanel fashion perfume cosmetics jewellery watch
louisvuitton fashion perfume jewellery watch
hermes fashion perfume jewellery watch
burberry fashion perfume watch
balenciaga fashion
celine fashion perfume jewellery
ysl fashion perfume cosmetics
prada fashion perfume
tiffany jewellery perfume
shiseido cosmetics perfume
anessa cosmetics
senka cosmetics
hadalabo cosmetics
sunplay cosmetics
biore cosmetics household
dhc cosmetics health food
skii cosmetics
curel cosmetics
kose cosmetics
tsubaki cosmetics
skinaqua cosmetics
melanocc cosmetics
rohto cosmetics health
transino cosmetics health
oxy cosmetics
acnes cosmetics
kate cosmetics
canmake cosmetics
sofina cosmetics
cezanne cosmetics
larocheposay cosmetics
theordinary cosmetics
vichy cosmetics
innisfree cosmetics
laurier household health
pigeon baby
merries baby household
moony baby household
meiji food baby health
ajinomoto food
lion household cosmetics health
kao household cosmetics health
attack household
kirin food
tiger kitchen electronics household food
hellokitty character
pokemon character
gundam toys
bandai toys
doraemon character
onepiece character toys
lego toys
disney character
naruto character
reebok fashion sports
fila fashion sports
skechers fashion sports
crocs fashion
fendi fashion perfume watch jewellery
versace fashion perfume watch jewellery
givenchy fashion perfume cosmetics
valentino fashion perfume
bottegaveneta fashion perfume
saintlaurent fashion perfume
michaelkors fashion watch perfume
calvinklein fashion watch perfume
tommyhilfiger fashion watch perfume
ralphlauren fashion perfume
armani fashion watch perfume cosmetics
hugoboss fashion watch perfume
moncler fashion
stussy fashion
carhartt fashion
timberland fashion
birkenstock fashion
rayban fashion
oakley fashion sports
goyard fashion
longchamp fashion
wacoal fashion
descente fashion sports
kappa fashion sports
speedo fashion sports
wilson sports
babolat sports
lining fashion sports
victor sports fashion
cartier jewellery watch perfume fashion
bvlgari jewellery watch perfume
bulgari jewellery watch perfume
swarovski jewellery watch
pandora jewellery
tissot watch
longines watch
orient watch
hublot watch
fossil watch fashion
garmin watch electronics
gshock watch
tagheuer watch
patekphilippe watch
danielwellington watch
loreal cosmetics
maybelline cosmetics
nivea cosmetics
dove cosmetics household
olay cosmetics
laneige cosmetics
clinique cosmetics
esteelauder cosmetics perfume
lancome cosmetics perfume
bioderma cosmetics
cerave cosmetics
eucerin cosmetics
kiehls cosmetics
vaseline cosmetics
kanebo cosmetics
albion cosmetics
hakuhodo cosmetics
rosette cosmetics
gatsby cosmetics
mandom cosmetics
bvlgariparfums perfume
creed perfume
jomalone perfume
gillette household
oralb household electronics
colgate household
unicharm household baby
huggies baby household
pampers baby household
bobby baby household
goon baby household
combi baby
aprica baby
zojirushi kitchen electronics household
thermos kitchen household
lockandlock kitchen household
tefal kitchen electronics
philips electronics household
braun electronics household
dyson electronics
electrolux electronics kitchen
bose electronics
jbl electronics
marshall electronics music
beats electronics
logitech electronics
razer electronics
kingston electronics
sandisk electronics
anker electronics phone
sennheiser electronics
audiotechnica electronics
jvc electronics
kenwood electronics kitchen
pioneer electronics vehicle
fujitsu electronics
kyocera printer electronics kitchen
ricoh printer camera
olympus camera
pentax camera
sigma camera
tamron camera
gopro camera
playstation game electronics
xbox game electronics
sega game toys
konami game toys
tamiya toys
takaratomy toys
sanrio character
kuromi character
pikachu character
totoro character
marvel character
sailormoon character
dragonball character toys
kimetsunoyaiba character toys
snoopy character
kamenrider character toys
kikkoman food
calbee food
yakult food
glico food
pocky food
morinaga food
nissin food
kewpie food
lotte food
suntory food health
asahi food health
itoen food
nestle food
milo food
abbott food health
orihiro health
salonpas health
hisamitsu health
kobayashi health household
otsuka health food
taisho health
durex health
kokuyo stationery
pentel stationery
tombow stationery
faber stationery
daiwa fishing sports
bridgestone vehicle
michelin vehicle
castrol vehicle
yokohama vehicle
kawasaki vehicle
nissan vehicle
mazda vehicle
subaru vehicle
lexus vehicle
mercedes vehicle
ducati vehicle
denso vehicle
brembo vehicle
milwaukee tools
hikoki tools
karcher tools electronics
stanley tools kitchen
ryobi tools
"""
KNOWN_TRADES: dict[str, frozenset[str]] = {
    name: frozenset(trades) for name, *trades in (line.split() for line in _KNOWN.split("\n") if line)
}
