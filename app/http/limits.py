"""Rate limits as the route table names them: how often, counted for whom, and where."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Per(StrEnum):
    """For whom a policy counts. Nothing else of a request makes a key, so that nothing else can evade it."""

    ADDRESS = "peer address"
    ACTOR = "API key or account, else peer address"
    ACCOUNT_AT_ADDRESS = "account named in the body, with the peer address"


@dataclass(frozen=True, slots=True)
class Policy:
    """At most `quota` calls in any `window_s` seconds."""

    name: str
    quota: int
    window_s: int
    per: Per


@dataclass(frozen=True, slots=True)
class Limit:
    """Policies that must all allow a call.

    Shared ones are counted in Redis for every process; the others in each process alone, which costs a hot read
    nothing. `account` is the body's property that names an account.
    """

    summary: str
    policies: tuple[Policy, ...]
    is_shared: bool = True
    account: str = "email"

    @property
    def names_account(self) -> bool:
        return any(policy.per is Per.ACCOUNT_AT_ADDRESS for policy in self.policies)


_MINUTE_S: Final = 60
_TEN_MINUTES_S: Final = 600
_HOUR_S: Final = 3600


def _one(summary: str, policy: Policy, *, is_shared: bool = True) -> Limit:
    return Limit(summary, (policy,), is_shared)


READ: Final = _one("Reading", Policy("read", 6000, _MINUTE_S, Per.ACTOR), is_shared=False)
MEDIA: Final = _one("Playing media", Policy("media", 12_000, _MINUTE_S, Per.ADDRESS), is_shared=False)
WRITE: Final = _one("Changing anything", Policy("write", 600, _MINUTE_S, Per.ACTOR))

# The account counts with the address: from elsewhere its owner still gets in, whatever an attacker tries here.
SIGN_IN: Final = Limit(
    "Signing in",
    (
        Policy("sign-in-address", 20, _MINUTE_S, Per.ADDRESS),
        Policy("sign-in-account", 10, _MINUTE_S, Per.ACCOUNT_AT_ADDRESS),
    ),
)
SIGN_UP: Final = _one("Making accounts", Policy("sign-up", 30, _TEN_MINUTES_S, Per.ADDRESS))
REFRESH: Final = _one("Renewing access tokens", Policy("refresh", 120, _MINUTE_S, Per.ADDRESS))
PASSWORD_FORGOT: Final = Limit(
    "Asking for a new password by mail",
    (
        Policy("forgot-address", 10, _TEN_MINUTES_S, Per.ADDRESS),
        Policy("forgot-account", 3, _TEN_MINUTES_S, Per.ACCOUNT_AT_ADDRESS),
    ),
)
PASSWORD_RESET: Final = _one("Setting or changing a password", Policy("password", 10, _MINUTE_S, Per.ACTOR))
VERIFY: Final = _one("Proving an e-mail address", Policy("verify", 20, _MINUTE_S, Per.ADDRESS))
VERIFICATION_MAIL: Final = _one(
    "Asking for a verification mail", Policy("verification-mail", 3, _TEN_MINUTES_S, Per.ACTOR)
)
INVITE: Final = _one("Inviting people", Policy("invite", 60, _HOUR_S, Per.ACTOR))
API_KEYS: Final = _one("Making API keys", Policy("api-keys", 30, _HOUR_S, Per.ACTOR))
COMMENT: Final = _one("Commenting", Policy("comment", 20, _MINUTE_S, Per.ACTOR))
UPLOAD: Final = _one("Starting uploads", Policy("upload", 120, _MINUTE_S, Per.ACTOR))
UPLOAD_PIECE: Final = _one(
    "Sending pieces of an upload", Policy("upload-piece", 6000, _MINUTE_S, Per.ACTOR), is_shared=False
)
VIEW: Final = _one("A player's heartbeat", Policy("view", 600, _MINUTE_S, Per.ADDRESS), is_shared=False)

NAMED: Final = {name: limit for name, limit in sorted(globals().items()) if name.isupper() and isinstance(limit, Limit)}
"""Every limit by its name here."""


def limit_of_method(method: str) -> Limit:
    """What holds for a route that names no limit of its own."""
    return READ if method in {"GET", "HEAD"} else WRITE
