"""Live events."""

from app.http.routing import Access, Route, Streamed
from app.realtime import sse
from app.schemas.event_schemas import EventOut
from app.schemas.realtime_schemas import EventsQuery

ROUTES = [
    Route("GET", "/events", Access.SIGNED_IN, sse.events, "Follow the organization's events", query=EventsQuery, answers={200: Streamed(EventOut)}, problems=(403,), name="followEvents"),
]  # fmt: skip
