"""What settings must not be: addresses that are none, and in production defaults, placeholders and open doors."""

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from config.settings import Settings

DEVELOPMENT_SECRET = "development-only-secret-key-never-for-production"  # noqa: S105 - refused in production
PLACEHOLDER = "change-me"
SECRET_MIN_BYTES = 32
SECRET_MIN_VARIETY = 10
METRICS_TOKEN_MIN_BYTES = 16
_HOW_TO_MAKE_ONE = 'python -c "import secrets; print(secrets.token_urlsafe(48))"'
_POST_URL = re.compile(r"https?://[^\s{}]+(\{(organization|slug|id)\}[^\s{}]*)+")
_HOST_NAME = re.compile(r"(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*|[0-9a-f:.]+")
_WIDEST_PREFIX = 8
"""A trusted network wider than a /8 holds strangers."""


def problems_of_addresses(settings: "Settings") -> list[str]:
    """What is wrong with addresses and names anywhere, as sentences."""
    checks = [
        (
            bool(settings.public_url) and not is_origin(str(settings.public_url).rstrip("/")),
            "PUBLIC_URL must be https://name[:port], without a path.",
        ),
        (
            not all(is_origin(origin) for origin in settings.cors_origins),
            "CORS_ORIGINS must name exact origins (scheme://name[:port], in lower case), not *, null or patterns.",
        ),
        (
            not all(_HOST_NAME.fullmatch(name) for name in settings.allowed_hosts),
            "ALLOWED_HOSTS must be names such as api.example.org or *.example.org, without scheme and port.",
        ),
        (
            bool(settings.post_url) and not _is_template(str(settings.post_url)),
            "POST_URL must be an address with {slug} or {id} in it, such as https://example.org/{organization}/{slug}.",
        ),
    ]
    return [problem for is_wrong, problem in checks if is_wrong]


def _is_template(text: str) -> bool:
    return _POST_URL.fullmatch(text) is not None and ("{slug}" in text or "{id}" in text)


def is_origin(text: str) -> bool:
    """Whether it is an origin as browsers write it (RFC 6454 §6.2): nothing but scheme, name and port."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    name = parts.hostname or ""
    host = f"[{name}]" if ":" in name else name
    written = f"{parts.scheme}://{host}" + (f":{port}" if port is not None else "")
    is_name = re.fullmatch(r"[a-z0-9_.:-]+", name) is not None
    return parts.scheme in {"http", "https"} and is_name and text == written


def problems_in_production(settings: "Settings") -> list[str]:
    """Weak settings, as sentences: with any of them production does not start."""
    checks = [*_secret_checks(settings), *_door_checks(settings)]
    placeholders = [
        f"{name.upper()} still holds the placeholder of .env.production.local."
        for name, value in settings
        if PLACEHOLDER in str(value if isinstance(value, str | tuple) else "")
    ]
    return [problem for is_wrong, problem in checks if is_wrong] + placeholders


def _secret_checks(settings: "Settings") -> list[tuple[bool, str]]:
    return [
        (
            is_weak(settings.secret_key),
            f"SECRET_KEY must be set to at least {SECRET_MIN_BYTES} random bytes: {_HOW_TO_MAKE_ONE}",
        ),
        (
            any(is_weak(key) for key in settings.secret_keys_old),
            f"SECRET_KEYS_OLD must hold former SECRET_KEYs only, each of at least {SECRET_MIN_BYTES} bytes.",
        ),
        (
            settings.metrics_token is not None and len(settings.metrics_token.encode()) < METRICS_TOKEN_MIN_BYTES,
            f"METRICS_TOKEN must have at least {METRICS_TOKEN_MIN_BYTES} bytes.",
        ),
    ]


def is_weak(secret: str) -> bool:
    """Whether a signing key is the public one, too short, or the same few characters again and again."""
    is_short = len(secret.encode()) < SECRET_MIN_BYTES
    return secret == DEVELOPMENT_SECRET or is_short or len(set(secret)) < SECRET_MIN_VARIETY


def _door_checks(settings: "Settings") -> list[tuple[bool, str]]:
    return [
        (settings.debug, "DEBUG must be off in production."),
        # Flask reads it by itself, whatever DEBUG says.
        (
            (settings.flask_debug or "0").lower() not in {"0", "false", "no"},
            "FLASK_DEBUG must be off in production.",
        ),
        (not settings.public_url, "PUBLIC_URL must be set in production (https://…)."),
        (
            bool(settings.public_url) and not str(settings.public_url).startswith("https://"),
            "PUBLIC_URL must be https:// in production.",
        ),
        (
            bool(settings.front_end_url) and not str(settings.front_end_url).startswith("https://"),
            "FRONT_END_URL must be https:// in production.",
        ),
        (
            not all(origin.startswith("https://") for origin in settings.cors_origins),
            "CORS_ORIGINS must be https:// in production: whoever alters a plain page on its way acts as its reader.",
        ),
        (
            any(network.prefixlen < _WIDEST_PREFIX for network in settings.trusted_proxies),
            "TRUSTED_PROXIES must name your proxies, not the whole world: what they forward is believed.",
        ),
    ]


def warnings_of(settings: "Settings") -> list[str]:
    """What production starts with, but an operator should know."""
    checks = [
        (
            settings.sqlalchemy_url.startswith("sqlite"),
            "DATABASE_URL is not set: SQLite serves one host and one writer; use PostgreSQL in production.",
        ),
        (settings.rate_limit_scale == 0, "RATE_LIMIT_SCALE is 0: nothing limits guessing of passwords."),
        (
            settings.media_jail == "none",
            "MEDIA_JAIL is none: FFmpeg reads strangers' files with all rights of this user.",
        ),
    ]
    return [warning for is_so, warning in checks if is_so and settings.is_production]
