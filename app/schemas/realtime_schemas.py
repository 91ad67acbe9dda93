"""What a follower of events may ask."""

from typing import Annotated

from pydantic import Field

from app.schemas.fields import Input


class EventsQuery(Input):
    """`after`: the number of the last event that the client has; 0 replays from the oldest kept."""

    after: Annotated[int | None, Field(ge=0, le=2**53)] = None
