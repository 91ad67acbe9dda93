"""A device's name for people, guessed from its User-Agent."""

from typing import Final

# The order counts: Edge and Opera call themselves Chrome too, and Chrome calls itself Safari.
_PROGRAMS: Final = (
    *(("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari")),
    *(("curl", "curl"), ("okhttp", "Android app"), ("CFNetwork", "Apple app"), ("python", "Python")),
)
_SYSTEMS: Final = (
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows")),
    *(("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")),
)


def device_of(user_agent: str | None) -> str:
    """Such as `Firefox on Linux`; a guess, for recognising one's own devices."""
    text = user_agent or ""
    program = next((name for mark, name in _PROGRAMS if mark in text), None)
    system = next((name for mark, name in _SYSTEMS if mark in text), None)
    if program and system:
        return f"{program} on {system}"
    return program or system or "Unknown device"
