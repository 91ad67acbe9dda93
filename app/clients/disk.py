"""What all that writes stored files has to know of disks: when they are full, and when a name is durable."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


class StorageFull(Exception):
    """No room is left on the storage."""


class StorageLow(StorageFull):
    """There would be too little left for what is stored and made already."""


class NoSuchFile(Exception):
    """Nothing is stored under the key."""


@contextmanager
def full_disk_is_known() -> Iterator[None]:
    """Turns the operating system's "no space left" into `StorageFull`."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise StorageFull from error
        raise


def sync_folder(folder: Path) -> None:
    """Makes a rename in the folder survive a power failure: the name is the folder's content, not the file's."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
