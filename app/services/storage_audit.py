"""The audit of the storage: what the rows need and is not there, and what is there and no row needs."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from posixpath import join, normpath
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from app.clients.disk import NoSuchFile
from app.clients.storage import WORK, Listed
from app.clients.stores import storage
from app.database import Record, read_connection
from app.errors import Conflict
from app.media import playlists
from app.media.image_sizes import full_name, narrower_name
from app.models import (
    UNFINISHED_UPLOADS,
    Image,
    ImageState,
    Job,
    JobState,
    Organization,
    Processing,
    Upload,
    UploadState,
    Video,
)
from app.services.image_files import IMAGES, image_prefix, images_prefix, made_key, sent_key
from app.services.video_pipeline.material import (
    VIDEOS,
    caption_key,
    media_key,
    original_key,
    poster_key,
    poster_prefix,
    video_prefix,
    videos_prefix,
)
from app.utils.ids import id_of

_SHEET: Final = re.compile(r"^(sheet-\d{3}\.jpg)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Orphan:
    """A file, or a whole folder, that no row needs."""

    key: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Account:
    """What an organization has on the storage; `slug` None: the database does not know it."""

    organization_id: UUID
    slug: str | None
    files: int
    size_bytes: int
    missing: tuple[str, ...]
    orphans: tuple[Orphan, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All organizations, and what dead attempts of jobs left."""

    accounts: tuple[Account, ...]
    work: tuple[Orphan, ...]

    @property
    def missing(self) -> int:
        return sum(len(account.missing) for account in self.accounts)

    @property
    def orphans(self) -> list[Orphan]:
        return [*self.work, *(orphan for account in self.accounts for orphan in account.orphans)]


@dataclass(frozen=True, slots=True)
class _Need:
    """What one row needs: the folder that is its own, files that must be there, and where else its files may lie."""

    prefix: str
    keys: tuple[str, ...]
    room: tuple[str, ...] = ()


def audit(*, grace_s: float) -> Report:
    """Looks both ways. What was touched within `grace_s` seconds may belong to a row that is yet to come."""
    slugs = _slugs()
    stored = filter(None, map(id_of, {*storage().folders(VIDEOS), *storage().folders(IMAGES)}))
    accounts = [_account(one, slugs.get(one), grace_s) for one in sorted({*slugs, *stored})]
    return Report(tuple(accounts), tuple(_left_work(grace_s)))


def delete_orphans(report: Report) -> None:
    """Removes what the report says nobody needs. Raises `Conflict` where the database fits none of the storage."""
    known = [account for account in report.accounts if account.slug is not None]
    if report.accounts and not any(account.files for account in known):
        raise Conflict("This database knows no organization that has files here; is DATABASE_URL right?")
    for orphan in report.orphans:
        storage().delete_tree(orphan.key)


def _slugs() -> dict[UUID, str]:
    with read_connection() as connection:
        return {row.id: row.slug for row in connection.execute(select(Organization.id, Organization.slug))}


def _account(organization_id: UUID, slug: str | None, grace_s: float) -> Account:
    # Files before rows: what comes into being meanwhile has its row, and is looked for on the storage itself.
    prefixes = (videos_prefix(organization_id), images_prefix(organization_id))
    files = [listed for prefix in prefixes for listed in storage().files(prefix)]
    needs = {need.prefix: need for need in _needs(organization_id)}
    missing = [key for need in needs.values() for key in need.keys if not storage().exists(key)]
    still_needed = {key for need in _needs(organization_id) for key in need.keys} if missing else set()
    return Account(
        organization_id,
        slug,
        len(files),
        sum(listed.size_bytes for listed in files),
        tuple(sorted(still_needed.intersection(missing))),
        tuple(_orphans(files, needs, grace_s)),
    )


