"""Every sentence of the mails, whole, in each language. Names in %(…)s are filled in; nothing is glued together.

A hit is a possible violation, even a confirmed one: only a court can say more. A listing was seen; what is
no longer seen is never said to have been taken down.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from alerts.figures import Language
from records.decision import Reason
from records.hit import Right, Tier

# The same shapes in every language; the word stands beside them.
TIER_BARS: Mapping[Tier, str] = MappingProxyType({"high": "▮▮▮", "medium": "▮▮▯", "low": "▮▯▯", "none": "–"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The sentences of one language."""

    subject: str
    """At most 30 full-width characters; the owner's name is cut to fit."""
    kind: str
    """What this mail is."""
    heading_ip: str
    """Only possible violations are reported."""
    heading_price: str
    """Only possible price breaches are reported."""
    heading_both: str
    """Both tracks are reported, counted apart."""
    reviewed_only: str
    """What is in this mail and what is not."""
    stat_new: str
    """Label of the number of hits reported."""
    stat_high: str
    """Label of how many of them are of high tier."""
    stat_unreviewed: str
    """Label of how many hits nobody has looked at."""
    figure: str
    """A number of hits under its label."""
    unreviewed: str
    """The number of unreviewed hits as a sentence."""
    tiers: Mapping[Tier, str]
    """Words of the tiers."""
    tier_label: str
    """The tier in a sentence of the text part."""
    seen: str
    """Where and when the listing was seen."""
    price: str
    """The price asked."""
    price_range: str
    """The price asked, from and to."""
    price_unknown: str
    """No price could be read."""
    minimum_price: str
    """The owner's minimum price of one pack."""
    share_of_list: str
    """The price per unit against the owner's list price."""
    share_of_minimum: str
    """The price per unit against the owner's minimum price."""
    mark: str
    """The mark with its registration number."""
    mark_without_number: str
    """The mark where the watch list has no registration number."""
    words: str
    """The words of the listing that the finding rests on."""
    quote: str
    """One quoted word."""
    reasons: Mapping[Reason, str]
    """Why a reviewer confirmed it."""
    rights: Mapping[Right, str]
    """What is to be known about the registration; valid and unknown say nothing."""
    link: str
    """Label of the link to one hit's evidence."""
    more: str
    """How many more hits the console lists."""
    open_list: str
    """Label of the link to the list."""
    links_note: str
    """What the links open."""
    coverage: str
    """Heading of what was read."""
    coverage_line: str
    """One marketplace: pages read, blocked, left out because of robots.txt."""
    coverage_broken: str
    """One marketplace, some of whose crawls did not end well."""
    coverage_none: str
    """No crawl ended in this period."""
    coverage_note: str
    """What an unread page does not mean."""
    why: str
    """Why the reader gets this."""
    stop: str
    """How to change that."""


