"""The mail server of this instance, from `SMTP_URL` or the single `SMTP_…` settings."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, urlsplit

SUBMISSION_PORT = 587
IMPLICIT_TLS_PORT = 465
Security = Literal["none", "starttls", "tls"]


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed over; the password stays out of every repr."""

    host: str
    port: int
    user: str | None
    password: str | None
    security: Security

    def __repr__(self) -> str:
        return f"<SmtpServer {self.host}:{self.port} {self.security}>"


def smtp_from_url(url: str, *, starttls: bool) -> SmtpServer:
    """`smtp://user:password@host:port`, or `smtps://` for TLS from the first byte. Raises `ValueError`."""
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("SMTP_URL must be smtp://user:password@host:port or smtps://…")
    is_tls = parts.scheme == "smtps"
    plain: Security = "starttls" if starttls else "none"
    return SmtpServer(
        host=parts.hostname,
        port=parts.port or (IMPLICIT_TLS_PORT if is_tls else SUBMISSION_PORT),
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        security="tls" if is_tls else plain,
    )
