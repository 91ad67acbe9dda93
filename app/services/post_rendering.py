"""Makes HTML anew: what an older renderer made, so that an upgrade reaches every post, and what shows an image."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select, update

from app.database import Record, db, read_connection, transaction
from app.jobs import RENDER_POSTS
from app.models import Post, PostImage
from app.services import image_uses, job_run
from app.services.job_run import JobRun
from app.services.markdown import RENDERER_VERSION, render
from app.utils.times import now

_BATCH: Final = 50


def register() -> None:
    """Registers the work of rendering again."""
    job_run.does(RENDER_POSTS, render_again)


def render_again(job: JobRun) -> None:
    """Renders post after post outside any transaction; one that is saved meanwhile is current by that.

    Those that show the image that the job names; without one, all that an older renderer made.
    """
    columns = (Post.id, Post.organization_id, Post.revision, Post.body_markdown)
    if "image_id" in job.arguments:
        in_texts = select(PostImage.post_id).where(PostImage.image_id == UUID(job.arguments["image_id"]))
        with read_connection() as connection:
            rows = connection.execute(select(*columns).where(Post.id.in_(in_texts))).all()
        _render(job, rows, is_news=True)
        return
    outdated = select(*columns).where(Post.renderer_version < RENDERER_VERSION)
    while True:
        with read_connection() as connection:
            rows = connection.execute(outdated.order_by(Post.renderer_version).limit(_BATCH)).all()
        if not rows:
            return
        _render(job, rows, is_news=False)


def _render(job: JobRun, rows: Sequence[Record], *, is_news: bool) -> None:
    """What only an upgrade changed is no save for readers: neither the revision nor the time moves. A picture that was
    not there before is news: the time moves, so that feeds bring it.
    """
    for row in rows:
        job.check()
        images = image_uses.in_text(row.organization_id, row.body_markdown)
        rendered = render(row.body_markdown, image_uses.pictures(images))
        same = update(Post).where(Post.id == row.id, Post.revision == row.revision)
        fresh = {"body_html": rendered.html, "video_ids": rendered.video_ids, "renderer_version": RENDERER_VERSION}
        with transaction():
            kept = same.values(**fresh, updated_at=now() if is_news else Post.updated_at)
            db.session.execute(kept.execution_options(synchronize_session=False))
