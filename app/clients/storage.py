"""Where files live: a local directory behind keys, so that an object store can stand here later.

A key is a relative path such as `videos/<organization>/<video>/v1/master.m3u8`.
"""

import fcntl
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final

from app.clients import appending, threads
from app.clients.appending import Appending
from app.clients.disk import NoSuchFile, StorageLow, full_disk_is_known, sync_folder

READ_BYTES: Final = 256 * 1024
_PIECE_BYTES: Final = 1024 * 1024
WORK: Final = "work"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file's size and a validator that changes with its content."""

    key: str
    size_bytes: int
    etag: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One of many files."""

    key: str
    size_bytes: int
    untouched_s: float


class LocalStorage:
    """Files under one root folder."""

    def __init__(self, root: Path, reserve_bytes: int) -> None:
        self._root = root
        self._reserve_bytes = reserve_bytes

    def path_of(self, key: str) -> Path:
        """Where a key lies here, for this client alone. Raises `NoSuchFile` for a key that would leave the root."""
        parts = PurePosixPath(key).parts
        if not parts or key.startswith("/") or "\x00" in key or any(part in {"..", "."} for part in parts):
            raise NoSuchFile(key)
        return self._root.joinpath(*parts)

    def free_bytes(self) -> int:
        """What can still be written, by the file system's own account."""
        self._root.mkdir(parents=True, exist_ok=True)
        return shutil.disk_usage(self._root).free

    def is_low(self) -> bool:
        """Whether nothing new is taken in."""
        return self.free_bytes() < self._reserve_bytes

    def assert_room(self, size_bytes: int) -> None:
        """Raises `StorageLow` if that much would eat into the reserve."""
        if self.free_bytes() < size_bytes + self._reserve_bytes:
            raise StorageLow

    @contextmanager
    def sink(self, key: str) -> Iterator[IO[bytes]]:
        """A file to write that appears under its key only when the block ends well, durably on disk."""
        path = self.path_of(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        try:
            with full_disk_is_known(), part.open("wb") as file:
                yield file
                file.flush()
                threads.run(os.fsync, file.fileno())
            part.replace(path)
            threads.run(sync_folder, path.parent)
        except BaseException:
            part.unlink(missing_ok=True)
            raise

    def write_text(self, key: str, text: str) -> None:
        """Replaces a small text at once for every reader."""
        self.write_bytes(key, text.encode())

    def write_bytes(self, key: str, content: bytes) -> None:
        """Replaces a small file at once for every reader."""
        path = self.path_of(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        with full_disk_is_known():
            part.write_bytes(content)
        part.replace(path)

    def read_bytes(self, key: str, *, at_most: int = -1) -> bytes:
        """A small file, or the beginning of one. Raises `NoSuchFile`."""
        try:
            with self.path_of(key).open("rb") as file:
                return file.read(at_most)
        except FileNotFoundError:
            raise NoSuchFile(key) from None

    def pieces(self, key: str) -> Iterator[bytes]:
        """A whole file in pieces of a megabyte. Raises `NoSuchFile`."""
        try:
            with self.path_of(key).open("rb") as file:
                while piece := file.read(_PIECE_BYTES):
                    yield piece
        except FileNotFoundError:
            raise NoSuchFile(key) from None

    def part(self, key: str, start: int, length: int) -> Iterator[bytes]:
        """The bytes of a part of a file in pieces; `send_file` would lose its speed on a 206."""
        with self.path_of(key).open("rb") as file:
            file.seek(start)
            while length > 0:
                piece = file.read(min(READ_BYTES, length))
                if not piece:
                    return
                length -= len(piece)
                yield piece

    @contextmanager
    def materialized(self, key: str) -> Iterator[Path]:
        """The file as a path of this host for as long as the block runs, to read and never to change.

        Here it is the stored file itself; an object store would bring a copy and remove it. Raises `NoSuchFile`.
        """
        self.stat(key)
        yield self.path_of(key)

    def begin(self, key: str) -> None:
        """Makes an empty file that `appending` lengthens, durably named."""
        appending.create(self.path_of(key))

    def appending(self, key: str, *, interrupt: Callable[[], None] | None = None) -> AbstractContextManager[Appending]:
        """The open end of a file that was begun, ours alone while the block runs. See `appending.appending`.

        Its size is how many bytes are there, durably as soon as the block has ended.
        """
        return appending.appending(self.path_of(key), interrupt=interrupt)

    @contextmanager
    def locked(self, key: str) -> Iterator[None]:
        """Keeps other processes of this host out of what is read and written again under a key."""
        path = self.path_of(key)
        path.mkdir(parents=True, exist_ok=True)
        with (path / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)

    def read_text(self, key: str) -> str:
        """A small text. Raises `NoSuchFile`."""
        return self.read_bytes(key).decode()

    def exists(self, key: str) -> bool:
        return self.path_of(key).is_file()

    def stat(self, key: str) -> StoredFile:
        """Raises `NoSuchFile`."""
        path = self.path_of(key)
        try:
            found = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            raise NoSuchFile(key) from None
        if not path.is_file():
            raise NoSuchFile(key)
        return StoredFile(key, found.st_size, f"{found.st_size:x}-{found.st_mtime_ns:x}")

    def publish(self, source: Path, key: str) -> None:
        """Moves a finished file from a work directory under its key, by rename."""
        target = self.path_of(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        with full_disk_is_known():
            source.replace(target)

    @contextmanager
    def work_dir(self, name: str, *, room_bytes: int = 0) -> Iterator[Path]:
        """A folder on the same file system for one attempt of one job; gone afterwards.

        Raises `StorageLow` without room for what it will take. Half of the reserve is there for such work: what was
        taken in can be finished while no more comes in.
        """
        if self.free_bytes() < room_bytes + self._reserve_bytes // 2:
            raise StorageLow
        folder = self._root / WORK / name
        shutil.rmtree(folder, ignore_errors=True)
        with full_disk_is_known():
            folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def delete_work(self, name: str) -> None:
        """Removes what an attempt that died left of its work; nothing there is fine."""
        shutil.rmtree(self._root / WORK / name, ignore_errors=True)

    def delete_tree(self, prefix: str) -> None:
        """Removes everything under a prefix, or the one file that it names; nothing there is fine."""
        shutil.rmtree(self.path_of(prefix), ignore_errors=True)
        with suppress(OSError):
            self.path_of(prefix).unlink()
        with suppress(OSError):  # the parent stays when it still holds others
            self.path_of(prefix).parent.rmdir()

    def folders(self, prefix: str) -> list[str]:
        """The names of the folders right under a prefix; none if nothing is there."""
        try:
            with os.scandir(self.path_of(prefix)) as entries:
                return [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
        except FileNotFoundError:
            return []

    def files(self, prefix: str) -> Iterator[Listed]:
        """Every file under a prefix; none if nothing is there."""
        for path in self.path_of(prefix).rglob("*"):
            with suppress(FileNotFoundError):  # somebody else removes it at this moment
                found = path.lstat()
                if not stat.S_ISDIR(found.st_mode):
                    age_s = time.time() - found.st_mtime
                    yield Listed(path.relative_to(self._root).as_posix(), found.st_size, age_s)

    def untouched_s(self, prefix: str) -> float:
        """Seconds since anything under a prefix last changed."""
        folder = self.path_of(prefix)
        with suppress(FileNotFoundError):  # somebody else removes it at this moment
            return time.time() - max(path.stat().st_mtime for path in (folder, *folder.rglob("*")))
        return 0.0

    def delete(self, key: str) -> None:
        """Removes one file; nothing there is fine."""
        self.path_of(key).unlink(missing_ok=True)
