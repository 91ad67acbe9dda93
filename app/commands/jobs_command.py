"""`flask jobs`: what waits, runs or failed, for operators: every organization's jobs and the instance's own."""

import sys
from collections.abc import Callable, Iterable
from typing import Final
from uuid import UUID

import click
import orjson
from flask.cli import with_appcontext

from app.commands.sentences import SentenceGroup
from app.errors import MarqueeError
from app.models import JobState
from app.schemas.job_schemas import render
from app.services import job_board, job_service
from app.services.job_board import Filters, JobView

_COLUMNS: Final = "{:36}  {:24}  {:9}  {:>8}  {:>5}  {:20}  {}"
_HEADING: Final = _COLUMNS.format("id", "kind", "state", "attempts", "done", "created", "error")


@click.group("jobs", cls=SentenceGroup)
def jobs() -> None:
    """Look at background jobs, cancel them, retry them."""


@jobs.command("list")
@click.option("--state", type=click.Choice([state.value for state in JobState]), help="Only those in this state.")
@click.option("--kind", help="Only those of this kind, such as mail.send.")
@click.option("--organization", metavar="SLUG", help="Only those of this organization.")
@click.option("--parts", is_flag=True, help="The parts of other jobs too.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@with_appcontext
def list_jobs(*, state: str | None, kind: str | None, organization: str | None, parts: bool, limit: int) -> None:
    """Show the newest jobs, one a line."""
    filters = Filters(state=JobState(state) if state else None, kind=kind, is_root=not parts)
    views = job_board.survey(filters, organization_slug=organization, limit=limit)
    click.echo(_HEADING)
    for view in views:
        click.echo(_line(view))


@jobs.command("show")
@click.argument("job_id", type=click.UUID)
@with_appcontext
def show(job_id: UUID) -> None:
    """Show one job as the API does, with its failed attempts."""
    click.echo(orjson.dumps(render(job_board.find(job_id)), option=orjson.OPT_INDENT_2).decode())


@jobs.command("cancel")
@click.argument("job_ids", type=click.UUID, nargs=-1, required=True)
@with_appcontext
def cancel(job_ids: tuple[UUID, ...]) -> None:
    """End jobs and their parts; running ones stop within two seconds."""
    _each(job_ids, job_board.stop)


@jobs.command("retry")
@click.argument("job_ids", type=click.UUID, nargs=-1, required=True)
@with_appcontext
def retry(job_ids: tuple[UUID, ...]) -> None:
    """Queue ended jobs again, with all their attempts."""
    _each(job_ids, job_service.retry)


def _each(job_ids: Iterable[UUID], act: Callable[[UUID], None]) -> None:
    """Does it to each job and shows where that left it; one that refuses does not keep the others from it."""
    refusals = 0
    for job_id in job_ids:
        try:
            act(job_id)
            click.echo(_line(job_board.find(job_id)))
        except MarqueeError as error:
            refusals += 1
            click.echo(f"{job_id}  {error.detail}", err=True)
    if refusals:
        sys.exit(1)


def _line(view: JobView) -> str:
    shown = render(view)
    job = view.job
    return _COLUMNS.format(
        str(job.id),
        job.kind,
        job.state,
        f"{job.attempt}/{job.max_attempts}",
        f"{shown['progress']:.0%}",
        f"{job.created_at:%Y-%m-%d %H:%M:%S}",
        (job.error or {}).get("code", ""),
    ).rstrip()
