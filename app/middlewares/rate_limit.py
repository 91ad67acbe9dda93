"""Rate limits: every route has one, and its answers say how it stands (draft-ietf-httpapi-ratelimit-headers-11)."""

import json
from math import ceil
from typing import Final

from flask import Flask, Response, g, request

from app.clients import rates
from app.clients.rates import Quota
from app.errors import MarqueeError, RateLimited
from app.http.answers import Answer
from app.http.limits import Limit, Per, Policy
from app.http.routing import Call, Handler
from app.http.strict_json import read_json
from app.permissions import ANONYMOUS
from app.utils.addresses import peer_key
from app.utils.windows import Count
from config import settings

_NOBODY: Final = ""
_ACCOUNT_LENGTH: Final = 320  # of an address; what is longer names nobody, and is not kept


def init_app(app: Flask) -> None:
    """Adds the headers, to errors too."""
    app.after_request(_add_headers)


def count_refused(call: Call, following: Handler) -> Answer:
    """Counts for its address what is refused before `limit_rate` could: a bad token, a body that is no JSON."""
    try:
        return following(call)
    except MarqueeError:
        if settings.rate_limit_scale and "rate_limit" not in g:
            call.actor = ANONYMOUS
            _count(call, _NOBODY)
        raise


def limit_rate(call: Call, following: Handler) -> Answer:
    """Counts the call for its peer, account or key. Raises `RateLimited` where a policy has no room for it."""
    if settings.rate_limit_scale:
        _count(call, _account(call, call.route.limit_in_force))
    return following(call)


def _count(call: Call, account: str) -> None:
    limit = call.route.limit_in_force
    quotas = [_quota(policy, call, account) for policy in limit.policies]
    counts = rates.count_everywhere(quotas) if limit.is_shared else rates.count_here(quotas)
    _remember(limit, quotas, counts)
    if not counts[-1].is_allowed:
        raise _refusal(limit.policies[len(counts) - 1], quotas[len(counts) - 1], counts[-1])


def _account(call: Call, limit: Limit) -> str:
    """The account that the body names, whether or not it exists, so that trying tells nothing."""
    if not limit.names_account:
        return _NOBODY
    call.raw_body = read_json()
    document = json.loads(call.raw_body)
    account = document.get(limit.account) if isinstance(document, dict) else None
    return account.strip().lower()[:_ACCOUNT_LENGTH] if isinstance(account, str) else _NOBODY


def _quota(policy: Policy, call: Call, account: str) -> Quota:
    amount = max(1, round(policy.quota * settings.rate_limit_scale))
    return Quota(f"{policy.name} {_whose(policy.per, call, account)}", amount, policy.window_s)


def _whose(per: Per, call: Call, account: str) -> str:
    address = peer_key(request.remote_addr or "")
    if per is Per.ACTOR and call.actor.user_id is not None:
        return str(call.actor.api_key_id or call.actor.user_id)
    return f"{address} {account}" if per is Per.ACCOUNT_AT_ADDRESS else address


def _remember(limit: Limit, quotas: list[Quota], counts: list[Count]) -> None:
    named = list(zip(limit.policies, quotas, strict=True))
    g.rate_limit_policy = ", ".join(f'"{policy.name}";q={quota.amount};w={quota.window_s}' for policy, quota in named)
    g.rate_limit = ", ".join(
        f'"{policy.name}";r={count.remaining};t={ceil(count.reset_s)}'
        for policy, count in zip(limit.policies, counts, strict=False)
    )


def _refusal(policy: Policy, quota: Quota, count: Count) -> RateLimited:
    wait_s = max(1, ceil(count.reset_s))
    return RateLimited(
        f"Too many requests ({quota.amount} in {quota.window_s} s are allowed here); try again in {wait_s} s.",
        headers={"Retry-After": str(wait_s)},
        **{"violated-policies": [policy.name]},  # type: ignore[arg-type]  # the draft's name holds a hyphen
    )


def _add_headers(response: Response) -> Response:
    if "rate_limit" in g:
        response.headers["RateLimit-Policy"] = g.rate_limit_policy
        # What a shared cache gives to others must not tell them one client's count.
        if not response.cache_control.public:
            response.headers["RateLimit"] = g.rate_limit
    return response
