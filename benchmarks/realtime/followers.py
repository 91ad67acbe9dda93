"""Thousands of followers in one process: SSE, or Socket.IO over a WebSocket, read with as little work as it takes."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

_AT_ONCE: Final = 100
_KEY: Final = "dGhlIHNhbXBsZSBub25jZQ=="
_MASK: Final = bytes(4)
_TEXT: Final = 0x81
_LONG: Final = 126

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Followers:
    """Connections that are held open, and what became of them."""

    address: str
    open: int = 0
    refused: int = 0
    lost: int = 0
    _tasks: list["asyncio.Task[None]"] = field(default_factory=list)

    async def follow(self, kind: str, tokens: list[str], *, within_s: float) -> None:
        """Opens a connection for each token, a hundred at a time, as many as the time allows."""
        room = asyncio.Semaphore(_AT_ONCE)
        opener = {"sse": _open_sse, "websocket": _open_websocket}[kind]
        keeper = {"sse": _keep_sse, "websocket": _keep_websocket}[kind]
        opening = [asyncio.create_task(self._open(room, opener, keeper, token)) for token in tokens]
        _, late = await asyncio.wait(opening, timeout=within_s)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def leave(self) -> None:
        """Closes all of them."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _open(
        self,
        room: asyncio.Semaphore,
        opener: Callable[[str, str], Awaitable[Streams]],
        keeper: Callable[[Streams], Awaitable[None]],
        token: str,
    ) -> None:
        async with room:
            try:
                streams = await opener(self.address, token)
            except (OSError, asyncio.IncompleteReadError, ValueError):
                self.refused += 1
                return
        self.open += 1
        self._tasks.append(asyncio.create_task(self._hold(keeper, streams)))

    async def _hold(self, keeper: Callable[[Streams], Awaitable[None]], streams: Streams) -> None:
        try:
            await keeper(streams)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            streams[1].close()
        self.open -= 1
        self.lost += 1


async def _request(address: str, target: str, headers: str, status: bytes) -> Streams:
    parts = urlsplit(address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=4096)
    writer.write(f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\n{headers}\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    if head.split(b" ", 2)[1] != status:
        writer.close()
        raise ValueError(head.decode())
    return reader, writer


async def _open_sse(address: str, token: str) -> Streams:
    reader, writer = await _request(address, "/api/v1/events", f"Authorization: Bearer {token}\r\n", b"200")
    await reader.readuntil(b"welcome")
    return reader, writer


async def _keep_sse(streams: Streams) -> None:
    while await streams[0].read(4096):
        pass


async def _open_websocket(address: str, token: str) -> Streams:
    headers = f"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {_KEY}\r\n"
    streams = await _request(address, "/socket.io/?EIO=4&transport=websocket", headers, b"101")
    await _read_frame(streams)
    _write_frame(streams, f"40{json.dumps({'token': token})}")
    answer = await _read_frame(streams)
    if not answer.startswith(b"40"):
        streams[1].close()
        raise ValueError(answer.decode())
    return streams


async def _keep_websocket(streams: Streams) -> None:
    while True:
        if await _read_frame(streams) == b"2":
            _write_frame(streams, "3")


async def _read_frame(streams: Streams) -> bytes:
    reader, _ = streams
    _, length = await reader.readexactly(2)
    if length == _LONG:
        length = int.from_bytes(await reader.readexactly(2))
    return await reader.readexactly(length)


def _write_frame(streams: Streams, text: str) -> None:
    payload = text.encode()
    length = len(payload)
    size = bytes([0x80 | length]) if length < _LONG else bytes([0x80 | _LONG]) + length.to_bytes(2)
    streams[1].write(bytes([_TEXT]) + size + _MASK + payload)
