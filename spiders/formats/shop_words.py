"""Words that shops print beside prices, product numbers and buttons, in the languages of the shops that are read."""

import re


def _any(words: str, *, whole: bool = False) -> re.Pattern[str]:
    """Return a pattern that finds any of the words (split at |); `whole`: at word edges only."""
    parts = "|".join(re.escape(word.strip()) for word in words.split("|"))
    return re.compile(rf"(?<!\w)(?:{parts})(?!\w)" if whole else f"(?:{parts})", re.IGNORECASE)


# Buttons that put the product of the page into a cart.
BUY = _any(
    "add to cart|add to basket|add to bag|add to trolley|add to shopping|add to order|buy now|buy it now|order now|"
    "place bid|pre-order|preorder|in den warenkorb|in den einkaufswagen|jetzt kaufen|sofort-kaufen|sofort kaufen|"
    "ajouter au panier|ajouter à mon panier|ajout panier|acheter|añadir a la cesta|añadir al carrito|añadir a mi|"
    "agregar al carr|comprar|adicionar ao|aggiungi al carrello|metti nel carrello|acquista|do koszyka|kup teraz|"
    "dodaj do koszyka|do košíku|do košíka|vložiť do|vložit do|kúpiť|koupit|v košarico|u košaricu|dodaj v košarico|"
    "naruči|naroči|kosárba|в корзину|купить|заказать|до кошика|купити|カートに入れ|カートへ|カゴに入れ|"
    "買い物かご|購入する|"
    "今すぐ買う|注文する|加入购物车|立即购买|加入購物車|放入購物車|立即購買|直接購買|我要購買|放入购物车|"
    "thêm vào giỏ|"
    "mua ngay|mua hàng|đặt mua|đặt hàng|cho vào giỏ|lisa ostukorvi|ielikt groz|pirkt|į krepšelį|pirkti|læg i kurv|"
    "tilføj til kurv|lägg i varukorg|köp nu|legg i handlekurv|kjøp|lisää ostoskoriin|in winkelwagen|in winkelmand|"
    "in mijn winkel|bestellen|장바구니|바로구매|구매하기|sepete ekle|satın al|adaugă în coș|adauga in cos|cumpără|"
    "добави в количка|στο καλάθι|أضف إلى|إضافة إلى|أضيفي|أضف للسلة|اشتر"
)
BUY_MARKUP = re.compile(
    r"add[-_]?to[-_]?(?:cart|basket|bag|trolley)|buy[-_]?(?:now|button|btn)|btn[-_]?(?:buy|cart)|addtocart|"
    r"tocart|into[-_]?basket|add[-_]cart|cart[-_]add|one[-_]?click[-_]?buy|single_add",
    re.IGNORECASE,
)
# What a product says that cannot be had now. Whole sentences count only where they speak of the product.
_NOW = (
    r"(?:(?:currently|at the moment|presently|derzeit|zurzeit|zur zeit|momentan|aktuell|actuellement|momentanément|"
    r"temporairement|attualmente|momentaneamente|actualmente|de momento|temporalmente|atualmente|de momento|obecnie|"
    r"chwilowo|momentálně|dočasně|momentálne|trenutno|сейчас|временно|現在|ただいま|目前|暂时|hiện|hiện tại|tạm thời|"
    r"momenteel|för närvarande|i øjeblikket|jelenleg|şu anda|momentan)\s*)?"
)
OUT_OF_STOCK = re.compile(
    _NOW
    + _any(
        "this item is out of stock|this item is sold out|this product is out of stock|this product is sold out|"
        "this product is currently unavailable|this item is currently unavailable|this item is no longer available|"
        "this product is no longer available|out of stock|out-of-stock|sold out|currently unavailable|"
        "no longer available|temporarily unavailable|"
        "not available|is unavailable|item is unavailable|currently out|notify me when|ausverkauft|nicht verfügbar|"
        "nicht vorrätig|nicht auf lager|nicht lieferbar|nicht mehr lieferbar|vergriffen|épuisé|rupture de stock|"
        "en rupture|indisponible|plus disponible|agotado|no disponible|sin existencias|sin stock|esgotado|"
        "indisponível|"
        "sem stock|sem estoque|esaurito|non disponibile|niedostępny|wyprzedan|brak w magazynie|vyprodáno|vypredané|"
        "není skladem|nie je na sklade|nedostupn|ni na zalogi|razprodano|rasprodano|nije dostupno|нет в наличии|"
        "распродан|закончился|недоступен|немає в наявності|売り切れ|在庫切れ|品切れ|在庫なし|完売|販売終了|缺货|售罄|"
        "已售完|无货|補貨中|已售罄|銷售一空|hết hàng|tạm hết|ngừng kinh doanh|ngừng bán|uitverkocht|niet op voorraad|"
        "niet leverbaar|slutsåld|slut i lager|udsolgt|utsolgt|loppuunmyyty|품절|일시품절|tükendi|stokta yok|"
        "stoc epuizat|"
        "nu este în stoc|elfogyott|nincs raktáron|изчерпан|εξαντλήθηκε|غير متوفر|نفد"
    ).pattern,
    re.IGNORECASE,
)
# Names of elements that offer one of several variants.
CHOICE_NAMES = re.compile(
    r"variant|swatch|size[-_]?(?:list|select|picker|option|button|chart|item)|sizes(?:[\s_-]|$)|option", re.IGNORECASE
)
IN_STOCK = _any(
    "in stock|available now|available to order|ready to ship|auf lager|lieferbar|verfügbar|vorrätig|en stock|"
    "disponible|em stock|em estoque|disponível|disponibile|disponibilità immediata|dostępny|w magazynie|skladem|"
    "skladom|na sklade|k dispozici|na zalogi|dobavljivo|na zalihi|dostupno|raspoloživo|в наличии|"
    "є в наявності|在庫あり|在庫有|"
    "现货|現貨|有货|còn hàng|op voorraad|i lager|på lager|varastossa|raktáron|재고|stokta|în stoc|в наличност|متوفر"
)

