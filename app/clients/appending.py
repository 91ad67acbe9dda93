"""A stored file that grows over several requests: one writer at a time, and a newcomer takes over from a dead one."""

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from app.clients import threads
from app.clients.disk import NoSuchFile, full_disk_is_known, sync_folder

TAKE_OVER_S: Final = 5.0
"""How long a newcomer waits for the writer before it; that one looks up every `_LOOK_S`."""
_LOOK_S: Final = 0.1
_SYNC_BYTES: Final = 64 * 1024 * 1024


class FileBusy(Exception):
    """Somebody else writes to the file and does not let go."""


class Appending:
    """The open end of a file."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._unsynced_bytes = 0

    @property
    def size_bytes(self) -> int:
        """How many bytes there are: the file itself is the only one who knows."""
        return os.fstat(self._descriptor).st_size

    def write(self, piece: bytes) -> None:
        """Adds bytes at the end. Raises `StorageFull`; what fitted stays."""
        rest = memoryview(piece)
        with full_disk_is_known():
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        self._unsynced_bytes += len(piece)
        if self._unsynced_bytes >= _SYNC_BYTES:  # so that the last flush is a short one
            self.flush()

    def flush(self) -> None:
        """Makes all of it durable, off the hub."""
        with full_disk_is_known():
            threads.run(os.fsync, self._descriptor)
        self._unsynced_bytes = 0

    def cut(self, size_bytes: int) -> None:
        """Takes back what came after that many bytes."""
        os.ftruncate(self._descriptor, size_bytes)


def create(path: Path) -> None:
    """Makes the empty file, durably named."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with full_disk_is_known(), path.open("xb"):
        threads.run(sync_folder, path.parent)


@contextmanager
def appending(path: Path, *, interrupt: Callable[[], None] | None = None) -> Iterator[Appending]:
    """The file's end, ours alone while the block runs; durable when it ends, however it ends.

    `interrupt` is called, from another thread, when a newcomer asks for the file: it must make the block end.
    Raises `NoSuchFile`, or `FileBusy` if the writer before does not let go within `TAKE_OVER_S`.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
    except FileNotFoundError:
        raise NoSuchFile(path.name) from None
    wanted = path.with_name(path.name + ".wanted")
    try:
        _lock(descriptor, wanted)
        file, done = Appending(descriptor), threading.Event()
        if interrupt is not None:
            threading.Thread(target=_watch, args=(wanted, done, interrupt), daemon=True).start()
        try:
            yield file
        finally:
            done.set()
            file.flush()
    finally:
        os.close(descriptor)  # which gives the lock back


def _lock(descriptor: int, wanted: Path) -> None:
    """Takes the lock, asking whoever has it to leave. It dies with its process, so nobody waits for the dead."""
    deadline = time.monotonic() + TAKE_OVER_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise FileBusy from None
            wanted.touch()
            time.sleep(_LOOK_S / 2)
        else:
            wanted.unlink(missing_ok=True)
            return


def _watch(wanted: Path, done: threading.Event, interrupt: Callable[[], None]) -> None:
    while not done.wait(_LOOK_S):
        if wanted.exists():
            interrupt()
            return
