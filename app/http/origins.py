"""Origins whose pages may use the API with the user's cookie or socket: our own and the allow-listed, exactly."""

from config import settings


def is_allowed(origin: str, own_url: str) -> bool:
    """Whether the origin is `PUBLIC_URL`'s, one of `CORS_ORIGINS`, or that of the address asked (`own_url`).

    The Host was checked before, so nobody chooses `own_url`. `null` is none of them.
    """
    return origin in {settings.base_url, own_url.rstrip("/"), *settings.cors_origins}