# Labels of the shop's own number of a product; longer ones first, so that "item no" is not read as "item".
SKU_LABELS = (
    "sku|stock code|stock no|stock number|item number|item no|item code|item id|item #|item|product code|"
    "product id|product no|product number|product ref|catalogue number|catalog number|cat no|cat. no|"
    "article number|article no|article code|style number|style no|style code|style|lot number|lot|model no|"
    "ebay item number|asin|"
    "artikelnummer|artikel-nr|artikelnr|artikel nr|art.-nr|art. nr|art.nr|art nr|artnr|bestellnummer|bestell-nr|"
    "bestellnr|produktnummer|produkt-nr|objektnummer|ebay-artikelnummer|référence produit|référence|réf. produit|"
    "réf|ref. produit|reference|referencia|referência|ref|numéro de l'objet ebay|numéro de l'objet|"
    "código del producto|"
    "código|cód. artículo|cód|codice prodotto|codice articolo|codice|cod. prodotto|cod. art|cod|numero oggetto ebay|"
    "número de artículo|šifra proizvoda|šifra artikla|šifra|kataloški broj|kod produktu|kod towaru|numer katalogowy|"
    "nr katalogowy|nr produktu|nr ref|indeks|kód produktu|kód tovaru|kód zboží|kód|číslo produktu|objednací kód|"
    "katalogové číslo|prekės kodas|preces kods|preces kods|kods|tootekood|cikkszám|termékkód|код товара|код продукта|"
    "код|артикул|арт|номер товара|商品番号|商品コード|商品管理番号|管理番号|品番|商品编号|商品编码|货号|"
    "商品編號|商品代號|"
    "貨號|mã sản phẩm|mã sp|mã hàng|mã số|varenummer|varenr|artikelkode|tuotenumero|tuotekoodi|상품번호|상품코드|"
    "ürün kodu|stok kodu|cod produs|каталожен номер|κωδικός|رقم المنتج|رمز المنتج"
)
_LABEL = "|".join(sorted((re.escape(label) for label in SKU_LABELS.split("|")), key=len, reverse=True))
SKU_VALUE = r"[0-9A-Za-z](?:[0-9A-Za-z._/+-]{1,38}[0-9A-Za-z])"
# "SKU: AB-12" in one text, and a label alone whose value is the next text.
SKU_TEXT = re.compile(
    rf"(?<!\w)(?:{_LABEL})\.?(?:\s*[:#：]\s*|\s+(?:n[°ºo]\.?|nr\.?)\s*:?\s*)({SKU_VALUE})(?![\w])", re.IGNORECASE
)
# Without a colon the text must hold nothing but label and value.
SKU_TEXT_WHOLE = re.compile(rf"^\W*(?:{_LABEL})\.?\s+({SKU_VALUE})\W*$", re.IGNORECASE)
SKU_LABEL_ALONE = re.compile(rf"^\W*(?:{_LABEL})\.?\s*(?:n[°ºo]\.?|nr\.?)?\s*[:#：]*\s*$", re.IGNORECASE)
# Labels that name the shop's number and nothing else; the others may also name a model or a style.
SKU_SURE = re.compile(
    r"sku|asin|item|product (?:code|id|no|number)|artikel|art\.|bestell|produkt|товар|артикул|商品|mã s|codice art|"
    r"kód (?:p|t|z)|varen|tuote|objekt|objet|oggetto",
    re.IGNORECASE,
)
# Names of elements that hold nothing but the number.
SKU_NAMES = re.compile(
    r"itemprop=sku|(?:^|[\s_-])sku(?:[\s_-]|$)|product[-_]?(?:code|ref|reference|number|no|sku)(?:[\s_-]|$)|"
    r"article[-_]?(?:no|number|code)|cat[-_]?(?:no|number)(?:[\s_-]|$)|item[-_]?(?:no|number|code)(?:[\s_-]|"
    r"$)|productid",
    re.IGNORECASE,
)
# Form fields that name the product being put into the cart; in the order in which they are believed.
SKU_FIELDS = ("sku", "asin", "product_sku", "product_code", "item_number", "product_id", "productid", "id_product")
SKU_VALUE_ALONE = re.compile(rf"^\W*({SKU_VALUE})\W*$")

