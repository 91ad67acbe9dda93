"""Health, metrics, the API document and its page."""

from app.controllers import docs_controller, ops_controller
from app.http.routing import Access, Route
from app.schemas.ops_schemas import HealthOut, ReadinessOut

ANYONE = Access.ANYONE

DESCRIBED = [
    Route("GET", "/healthz", ANYONE, ops_controller.healthz, "Whether the process answers", answers={200: HealthOut, 304: None}, prefix="", name="getHealth"),
    Route("GET", "/readyz", ANYONE, ops_controller.readyz, "Whether every part is there", answers={200: ReadinessOut, 503: ReadinessOut, 304: None}, prefix="", name="getReadiness"),
]  # fmt: skip

ROUTES = [
    *DESCRIBED,
    Route("GET", "/metrics", ANYONE, ops_controller.metrics_text, "Prometheus metrics", prefix=""),
    Route("GET", "/openapi.json", ANYONE, ops_controller.openapi, "This document", prefix=""),
    Route("GET", "/docs", ANYONE, docs_controller.page, "The API's documentation", prefix=""),
    Route("GET", "/docs/{name}", ANYONE, docs_controller.asset, "A file of the documentation", prefix=""),
]  # fmt: skip