def _orphans(files: Iterable[Listed], needs: dict[str, _Need], grace_s: float) -> Iterator[Orphan]:
    """Files that no need allows; those of one folder that nobody owns together."""
    unowned: dict[str, list[Listed]] = {}
    for listed in files:
        folder = "/".join(listed.key.split("/")[:3])
        need = needs.get(folder)
        if need is None:
            unowned.setdefault(folder, []).append(listed)
        elif listed.key not in need.keys and not listed.key.startswith(need.room) and listed.untouched_s > grace_s:
            yield Orphan(listed.key, listed.size_bytes)
    for folder, found in unowned.items():
        if min(listed.untouched_s for listed in found) > grace_s:
            yield Orphan(folder, sum(listed.size_bytes for listed in found))


def _needs(organization_id: UUID) -> Iterator[_Need]:
    for row in _rows(select(*Video.__table__.columns).where(Video.organization_id == organization_id)):
        yield _of_video(row)
    unfinished = (Upload.organization_id == organization_id, Upload.state.in_(UNFINISHED_UPLOADS))
    for row in _rows(select(Upload.organization_id, Upload.video_id, Upload.state).where(*unfinished)):
        yield _of_upload(row)
    for row in _rows(select(*Image.__table__.columns).where(Image.organization_id == organization_id)):
        yield _of_image(row)


def _rows(query: Any) -> list[Record]:  # noqa: ANN401 - a select of any columns
    with read_connection() as connection:
        return list(connection.execute(query))


def _of_video(row: Record) -> _Need:
    owner = (row.organization_id, row.id)
    keys = [] if row.original_removed_at else [original_key(*owner)]
    keys += [caption_key(*owner, track["file"]) for track in row.captions]
    folder = media_key(*owner, row.version, "")
    if row.has_poster:
        keys.append(f"{folder}poster.jpg")
    if row.poster:
        keys.append(poster_key(*owner, row.poster))
    if row.playable_at is not None:
        keys += _listed_in(f"{folder}master.m3u8")
    if row.has_storyboard:
        keys += _storyboard(folder)
    room = [folder, *(poster_prefix(*owner, poster) + "/" for poster in (row.poster, row.poster_wanted) if poster)]
    if row.processing != Processing.READY:
        room.append(original_key(*owner))
    return _Need(video_prefix(*owner), tuple(keys), tuple(room))


def _of_upload(row: Record) -> _Need:
    key = original_key(row.organization_id, row.video_id)
    # A row that is just being made has its file already, and one that becomes a video keeps it.
    keys = (key,) if row.state != UploadState.CREATED else ()
    return _Need(video_prefix(row.organization_id, row.video_id), keys, (key,))


def _of_image(row: Record) -> _Need:
    owner = (row.organization_id, row.id)
    if row.state != ImageState.READY:
        return _Need(image_prefix(*owner), (sent_key(*owner),), (image_prefix(*owner),))
    names = [full_name(row.ending), *map(narrower_name, row.widths)]
    return _Need(image_prefix(*owner), tuple(made_key(*owner, name) for name in names), (made_key(*owner, ""),))


def _listed_in(key: str) -> list[str]:
    """A playlist and all that it leads to."""
    try:
        text = storage().read_text(key)
    except NoSuchFile:
        return [key]
    found = [key]
    for address in playlists.addresses(text):
        listed = normpath(join(key.rpartition("/")[0], address))
        found += _listed_in(listed) if listed.endswith(".m3u8") else [listed]
    return list(dict.fromkeys(found))


def _storyboard(folder: str) -> list[str]:
    key = f"{folder}storyboard.vtt"
    try:
        sheets = _SHEET.findall(storage().read_text(key))
    except NoSuchFile:
        return [key]
    return [key, *(f"{folder}{sheet}" for sheet in dict.fromkeys(sheets))]


def _left_work(grace_s: float) -> Iterator[Orphan]:
    at_work = {row.id for row in _rows(select(Job.id).where(Job.state == JobState.RUNNING))}
    for name in storage().folders(WORK):
        if id_of(name) not in at_work and storage().untouched_s(f"{WORK}/{name}") > grace_s:
            yield Orphan(f"{WORK}/{name}", sum(listed.size_bytes for listed in storage().files(f"{WORK}/{name}")))
