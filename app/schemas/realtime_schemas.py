"""What a follower of events may ask."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr

from app.schemas.fields import Input

_TOPIC_LENGTH = 100


class EventsQuery(Input):
    """`after`: the number of the last event that the client has; 0 replays from the oldest kept."""

    after: Annotated[
        str | None,
        Field(
            max_length=33,
            pattern=r"^[0-9]{1,16}(\.[0-9]{1,16})?$",
            description="The last event that the client has: its `seq`, followed by `.` and the `seq` of the last of "
            "the user's own events. 0 replays from the oldest kept. If some of what follows is no longer kept, a "
            "message `events.gap` says so first.",
            examples=["0", "1842", "1842.3"],
        ),
    ] = None
    topics: Annotated[
        str | None,
        Field(
            max_length=100 * _TOPIC_LENGTH,
            description="Only events of these subjects, and the user's own: `video:<id>`, `post:<id>` or `job:<id>`, "
            "separated by commas.",
            examples=["video:019a8f6e-7c3b-7d10-8f3e-2b1c9d4e5f60"],
        ),
    ] = None


class SocketAuth(BaseModel):
    """The stock client's `auth`; what else it holds is the application's own affair."""

    model_config = ConfigDict(extra="ignore")

    token: StrictStr = ""
    organization: StrictStr | None = None
    after: StrictInt | StrictStr | None = None
    topics: list[Annotated[StrictStr, Field(max_length=_TOPIC_LENGTH)]] | None = None


class TopicAsked(BaseModel):
    """What `subscribe` and `unsubscribe` take."""

    model_config = ConfigDict(extra="ignore")

    topic: Annotated[StrictStr, Field(max_length=_TOPIC_LENGTH)]