JAPANESE = Wording(
    subject="【要確認】%(owner)s：新規 %(count)s件（%(day)s）",
    kind="日次まとめ",
    heading_ip="違反の可能性%(violations)s件を確認しました。",
    heading_price="価格逸脱の可能性%(prices)s件を確認しました。",
    heading_both="違反の可能性%(violations)s件、価格逸脱の可能性%(prices)s件を確認しました。",
    reviewed_only="担当者が証拠を見て判断したものだけを載せています。未確認の自動検知の内容は含みません。",
    stat_new="新規（確認済み）",
    stat_high="うち重要度「高」",
    stat_unreviewed="未確認（件数のみ）",
    figure="%(count)s件",
    unreviewed="このほかに未確認の自動検知が%(count)s件あります。",
    tiers={"high": "高", "medium": "中", "low": "低", "none": "なし"},
    tier_label="%(bars)s 重要度 %(word)s",
    seen="%(market)sで%(day)sに確認",
    price="価格 %(price)s",
    price_range="価格 %(low)s～%(high)s",
    price_unknown="価格は読み取れませんでした",
    minimum_price="貴社の最低価格 %(price)s（1パックあたり）",
    share_of_list="単位あたりで貴社の定価の%(share)s",
    share_of_minimum="単位あたりで貴社の最低価格の%(share)s",
    mark="商標 %(mark)s（%(office)s 登録 %(number)s）",
    mark_without_number="商標 %(mark)s（登録番号は監視リストに未記入）",
    words="根拠となった表示：%(words)s",
    quote="「%(word)s」",
    reasons={
        "counterfeit": "偽造品の可能性があると判断しました。",
        "imitation_wording": "模倣品であることを示す言葉があり、違反の可能性があると判断しました。",
        "unauthorised_mark_use": "許諾のない商標使用の可能性があると判断しました。",
        "below_minimum_price": "貴社の最低価格を下回る可能性のある価格です。",
    },
    rights={
        "expired": "監視リスト上、登録の期限が過ぎています。参考としてお知らせします。",
        "other_class": "登録の区分と異なる商品の可能性があります。参考としてお知らせします。",
    },
    link="証拠を見る（Markwatchの画面、要ログイン）",
    more="ほかに%(count)s件あります。",
    open_list="一覧を開く（全%(count)s件）",
    links_note="リンク先はMarkwatchの画面です（要ログイン）。出品ページへの直接リンクはありません。",
    coverage="調査の範囲（直近24時間）",
    coverage_line="%(market)s：読み取り%(pages)sページ、遮断%(blocked)sページ、robots.txtによる除外%(denied)sページ",
    coverage_broken=(
        "%(market)s：読み取り%(pages)sページ、遮断%(blocked)sページ、robots.txtによる除外%(denied)sページ"
        "（巡回%(runs)s回のうち%(broken)s回は最後まで読めていません）"
    ),
    coverage_none="この期間に終わった巡回はありません。",
    coverage_note="読めなかったページの出品がなくなったとは限りません。",
    why="このメールは、%(owner)sの日次まとめの宛先として登録されている方にお送りしています。",
    stop="宛先の変更や停止は、Markwatchの担当者へご連絡ください。",
)

VIETNAMESE = Wording(
    subject="[Cần xem] %(owner)s: %(count)s phát hiện mới (%(day)s)",
    kind="Bản tin hằng ngày",
    heading_ip="Nhân viên đã xác nhận %(violations)s nghi vấn vi phạm.",
    heading_price="Nhân viên đã xác nhận %(prices)s nghi vấn bán dưới giá.",
    heading_both="Nhân viên đã xác nhận %(violations)s nghi vấn vi phạm và %(prices)s nghi vấn bán dưới giá.",
    reviewed_only=(
        "Thư này chỉ gồm những trường hợp đã có người xem chứng cứ và kết luận. "
        "Nội dung các phát hiện tự động chưa được xem không có ở đây."
    ),
    stat_new="Mới (đã xác nhận)",
    stat_high="Trong đó mức cao",
    stat_unreviewed="Chưa xem (chỉ số lượng)",
    figure="%(count)s",
    unreviewed="Ngoài ra còn %(count)s phát hiện tự động chưa được xem.",
    tiers={"high": "Cao", "medium": "Vừa", "low": "Thấp", "none": "Không"},
    tier_label="%(bars)s Mức %(word)s",
    seen="Thấy trên %(market)s ngày %(day)s",
    price="Giá %(price)s",
    price_range="Giá từ %(low)s đến %(high)s",
    price_unknown="Không đọc được giá",
    minimum_price="Giá tối thiểu của quý công ty %(price)s (mỗi gói)",
    share_of_list="Tính theo đơn vị, bằng %(share)s giá niêm yết của quý công ty",
    share_of_minimum="Tính theo đơn vị, bằng %(share)s giá tối thiểu của quý công ty",
    mark="Nhãn hiệu %(mark)s (%(office)s, số đăng ký %(number)s)",
    mark_without_number="Nhãn hiệu %(mark)s (danh sách theo dõi chưa ghi số đăng ký)",
    words="Chữ trong tin đăng: %(words)s",
    quote="“%(word)s”",
    reasons={
        "counterfeit": "Người xem cho rằng có thể là hàng giả.",
        "imitation_wording": "Tin đăng có chữ cho thấy hàng nhái; có thể vi phạm.",
        "unauthorised_mark_use": "Có thể dùng nhãn hiệu khi chưa được phép.",
        "below_minimum_price": "Giá có thể thấp hơn giá tối thiểu của quý công ty.",
    },
    rights={
        "expired": "Theo danh sách theo dõi, đăng ký đã hết hạn; thông tin này chỉ để tham khảo.",
        "other_class": "Sản phẩm có thể thuộc nhóm khác với đăng ký; thông tin này chỉ để tham khảo.",
    },
    link="Xem chứng cứ (trên Markwatch, cần đăng nhập)",
    more="Còn %(count)s trường hợp nữa.",
    open_list="Mở danh sách (tất cả %(count)s)",
    links_note=(
        "Liên kết mở trang Markwatch và cần đăng nhập. Thư này không có liên kết trực tiếp đến trang bán hàng."
    ),
    coverage="Phạm vi đã đọc (24 giờ qua)",
    coverage_line=(
        "%(market)s: đã đọc %(pages)s trang, bị chặn %(blocked)s trang, robots.txt không cho đọc %(denied)s trang"
    ),
    coverage_broken=(
        "%(market)s: đã đọc %(pages)s trang, bị chặn %(blocked)s trang, robots.txt không cho đọc %(denied)s trang "
        "(%(broken)s trong %(runs)s lượt đọc chưa trọn vẹn)"
    ),
    coverage_none="Không có lượt đọc nào kết thúc trong thời gian này.",
    coverage_note="Trang không đọc được không có nghĩa là tin đăng không còn.",
    why="Quý vị nhận thư này vì có tên trong danh sách nhận bản tin hằng ngày của %(owner)s.",
    stop="Để đổi hoặc ngừng nhận thư, xin liên hệ nhân viên Markwatch.",
)

