"""`flask organizations`: what only the operator decides about an organization."""

import click
from flask.cli import with_appcontext

from app.commands.sentences import SentenceGroup
from app.services import quota_service
from app.services.quota_service import Limits


@click.group("organizations", cls=SentenceGroup)
def organizations() -> None:
    """Decide about organizations."""


@organizations.command("quota")
@click.argument("slug")
@click.option("--storage-bytes", type=click.IntRange(0), help="Bytes of original files; 0: without limit.")
@click.option("--video-minutes", type=click.IntRange(0), help="Minutes of video; 0: without limit.")
@click.option("--uploads", type=click.IntRange(0), help="Uploads at a time; 0: without limit.")
@with_appcontext
def quota(slug: str, storage_bytes: int | None, video_minutes: int | None, uploads: int | None) -> None:
    """Give an organization limits of its own; what is left out follows the instance's settings."""
    quota_service.set_limits(slug, Limits(storage_bytes, video_minutes, uploads))
