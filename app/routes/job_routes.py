"""Background jobs."""

from app.controllers import job_controller
from app.http.routing import Access, Route
from app.schemas.job_schemas import JobList, JobListQuery, JobOut

SIGNED_IN = Access.SIGNED_IN

ROUTES = [
    Route("GET", "/jobs", SIGNED_IN, job_controller.list_jobs, "List the jobs of the acting organization", query=JobListQuery, answers={200: JobList, 304: None}, problems=(403,)),
    Route("GET", "/jobs/{job_id}", SIGNED_IN, job_controller.get, "Read a job", answers={200: JobOut, 304: None}),
    Route("POST", "/jobs/{job_id}/cancel", SIGNED_IN, job_controller.cancel, "Cancel a job", answers={200: JobOut}, problems=(409,)),
    Route("POST", "/jobs/{job_id}/retry", SIGNED_IN, job_controller.retry, "Queue an ended job again", answers={200: JobOut}, problems=(409,)),
]  # fmt: skip
