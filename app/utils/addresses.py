"""Network addresses: who counts as one peer."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

_IPV6_PEER_BITS = 64


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
