"""Recurring work: makes HTML anew that an older renderer made, so that an upgrade reaches every post."""

from typing import Final

from sqlalchemy import select, update

from app.database import db, read_connection, transaction
from app.jobs import RENDER_POSTS
from app.models import Post
from app.services import job_run
from app.services.job_run import JobRun
from app.services.markdown import RENDERER_VERSION, render

_BATCH: Final = 50


def register() -> None:
    """Registers the work of rendering again."""
    job_run.does(RENDER_POSTS, render_again)


def render_again(job: JobRun) -> None:
    """Renders post after post outside any transaction; one that is saved meanwhile is current by that."""
    outdated = select(Post.id, Post.revision, Post.body_markdown).where(Post.renderer_version < RENDERER_VERSION)
    while True:
        with read_connection() as connection:
            rows = connection.execute(outdated.order_by(Post.renderer_version).limit(_BATCH)).all()
        if not rows:
            return
        for row in rows:
            job.check()
            rendered = render(row.body_markdown)
            same = update(Post).where(Post.id == row.id, Post.revision == row.revision)
            fresh = {"body_html": rendered.html, "video_ids": rendered.video_ids, "renderer_version": RENDERER_VERSION}
            with transaction():
                # Readers see no save: neither the revision nor the time moves, the ETag's hash does.
                kept = same.values(**fresh, updated_at=Post.updated_at)
                db.session.execute(kept.execution_options(synchronize_session=False))
