"""What a deleted organization leaves behind: its jobs, its rows and its files, removed bit by bit by a job."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import delete, inspect, select

from app.database import Base, db, read_connection
from app.jobs import DELETE_ORGANIZATION
from app.models import OPEN_STATES, EventCounter, Job, Organization
from app.services import job_run, job_service, retention
from app.services.image_files import images_prefix
from app.services.job_run import JobRun
from app.services.video_pipeline.material import videos_prefix


def register() -> None:
    """Registers the work of the job that deletes an organization."""
    job_run.does(DELETE_ORGANIZATION, remove)


def remove(job: JobRun) -> None:
    """Goes on where an attempt before it was cut off; each step is a small transaction of its own."""
    organization_id = UUID(str(job.arguments["organization_id"]))
    for job_id in _open_jobs(organization_id):
        job_service.cancel(job_id)
    for model in _owned_models():
        retention.forget(model, inspect(model).c.organization_id == organization_id, check=job.check)
    job.finish(lambda: _end(organization_id))


def _open_jobs(organization_id: UUID) -> list[UUID]:
    roots = select(Job.id).where(Job.organization_id == organization_id, Job.parent_id.is_(None))
    with read_connection() as connection:
        return list(connection.execute(roots.where(Job.state.in_(OPEN_STATES))).scalars())


def _owned_models() -> Iterator[type[Base]]:
    """Models whose rows an organization owns, what refers to others first; a session only points at one and stays."""
    models = {mapper.local_table: mapper.class_ for mapper in Base.registry.mappers}
    for table in reversed(Base.metadata.sorted_tables):
        keys = [key for key in table.foreign_keys if key.parent.name == "organization_id"]
        if any(key.ondelete == "CASCADE" for key in keys):
            yield models[table]


def _end(organization_id: UUID) -> None:
    for statement in (
        delete(EventCounter).where(EventCounter.scope_id == organization_id),
        delete(Organization).where(Organization.id == organization_id),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))
    for prefix in (videos_prefix(organization_id), images_prefix(organization_id)):
        # The job belongs to no organization: it outlives this one.
        retention.remove_files_later(f"organization:{organization_id}", None, prefix)
