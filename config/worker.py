"""What gunicorn's processes and the app share: a worker's token, who has taken over, and what a worker may raise."""

import mmap
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


class ClientTooSlow(Exception):
    """The head of a request did not arrive in time; no `OSError`, which would read as a hang-up."""


class Handover:
    """Memory of the master and its workers: a worker that leaves learns from it when its successors serve.

    A reload begins a generation; the first of its workers to be ready says so.
    """

    _TWO_NUMBERS = struct.Struct("II")

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, self._TWO_NUMBERS.size)

    @property
    def generation(self) -> int:
        """The newest generation, ready or not."""
        return int(self._read()[0])

    def begin(self) -> None:
        """The master starts a new generation of workers."""
        newest, ready = self._read()
        self._TWO_NUMBERS.pack_into(self._memory, 0, newest + 1, ready)

    def report_ready(self, generation: int) -> None:
        """A worker of this generation is about to serve."""
        newest, ready = self._read()
        self._TWO_NUMBERS.pack_into(self._memory, 0, newest, max(ready, generation))

    def is_awaited_by(self, generation: int) -> bool:
        """Whether a newer generation than this one was started and does not serve yet."""
        newest, ready = self._read()
        return int(newest) > generation >= int(ready)

    def _read(self) -> tuple[int, ...]:
        return self._TWO_NUMBERS.unpack_from(self._memory)


Shortcut = Callable[[str, str, list[tuple[str, str]]], bytes | None]


@dataclass
class WebWorker:
    """The process's identity among its siblings; empty outside gunicorn.

    `token` names its private socket in `socket_dir` (a 0700 folder); both are set in `post_fork`. `handover` is the
    same for all workers of a master. `is_leaving` tells that siblings take what is new: clients should go there.
    `shortcut` may have a whole answer to a GET at once, by its path, query and headers.
    """

    token: str = ""
    socket_dir: Path | None = None
    handover: Handover = field(default_factory=Handover)
    is_leaving: bool = False
    shortcut: Shortcut | None = None


web_worker = WebWorker()
