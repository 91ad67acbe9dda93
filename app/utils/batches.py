"""Long collections in pieces, where a query or a message has room for so many."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batched(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """The values in lists of at most `size`, in order."""
    remaining = iter(values)
    while batch := list(islice(remaining, size)):
        yield batch
