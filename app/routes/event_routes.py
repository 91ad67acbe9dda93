"""Live events."""

from app.http.routing import Access, Route
from app.realtime import sse
from app.schemas.realtime_schemas import EventsQuery

ROUTES = [
    Route("GET", "/events", Access.SIGNED_IN, sse.events, "Follow the organization's events", query=EventsQuery, answers={200: "text/event-stream"}, problems=(403,)),
]  # fmt: skip
