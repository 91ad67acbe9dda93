"""The text form of an API key: `mq_<id>_<secret><checksum>`, letters and digits only."""

import secrets
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID
from zlib import crc32

PREFIX: Final = "mq_"
_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ID_LENGTH: Final = 32
_SECRET_LENGTH: Final = 43  # 62^43 > 2^256
_CHECKSUM_LENGTH: Final = 6  # 62^6 > 2^32


@dataclass(frozen=True, slots=True)
class ParsedKey:
    """The parts that count."""

    id: UUID
    secret: str = field(repr=False)


def write(key_id: UUID, secret: str) -> str:
    """The key as its owner gets it, once."""
    text = f"{PREFIX}{key_id.hex}_{secret}"
    return text + _checksum(text)


def new_secret() -> str:
    """256 random bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_SECRET_LENGTH))


def parse(text: str) -> ParsedKey | None:
    """The parts of a key; None for what cannot be one, which the checksum tells without a look-up."""
    body, checksum = text[:-_CHECKSUM_LENGTH], text[-_CHECKSUM_LENGTH:]
    identity, _, secret = body.removeprefix(PREFIX).partition("_")
    is_formed = (
        text.startswith(PREFIX) and text.isascii() and (len(identity), len(secret)) == (_ID_LENGTH, _SECRET_LENGTH)
    )
    if not is_formed or checksum != _checksum(body):
        return None
    try:
        return ParsedKey(UUID(hex=identity), secret)
    except ValueError:
        return None


def _checksum(text: str) -> str:
    number, digits = crc32(text.encode()), ""
    for _ in range(_CHECKSUM_LENGTH):
        number, digit = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits
