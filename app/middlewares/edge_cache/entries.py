"""Kept answers in a bounded memory: the one that was not asked for the longest leaves first."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from werkzeug.http import parse_etags

from app.middlewares.caching import PUBLIC, VARY
from app.middlewares.compression import Coding, plain_tags, tag_of_copy
from app.middlewares.edge_cache.keys import Header, Key
from config.security import wanted_headers

Write = Callable[[bytes], object]

_KEYED: Final = frozenset(name.lower() for name in VARY)
_OF_ONE_REQUEST: Final = frozenset({"x-request-id", "age", "cache-status"})
_OF_A_BODY: Final = frozenset({"content-length", "content-type", "content-encoding"})
_OVERHEAD_BYTES: Final = 2048
_PART: Final = 16


@dataclass(slots=True)
class Told:
    """What the application says before its body."""

    status: str = ""
    headers: list[Header] = field(default_factory=list)

    def start(self, status: str, headers: list[Header], _exc_info: object = None, /) -> Write:
        """In the place of WSGI's `start_response`."""
        self.status, self.headers = status, headers
        return _refuse_to_write

    def first(self, name: str) -> str:
        """The header's value, or an empty text."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    @property
    def is_for_everybody(self) -> bool:
        """Whether it is a whole answer that depends on nothing but the key."""
        varies_on = {
            name.strip().lower() for key, value in self.headers if key.lower() == "vary" for name in value.split(",")
        }
        is_public = self.first("cache-control") == PUBLIC and not self.first("set-cookie")
        return self.status == "200 OK" and is_public and varies_on <= _KEYED


def _refuse_to_write(_piece: bytes) -> object:
    raise RuntimeError("Nothing here writes past the answer's body.")


@dataclass(slots=True)
class Entry:
    """A whole answer; `version` is what its scope's was before it was asked for."""

    headers: list[Header]
    headers_304: list[Header]
    body: list[bytes]
    scope: str
    version: int
    stored_at: float
    current_at: float
    size_bytes: int
    tag: str
    coding: Coding | None
    head: bytes = b""

    @classmethod
    def of(cls, told: Told, body: bytes, *, place: tuple[str, int], coding: Coding | None, moment: float) -> "Entry":
        """`place`: the scope, and its version before the question; `moment`: when the question was put."""
        headers = [pair for pair in told.headers if pair[0].lower() not in _OF_ONE_REQUEST]
        without_tag = [pair for pair in headers if pair[0].lower() not in _OF_A_BODY | {"etag"}]
        size_bytes = len(body) + sum(len(name) + len(value) for name, value in headers) + _OVERHEAD_BYTES
        tag = told.first("etag")
        return cls(headers, without_tag, [body], *place, moment, moment, size_bytes, tag, coding)

    def written_head(self) -> bytes:
        """The headers as they go out, with those of every answer; written once."""
        if not self.head:
            present = {name.lower() for name, _value in self.headers}
            added = [pair for pair in wanted_headers(is_plain=False) if pair[0].lower() not in present]
            self.head = "".join(f"{name}: {value}\r\n" for name, value in [*self.headers, *added]).encode("latin-1")
        return self.head

    def tag_known_to(self, client_tags: str) -> str | None:
        """The tag of the client's copy of this very answer, if `If-None-Match` names one."""
        if client_tags == self.tag:
            return self.tag
        plain = plain_tags(self.tag)
        is_known = parse_etags(plain_tags(client_tags)).contains_weak(plain.strip('"'))
        return tag_of_copy(plain, client_tags, self.coding) if self.tag and is_known else None


class Entries:
    """At most `room_bytes`, and nothing that would fill a sixteenth of them alone."""

    def __init__(self, room_bytes: int) -> None:
        self._room_bytes = room_bytes
        self._kept: OrderedDict[Key, Entry] = OrderedDict()
        self.used_bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Key) -> Entry | None:
        """The entry, which counts as used now."""
        entry = self._kept.get(key)
        if entry is not None:
            self._kept.move_to_end(key)
        return entry

    def put(self, key: Key, entry: Entry) -> None:
        """Keeps it in the place of what was there."""
        self.drop(key)
        if entry.size_bytes * _PART > self._room_bytes:
            return
        self._kept[key] = entry
        self.used_bytes += entry.size_bytes
        while self.used_bytes > self._room_bytes:
            _oldest, gone = self._kept.popitem(last=False)
            self.used_bytes -= gone.size_bytes

    def drop(self, key: Key) -> None:
        """Forgets it."""
        gone = self._kept.pop(key, None)
        self.used_bytes -= gone.size_bytes if gone else 0