# What stands before an amount that is the price, and before or after one that lacks the tax.
PRICE_LABELS = re.compile(
    r"(?<!\w)(?:price|our price|now|preis|prix|precio|preço|prezzo|cena|cene|kaina|hind|pris|prijs|hinta|ár|giá|"
    r"giá bán|цена|ціна|价格|價格|価格|販売価格|特价|特價|售价|售價|優惠價|促销价|가격|판매가|fiyat|preț|τιμή|"
    r"السعر)(?!\w)|"
    r"特價|售價|優惠價|价格|価格|特价",
    re.IGNORECASE,
)
WITHOUT_TAX = re.compile(
    r"brez ddv|bez dph|bez pdv|bez vat|excl|ex\.? vat|ex vat|ohne mwst|zzgl|hors taxe|\bht\b|sin iva|sem iva|"
    r"iva escl|"
    r"netto|без ндс|税抜|税別|未税|chưa (?:gồm )?vat|exkl",
    re.IGNORECASE,
)
# Parts of id, class and data names that say what a text is.
PRICE_NAMES = re.compile(
    r"pri[cs]e|preis|prix|prec|prezz|pret|cena|cene|ceny|kaina|hind|hinta|pris|gia\b|gia[-_]|amount|kosten|_pr\b|"
    r"betrag|importe|стоим|цен",
    re.IGNORECASE,
)
CURRENT_NAMES = re.compile(
    r"sale|current|(?:^|[^a-z])now|final|special|offer|our[-_]?price|ourprice|buybox|actual|(?:price|pri)[-_]?new|"
    r"new[-_]?price|promo|selling|main|product[-_]?price|buying|aktuell|sonder",
    re.IGNORECASE,
)
STRUCK_NAMES = re.compile(
    r"(?:^|[^a-z])old|oldprice|(?:^|[^a-z])was(?:[^a-z]|$)|before|strike|(?:^|[^a-z])list[-_]?price|rrp|uvp|msrp|"
    r"cross(?:ed|ing)?(?:[^a-z]|$)|(?:^|[^a-z])prev|previous|vecchio|ancien|barre|compare|saving|(?:^|[^a-z])save|"
    r"you[-_]?save|discount|priceold|streich|statt|original[-_]?price|regular[-_]?price|a-text-strike|basisprice|"
    r"through",
    re.IGNORECASE,
)
STRUCK_TAGS = frozenset({"del", "s", "strike"})
ASIDE_NAMES = re.compile(
    r"related|similar|recommend|recently|last[-_]?seen|upsell|up[-_]sell|cross[-_]?sell|crosssell|carousel|slider|"
    r"also[-_]|other|accessor|sponsor|teaser|mini[-_]?cart|minibasket|(?:^|[^a-z])cart[-_]?(?:total|drawer|"
    r"side|popup|"
    r"content|summary)|header|footer|(?:^|[^a-z])nav|menu|deliver|shipping|versand|financ|instal|month|review|bundle|"
    r"comparison|cross[-_]|suggest|popular|bestsell|also|viewed|history|banner|breadcrumb|filter|swatch|modal|popup",
    re.IGNORECASE,
)
ASIDE_TAGS = frozenset({"header", "footer", "nav", "aside", "select", "option"})
HIDDEN_NAMES = re.compile(
    r"(?:^|[\s_-])(?:hidden|hide|d-none|visually-hidden|sr-only|invisible|is-hidden)(?:\s|$)", re.IGNORECASE
)
# Texts around an amount that make it another amount than the price.
NOT_THE_PRICE = re.compile(
    r"%|/\s?(?:kg|g|l|m|ml|100|st|szt|ks|kom|m²|m2)(?!\w)|(?<!\w)(?:per|pro|je|za|al|par|por)\s+(?:1|100|kg|l|m|unit|"
    r"stück)(?!\w)|you save|save|ersparnis|sie sparen|économi|ahorra|risparmi|oszczędz|ušetř|ušetr|экономия|shipping|"
    r"delivery|versand|livraison|envío|spedizione|dostawa|doprava|доставк|送料|運費|phí|ship|month|monat|mois|al mes|"
    r"mese|miesi|měs|mes\.|мес|月々|instal|rata|rate von|from orders|orders over|ab einem|free over|gift card|coupon|"
    r"cashback|points|ポイント|deposit|bid|finance|shipping|rrp|uvp|msrp|list price|was:|statt",
    re.IGNORECASE,
)
