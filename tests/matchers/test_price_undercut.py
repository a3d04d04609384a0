import json
from decimal import Decimal
from pathlib import Path

import pytest

from benchmarks.price_undercut import Case, cases_of, group, main, score, watchlist_of
from matchers.match import Matcher
from matchers.price.offer_text import OfferText
from matchers.price.peers import FEWEST_PEERS, PeerRange
from tests.realdata import data_path

FORMS = (
    "Kem dưỡng ẩm Zenofa Hydrex Bright {n}50ml",
    "Kem dưỡng ẩm Zenofa Hydrex Bright 50ml chính hãng {n}",
    "[Giao HCM] Kem dưỡng ẩm Zenofa Hydrex Bright 50ml{n}",
    "Kem dưỡng ẩm Zenofa Hydrex Bright 50ml mới {n}",
    "Kem dưỡng ẩm Zenofa Hydrex Bright 50ml cao cấp {n}",
    "Kem dưỡng ẩm Zenofa Hydrex Bright 50ml giá tốt {n}",
    "Kem dưỡng ẩm Zenofa Hydrex Bright 50ml freeship {n}",
)


def offers() -> list[OfferText]:
    return [
        OfferText(form.format(n=""), (), Decimal(200_000 + 2_000 * place), Decimal(200_000 + 2_000 * place))
        for place, form in enumerate(FORMS)
    ]


def test_the_peer_range_is_the_middle_and_its_spread() -> None:
    peers = PeerRange.of([Decimal(price) for price in (90, 95, 100, 105, 110, 10_000)])
    assert peers is not None
    assert peers.middle == Decimal("102.5")
    assert 0.1 <= peers.spread < 0.2
    assert peers.share(Decimal("20.5")) == Decimal("0.2")


def test_too_few_peers_say_nothing() -> None:
    assert PeerRange.of([Decimal(100)] * (FEWEST_PEERS - 1)) is None


def test_only_a_price_far_below_the_others_stands_apart() -> None:
    peers = PeerRange.of([Decimal(100)] * FEWEST_PEERS)
    assert peers is not None
    assert peers.is_outlier(Decimal(50))
    assert not peers.is_outlier(Decimal(90))
    assert not peers.is_outlier(Decimal(500))


def test_offers_of_one_product_make_one_group_with_its_median() -> None:
    groups = group(offers(), 10)
    assert len(groups) == 1
    assert groups[0].median == Decimal(206_000)
    assert groups[0].mark == "zenofa"
    assert {"hydrex", "bright"} <= set(groups[0].name.split())


def test_undercuts_are_found_and_innocent_offers_are_not() -> None:
    groups = group(offers(), 10)
    cases = list(cases_of(groups))
    matcher = Matcher(watchlist_of(groups))
    figures = score(cases, [matcher.match(case.listing, everything=True) for case in cases])
    assert {case.kind for case in cases} >= {"undercut", "bundle", "sample", "used", "accessory", "choice"}
    assert figures["recall_to_half"] == 1.0
    assert figures["high_precision"] == 1.0
    assert figures["innocent_hits"] == {}


def test_the_score_counts_a_hit_on_an_innocent_offer() -> None:
    groups = group(offers(), 10)
    matcher = Matcher(watchlist_of(groups))
    cases = [case for case in cases_of(groups) if case.share == Decimal("0.15")]
    hits = [matcher.match(case.listing) for case in cases]
    innocent = [Case(case.listing, case.product_id, "fair", None) for case in cases]
    figures = score([*cases, *innocent], [*hits, *hits])
    assert figures["high_precision"] == 0.5
    assert figures["innocent_hits"] == {"fair": len(cases)}


def test_absent_listings_are_a_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--listings", str(tmp_path / "none.jsonl.gz")])
    assert stopped.value.code == 2


@pytest.mark.real
@pytest.mark.fault  # half a minute over all listings; not in the quick set
def test_undercuts_of_real_groups_are_found(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--listings", str(data_path("listings", "real_listings.jsonl.gz"))])
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert figures["groups"] >= 40
    assert figures["high_precision"] >= 0.95
    assert figures["recall_to_half"] >= 0.9
