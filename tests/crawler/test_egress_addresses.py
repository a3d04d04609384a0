import pytest

from crawler.egress_addresses import is_internal_literal, is_public

INTERNAL = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",  # noqa: S104 - a target
    "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.0.9", "192.0.2.1", "198.18.0.1",
    "198.19.255.255", "198.51.100.1", "203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::808:808",
    "64:ff9b:1::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::", "fc00::1", "fd12::1", "fe80::1",
    "fec0::1", "ff02::1", "not an address", "",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "1.1.1.1", "93.184.216.34", "100.63.255.255", "100.128.0.1", "198.17.0.1", "198.20.0.1",
          "2606:4700:4700::1111", "2a00:1450:4001::1"]  # fmt: skip


@pytest.mark.parametrize("address", INTERNAL)
def test_an_internal_or_unreadable_address_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST.", "a.localhost", "metadata.google.internal", "127.0.0.1", "127.1", "0x7f.1", "0177.0.0.1",
     "2130706433", "017700000001", "0x7f000001", "[::1]", "::ffff:7f00:1", "fe80::1%eth0", "169.254.169.254.", "0"],
)  # fmt: skip
def test_every_notation_of_an_internal_host_is_known_without_a_look_up(host: str) -> None:
    assert is_internal_literal(host)


@pytest.mark.parametrize(
    "host", ["tiki.vn", "8.8.8.8", "134744072", "1688.com", "127.0.0.1.example.com", "localhost.vn"]
)
def test_a_name_or_public_literal_is_left_to_the_guard(host: str) -> None:
    assert not is_internal_literal(host)
