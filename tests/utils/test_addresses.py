"""Who counts as the client of a proxy."""

from ipaddress import ip_network

import pytest

from app.utils.addresses import is_within, nearest_untrusted, peer_key

TRUSTED = [ip_network("127.0.0.1/32"), ip_network("10.0.0.0/8"), ip_network("fd00::/8")]


@pytest.mark.parametrize(
    ("forwarded_for", "client"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("203.0.113.7, 10.1.2.3", "203.0.113.7"),
        ("203.0.113.7, 10.1.2.3, fd00::1", "203.0.113.7"),
        # The left of an untrusted hop is the client's own invention.
        ("198.51.100.1, 203.0.113.7", "203.0.113.7"),
        ("10.9.9.9, 203.0.113.7, 10.1.2.3", "203.0.113.7"),
        ("127.0.0.1, 203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:4711, 10.1.2.3:80", "203.0.113.7"),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("2001:DB8::7", "2001:db8::7"),
        # All ours: the farthest of them asked.
        ("10.1.2.3, 10.1.2.4", "10.1.2.3"),
        # What is no address says nothing about who stands left of it.
        ("203.0.113.7, unknown", "127.0.0.1"),
        ("203.0.113.7, unknown, 10.1.2.3", "10.1.2.3"),
        ("", "127.0.0.1"),
        (" , ", "127.0.0.1"),
        ("203.0.113.7, 1.2.3", "127.0.0.1"),
        ("203.0.113.7\n", "203.0.113.7"),
        ("_hidden, 999.1.1.1", "127.0.0.1"),
    ],
)
def test_the_nearest_untrusted_hop_is_the_client(forwarded_for: str, client: str) -> None:
    assert nearest_untrusted("127.0.0.1", forwarded_for, TRUSTED) == client


@pytest.mark.parametrize(
    ("address", "is_inside"),
    [
        *(("10.255.0.1", True), ("11.0.0.1", False), ("::ffff:10.0.0.1", True)),
        *(("fd00::1", True), ("::1", False), ("", False), ("unix:", False)),
    ],
)
def test_an_address_lies_in_a_network_or_not(address: str, is_inside: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_within(address, TRUSTED) is is_inside


def test_an_ipv4_address_in_ipv6_clothes_is_the_same_peer() -> None:
    assert peer_key("::ffff:203.0.113.7") == peer_key("203.0.113.7")
