"""Names in a Host header: which are well-formed, and which are ours."""

from collections.abc import Collection
from functools import lru_cache
from ipaddress import ip_address

from werkzeug.sansio.utils import host_is_trusted


@lru_cache(maxsize=1000)
def name_in(host: str) -> str | None:
    """The name or bare address in a Host header, in lower case and without its port; None if it is malformed."""
    if not host_is_trusted(host):
        return None
    name = host.lower()
    if name.startswith("["):
        return name[1 : name.index("]")]
    return name.partition(":")[0].removesuffix(".")


def is_named(name: str, allowed: Collection[str]) -> bool:
    """Whether one of the allowed names is this one; `*.example.org` stands for every name below."""
    parents = name.split(".")[1:]
    wildcards = {"*." + ".".join(parents[start:]) for start in range(len(parents))}
    return name in allowed or not wildcards.isdisjoint(allowed)


def is_address(name: str) -> bool:
    """Whether it is an IP address: no other site can make a browser send that here (DNS rebinding)."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
