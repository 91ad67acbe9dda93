"""Network addresses: who counts as one peer, and whose word counts about it."""

import re
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network
_IPV6_PEER_BITS = 64
_WITH_PORT = re.compile(r"(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+))(?::\d{1,5})?")


@lru_cache(maxsize=10_000)
def peer_key(address: str) -> str:
    """The address itself; of IPv6 the /64, for one customer holds at least that many addresses."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ip_network((parsed, _IPV6_PEER_BITS), strict=False))


def is_within(address: str, networks: Sequence[Network]) -> bool:
    """Whether the address lies in one of the networks; an IPv4 address in IPv6 clothes is the IPv4 one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return any(parsed in network for network in networks)


def nearest_untrusted(peer: str, forwarded_for: str, trusted: Sequence[Network]) -> str:
    """The client of a trusted peer: from the right, the first hop of `X-Forwarded-For` that nobody of ours is.

    Each proxy adds whom it heard from, so only what stands left of an untrusted hop can be a lie. What is no address
    ends the walk at the hop that said it.
    """
    client = peer
    for entry in reversed(forwarded_for.split(",")):
        hop = _address_in(entry.strip())
        if hop is None:
            return client
        client = hop
        if not is_within(hop, trusted):
            return client
    return client


def _address_in(entry: str) -> str | None:
    """The address of a hop, which some proxies write with a port."""
    match = _WITH_PORT.fullmatch(entry)
    bare = (match.group(1) or match.group(2)) if match else entry
    try:
        return str(ip_address(bare))
    except ValueError:
        return None
