"""Background jobs."""

from app.controllers import job_controller
from app.http.routing import Access, Route
from app.schemas.job_schemas import JobOut

ROUTES = [
    Route("GET", "/jobs/{job_id}", Access.SIGNED_IN, job_controller.get, "Read a job", answers={200: JobOut, 304: None}),
]  # fmt: skip
