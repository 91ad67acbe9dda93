"""Topics of live events: `video:<id>`, `post:<id>`, `job:<id>`, each of the acting organization alone."""

from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.access import Content, owned_by
from app.database import read_connection
from app.errors import NotFound
from app.models import Job, Post, Video
from app.permissions import Action, Actor

_MODELS: Final[dict[str, Content]] = {"video": Video, "post": Post, "job": Job}


def topic_of(actor: Actor, name: str) -> str:
    """The topic as events name it in `subject`.

    Raises `NotFound` for what is no topic, does not exist or is another tenant's: the three look the same.
    """
    noun, _, text = name.partition(":")
    model, id_ = _MODELS.get(noun), _uuid(text)
    if model is None or id_ is None or (model is Job and not actor.may(Action.SEE_JOBS)):
        raise _unknown()
    with read_connection() as connection:
        found = connection.execute(select(model.id).where(model.id == id_, owned_by(actor.organization_id, model)))
        if found.first() is None:
            raise _unknown()
    return f"{noun}:{id_}"


def _unknown() -> NotFound:
    return NotFound("There is no such topic here: name one as video:<id>, post:<id> or job:<id>.")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
