"""Images: what goes in and out."""

from collections.abc import Callable
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StringConstraints

from app.database import Record
from app.schemas.fields import Id, Input, ListQuery, Output, PageOut, Time
from app.services.image_files import Shown, shown
from app.utils.times import rfc3339

Link = Callable[[str | None], str | None]
Alt = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]

StateName: TypeAlias = Literal["processing", "ready", "failed"]


class ImageUpload(Input):
    """Multipart: the file, and what it shows for those who do not see it."""

    file: Annotated[str, Field(json_schema_extra={"format": "binary"})]
    alt: Alt | None = None


class ImageChange(Input):
    """A JSON merge patch."""

    alt: Alt | None = None


class ImageVariant(Output):
    """A narrower file of the same picture, as WebP."""

    url: str
    width: int


class ImageShown(Output):
    """An image as pages show it. `url` is good for ever; there is a file behind it once the state is `ready`."""

    id: Id
    state: StateName
    url: str
    alt: str
    width: int
    height: int
    variants: list[ImageVariant]


class ImageOut(ImageShown):
    """An image. `errors` says why it failed; retry its job, or send another."""

    job_id: Id | None
    filename: str | None
    size_bytes: int
    errors: list[dict[str, str]]
    created_at: Time
    updated_at: Time


class ImageListQuery(ListQuery):
    """The list of an organization's images; `q` looks in file names and descriptions."""

    q: Annotated[str | None, Field(min_length=1, max_length=200)] = None


class ImageList(Output):
    """A page of images."""

    data: list[ImageOut]
    page: PageOut


def render(row: Record, link: Link) -> dict[str, object]:
    """An image; `link` makes addresses absolute."""
    return render_shown(shown(row), link) | {
        "job_id": str(row.job_id) if row.job_id else None,
        "filename": row.filename,
        "size_bytes": row.size_bytes,
        "errors": row.errors,
        "created_at": rfc3339(row.created_at),
        "updated_at": rfc3339(row.updated_at),
    }


def render_shown(image: Shown, link: Link) -> dict[str, object]:
    """An image where something else shows it."""
    return {
        "id": str(image.id),
        "state": image.state,
        "url": link(image.path),
        "alt": image.alt,
        "width": image.width,
        "height": image.height,
        "variants": [{"url": link(image.narrower_path(width)), "width": width} for width in image.widths],
    }
