"""The page of rate limits, generated from their definitions."""

from typing import Final

from app.http.limits import NAMED, Limit
from config.env import PROJECT_DIR

PAGE: Final = PROJECT_DIR / "docs" / "rate-limits.md"
_HEAD: Final = """# Rate limits

Every route has one; `x-rate-limit` in the OpenAPI document says which. A route that names none has `WRITE` or, for GET,
`READ`. Generated from `app/http/limits.py` by `python -m tests.support.write_limits`.

A refused call is 429 with `Retry-After` and the problem type `quota-exceeded`; it is not counted, so nobody is kept out
longer for trying. `RateLimit-Policy` and `RateLimit` say the quotas and what is left of them
(draft-ietf-httpapi-ratelimit-headers-11); answers that caches share carry only the first.

Counted per peer address (IPv6: per /64; behind a proxy the one that `TRUSTED_PROXIES` vouches for), account and API
key, and nothing else of a request. "Redis" is one count for all processes; while Redis is away, and for "process"
always, each web process counts for itself. `RATE_LIMIT_SCALE` multiplies every quota; 0 switches them off. What
the edge cache answers from memory is not counted: it costs about as much as a refusal.

| name | for | calls | in | per | counted in |
|---|---|---|---|---|---|
"""


def render() -> str:
    """The whole page."""
    return _HEAD + "".join(line for name, limit in NAMED.items() for line in _lines(name, limit))


def _lines(name: str, limit: Limit) -> list[str]:
    place = "Redis" if limit.is_shared else "process"
    return [
        f"| `{name}` | {limit.summary} | {policy.quota} | {policy.window_s} s | {policy.per} | {place} |\n"
        for policy in limit.policies
    ]