ENGLISH = Wording(
    subject="[Please check] %(owner)s: new hits %(count)s (%(day)s)",
    kind="Daily digest",
    heading_ip="Possible violations confirmed by a reviewer: %(violations)s.",
    heading_price="Possible price breaches confirmed by a reviewer: %(prices)s.",
    heading_both="Confirmed by a reviewer: possible violations %(violations)s, possible price breaches %(prices)s.",
    reviewed_only=(
        "This mail lists only what a person has judged by its evidence. "
        "It holds nothing about automatic findings that nobody has reviewed."
    ),
    stat_new="New (confirmed)",
    stat_high="Of these, high",
    stat_unreviewed="Unreviewed (number only)",
    figure="%(count)s",
    unreviewed="Automatic findings not yet reviewed: %(count)s.",
    tiers={"high": "High", "medium": "Medium", "low": "Low", "none": "None"},
    tier_label="%(bars)s Tier: %(word)s",
    seen="Seen at %(market)s on %(day)s",
    price="Price %(price)s",
    price_range="Price from %(low)s to %(high)s",
    price_unknown="The price could not be read",
    minimum_price="Your minimum price %(price)s (per pack)",
    share_of_list="Per unit %(share)s of your list price",
    share_of_minimum="Per unit %(share)s of your minimum price",
    mark="Mark %(mark)s (%(office)s registration %(number)s)",
    mark_without_number="Mark %(mark)s (the watch list has no registration number)",
    words="Words in the listing: %(words)s",
    quote="“%(word)s”",
    reasons={
        "counterfeit": "The reviewer considers it a possible counterfeit.",
        "imitation_wording": "Its words say it is an imitation; a possible violation.",
        "unauthorised_mark_use": "Possible use of the mark without permission.",
        "below_minimum_price": "The price is possibly below your minimum price.",
    },
    rights={
        "expired": "By the watch list the registration has expired; this is for information.",
        "other_class": "The goods are possibly outside the registered classes; this is for information.",
    },
    link="See the evidence (in Markwatch, log-in needed)",
    more="There are more: %(count)s.",
    open_list="Open the list (all %(count)s)",
    links_note="Links open Markwatch and need a log-in. This mail has no direct link to a listing's page.",
    coverage="What was read (last 24 hours)",
    coverage_line="%(market)s: pages read %(pages)s, blocked %(blocked)s, left out by robots.txt %(denied)s",
    coverage_broken=(
        "%(market)s: pages read %(pages)s, blocked %(blocked)s, left out by robots.txt %(denied)s "
        "(crawls: %(runs)s, of which not read to the end: %(broken)s)"
    ),
    coverage_none="No crawl ended in this period.",
    coverage_note="A page that could not be read does not mean that its listing is gone.",
    why="You receive this because your address is registered for the daily digest of %(owner)s.",
    stop="To change or stop it, write to your contact at Markwatch.",
)

WORDINGS: Mapping[Language, Wording] = MappingProxyType({"ja": JAPANESE, "vi": VIETNAMESE, "en": ENGLISH})
