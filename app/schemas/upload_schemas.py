"""Resumable uploads: what goes out as JSON; tus itself speaks in headers."""

from typing import Literal

from app.schemas.fields import Id, ListQuery, Output, PageOut, Time
from app.services.upload_service import UploadView
from app.utils.times import rfc3339


class UploadListQuery(ListQuery):
    """One's own unfinished uploads."""


class UploadOut(Output):
    """An upload. `offset_bytes` are there, durably; `video_id` is empty until the last byte made it a video."""

    id: Id
    state: Literal["created", "receiving", "received", "consumed"]
    filename: str | None
    title: str | None
    size_bytes: int | None
    offset_bytes: int
    video_id: Id | None
    expires_at: Time
    created_at: Time


class UploadList(Output):
    """A page of uploads, newest first."""

    data: list[UploadOut]
    page: PageOut


def render(view: UploadView) -> dict[str, object]:
    """An upload as JSON."""
    upload = view.upload
    return {
        "id": str(upload.id),
        "state": upload.state,
        "filename": upload.filename,
        "title": upload.title,
        "size_bytes": upload.size_bytes,
        "offset_bytes": view.offset_bytes,
        "video_id": str(view.video_id) if view.video_id else None,
        "expires_at": rfc3339(upload.expires_at),
        "created_at": rfc3339(upload.created_at),
    }
