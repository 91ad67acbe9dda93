"""What a handler tells the server about the client's connection; a server other than ours doesn't hear it."""

from typing import Protocol, runtime_checkable

from flask import request


@runtime_checkable
class _Connection(Protocol):
    is_late: bool

    def may_pause(self) -> None: ...

    def never_ends(self) -> None: ...


def may_pause() -> None:
    """The answer is media: a player stops reading while it is paused, so only a long standstill ends it."""
    connection = request.environ.get("gunicorn.socket")
    if isinstance(connection, _Connection):
        connection.may_pause()


def never_ends() -> None:
    """The answer is a stream without end: as `may_pause`, and a worker that leaves does not wait for it."""
    connection = request.environ.get("gunicorn.socket")
    if isinstance(connection, _Connection):
        connection.never_ends()


def is_late() -> bool:
    """Whether the request's body ended early because it came too slowly."""
    connection = request.environ.get("gunicorn.socket")
    return isinstance(connection, _Connection) and connection.is_late
