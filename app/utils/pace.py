"""A guess of how long something will still take, from how far it came in how long."""

from datetime import datetime, timedelta
from typing import Final

_TOO_EARLY: Final = 0.02
"""Below this share a guess would swing by minutes."""


def eta_s(spent_s: float, fraction: float) -> int | None:
    """Seconds left at the pace so far; None while it is too early to tell."""
    if fraction <= _TOO_EARLY or spent_s <= 0:
        return None
    return round(spent_s * (1 - min(fraction, 1.0)) / fraction)


def begun_without_break(began: datetime, last: datetime, moment: datetime, *, grown: float) -> datetime:
    """When something would have begun at its pace if nothing had broken it off since `last`.

    `grown` is how far it is now to how far it was then; that stretch counts what it takes at the pace before.
    """
    return moment - timedelta(seconds=(last - began).total_seconds() * grown)
