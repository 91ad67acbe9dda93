"""Whose turn it is: one organization's crowd delays nobody else by more than one job, and heavy work nobody at all."""

from uuid import UUID

from app.database import db, transaction
from app.jobs import CHECKSUM_VIDEO, ENCODE_CHUNK, PROCESS_VIDEO, JobKind
from app.models import Organization
from app.services import job_service
from app.services.job_service import JobRequest
from tests.workers.stage import Stage

CROWD = 500


def another_organization() -> UUID:
    with transaction():
        organization = Organization(slug="small", name="Small")
        db.session.add(organization)
    return organization.id


def crowd(stage: Stage, kind: JobKind, seconds: float) -> None:
    """Five hundred jobs of the stage's organization, committed at once."""
    request = JobRequest(None, stage.organization_id, {"do": "sleep", "seconds": seconds, "diary": str(stage.diary)})
    with transaction():
        for _ in range(CROWD):
            job_service.enqueue(kind, request)


def test_one_organization_s_500_uploads_delay_another_s_first_by_at_most_one_job(stage: Stage) -> None:
    slots, one_job_s = 4, 1.5
    small_id = another_organization()
    crowd(stage, PROCESS_VIDEO, one_job_s)
    stage.start_worker()
    stage.wait_until(lambda: len(stage.executions()) >= slots)

    small_job_id = stage.enqueue(kind=CHECKSUM_VIDEO, organization_id=small_id)
    began_before = len(stage.executions())
    stage.wait_for(small_job_id, "succeeded")
    place = [kind for kind, _attempt, _pid in stage.executions()].index(CHECKSUM_VIDEO.name)

    # No slot does more than what it has by now, begun or on its way, and one that was chosen together with it.
    assert place - began_before < 2 * slots


def test_light_work_does_not_wait_for_500_heavy_jobs_of_its_own_organization(stage: Stage) -> None:
    crowd(stage, ENCODE_CHUNK, 300)
    stage.start_worker()
    stage.wait_until(lambda: len(stage.executions()) >= 2)

    for _ in range(5):
        stage.wait_for(stage.enqueue(kind=CHECKSUM_VIDEO), "succeeded")

    assert [kind for kind, _attempt, _pid in stage.executions()].count(ENCODE_CHUNK.name) == 2
