"""Where letters land without a mail server: files that only this user reads, newest 200, for development."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Final

from config import settings

KEPT: Final = 200
_NAME: Final = re.compile(r"[0-9a-f-]{36}")


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A letter as the outbox page shows it."""

    id: str
    to: str
    subject: str
    date: str
    text: str
    html: str


def keep(mail_id: str, content: bytes) -> None:
    """Writes the letter beside and renames it; the same letter again replaces itself."""
    folder = settings.outbox_dir
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = folder / f".{mail_id}"
    beside.touch(mode=0o600)
    beside.write_bytes(content)
    beside.replace(_file(mail_id))
    for path in _newest_first()[KEPT:]:
        path.unlink(missing_ok=True)


def letters() -> list[KeptMail]:
    """Every kept letter, newest first."""
    return [_read(path) for path in _newest_first()]


def letter(mail_id: str) -> KeptMail | None:
    """One kept letter."""
    if not _NAME.fullmatch(mail_id) or not _file(mail_id).exists():
        return None
    return _read(_file(mail_id))


def _file(mail_id: str) -> Path:
    return settings.outbox_dir / f"{mail_id}.eml"


def _newest_first() -> list[Path]:
    # Ids are UUIDv7: their order is that of time.
    return sorted(settings.outbox_dir.glob("*.eml"), reverse=True)


def _read(path: Path) -> KeptMail:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    return KeptMail(
        id=path.stem,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        date=str(message["Date"]),
        text=_body(message, "plain"),
        html=_body(message, "html"),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return part.get_content() if isinstance(part, EmailMessage) else ""
