"""Where an image's files lie, the paths that lead to them, and who may fetch one: whoever has the address."""

import re
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from app.clients.disk import NoSuchFile
from app.clients.storage import StoredFile
from app.clients.stores import storage
from app.database import Record, read_connection
from app.errors import NotFound
from app.media.image_sizes import full_name, narrower_name
from app.models import Image, ImageState, Organization

IMAGES: Final = "images"
_ADDRESS: Final = re.compile(r"/media/images/([0-9a-f]{32})/full\.(?:jpg|png|webp)\b")
_TOKEN: Final = re.compile(r"[0-9a-f]{32}")
_NAME: Final = re.compile(r"full\.(jpg|png|webp)|\d{3,4}\.webp")
SHOWN: Final[tuple[Any, ...]] = (
    *(Image.id, Image.token, Image.state, Image.ending, Image.alt, Image.width, Image.height, Image.widths),
)
"""The columns that `shown` reads, in the order of its fields."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An image as pages show it."""

    id: UUID
    token: str
    state: ImageState
    ending: str
    alt: str
    width: int
    height: int
    widths: list[int]

    @property
    def path(self) -> str:
        """Good from the first moment; there is a file behind it once the image is ready."""
        return f"/media/images/{self.token}/{full_name(self.ending)}"

    def narrower_path(self, width: int) -> str:
        """The path to a narrower one."""
        return f"/media/images/{self.token}/{narrower_name(width)}"


def shown(row: Record, prefix: str = "") -> Shown:
    """The image in a row whose columns have this prefix."""
    return Shown(*(row._mapping[f"{prefix}{column.key}"] for column in SHOWN))  # noqa: SLF001 - SQLAlchemy's public name of it


def cover_path(post: Record) -> str | None:
    """The path to the cover of a post, once there is a file behind it."""
    is_there = post.cover_id is not None and post.cover_state == ImageState.READY
    return shown(post, "cover_").path if is_there else None


def images_prefix(organization_id: UUID) -> str:
    """Where the images of an organization are stored."""
    return f"{IMAGES}/{organization_id}"


def image_prefix(organization_id: UUID, image_id: UUID) -> str:
    """Where everything of an image is stored."""
    return f"{images_prefix(organization_id)}/{image_id}"


def sent_prefix(organization_id: UUID, image_id: UUID) -> str:
    """Where what was sent waits for the worker: no address leads there, and it goes once the image is ready."""
    return f"{image_prefix(organization_id, image_id)}/sent"


def sent_key(organization_id: UUID, image_id: UUID) -> str:
    """What was sent."""
    return f"{sent_prefix(organization_id, image_id)}/original"


def made_key(organization_id: UUID, image_id: UUID, name: str) -> str:
    """One of the files that were made of it."""
    return f"{image_prefix(organization_id, image_id)}/made/{name}"


def tokens_in(text: str) -> list[str]:
    """The images whose addresses stand in a text, each once."""
    return list(dict.fromkeys(match[1] for match in _ADDRESS.finditer(text)))


def file(token: str, name: str) -> StoredFile:
    """The file behind an image's address. Raises `NotFound`, before it is ready too."""
    if not _TOKEN.fullmatch(token) or not _NAME.fullmatch(name):
        raise _unknown()
    query = select(Image.id, Image.organization_id, Image.state).join(Organization)
    with read_connection() as connection:
        image = connection.execute(query.where(Image.token == token, Organization.deleted_at.is_(None))).first()
    if image is None:
        raise _unknown()
    if image.state == ImageState.PROCESSING:
        raise NotFound("The image is being made; wait for the event image.ready.", code="not_ready")
    try:
        return storage().stat(made_key(image.organization_id, image.id, name))
    except NoSuchFile:
        raise _unknown() from None


def _unknown() -> NotFound:
    return NotFound("There is no such file.")
