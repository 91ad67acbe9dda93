"""Headers of every answer, the server's own included."""

from typing import Final

from config import settings

ALWAYS: Final = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cache-Control", "private, no-store"),
)
HSTS: Final = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")


def wanted_headers(*, is_plain: bool) -> tuple[tuple[str, str], ...]:
    """`is_plain`: the client came by http, where HSTS must not be sent (RFC 6797 §7.2)."""
    return (*ALWAYS, HSTS) if settings.base_url.startswith("https://") and not is_plain else ALWAYS
