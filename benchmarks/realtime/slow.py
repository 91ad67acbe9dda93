"""1,000 slow clients of three kinds beside a busy organization: how fast `/healthz` and a good follower are served."""

import asyncio
import json
import time
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

import requests

from benchmarks.load import Answers, Crowd
from benchmarks.realtime.ground import Ground, ground, load_average

DRIPPING_HEADS: Final = 350
DRIPPING_BODIES: Final = 350
UNREAD_STREAMS: Final = 300
SECONDS: Final = 40.0
PER_S: Final = 20.0
EVENTS_PER_S: Final = 10.0
BASELINE_S: Final = 10.0
_DRIP_S: Final = 1.0
_BODY: Final = b'{"title": "' + b"x" * 100_000


def main() -> None:
    """Prints the figures."""
    with ground(REALTIME_USER_CONNECTIONS=str(UNREAD_STREAMS + 1)) as live:
        asyncio.run(_measure(live))


async def _measure(live: Ground) -> None:
    crowd = Crowd(live.web.address)
    alone = await crowd.at_rate("GET", "/healthz", per_s=PER_S, seconds=BASELINE_S)
    before_mb = live.memory_mb()
    slow = [asyncio.create_task(_drip(live, _head(live))) for _ in range(DRIPPING_HEADS)]
    slow += [asyncio.create_task(_drip(live, _BODY, first=_post(live))) for _ in range(DRIPPING_BODIES)]
    slow += [asyncio.create_task(_leave_unread(live)) for _ in range(UNREAD_STREAMS)]
    delays: list[float] = []
    good = asyncio.create_task(_follow(live, delays))
    await asyncio.sleep(2)
    busy = asyncio.create_task(_happen(live))
    served = await crowd.at_rate("GET", "/healthz", per_s=PER_S, seconds=SECONDS)
    grown_mb = live.memory_mb() - before_mb
    still = sum(not task.done() for task in slow)
    for task in (busy, good, *slow):
        task.cancel()
    await asyncio.gather(busy, good, *slow, return_exceptions=True)
    _print(alone, served, delays)
    print(
        f"  {still} of {len(slow)} slow ones still there after {SECONDS:.0f} s, the others cut off; "
        f"workers' memory +{grown_mb:.0f} MB; {load_average()}"
    )


def _print(alone: Answers, served: Answers, delays: list[float]) -> None:
    for what, answers in (("without", alone), ("with 1,000 slow clients", served)):
        p50, p99 = answers.percentile_ms(50), answers.percentile_ms(99)
        print(f"  /healthz {what}: p50 {p50:.0f} ms, p99 {p99:.0f} ms, {answers.failed} failed")
    events = Answers(delays)
    print(
        f"  {len(delays)} events to a good follower: p50 {events.percentile_ms(50):.0f} ms, "
        f"p99 {events.percentile_ms(99):.0f} ms after the change was asked for"
    )


async def _drip(live: Ground, piece: bytes, *, first: bytes = b"") -> None:
    """Sends a byte a second until the server has enough of it."""
    reader, writer = await _connect(live)
    writer.write(first)
    ended = asyncio.create_task(_read_to_its_end(reader))
    for byte in piece:
        writer.write(bytes([byte]))
        done, _ = await asyncio.wait([ended], timeout=_DRIP_S)
        if done:
            break
    writer.close()


async def _read_to_its_end(reader: asyncio.StreamReader) -> None:
    with suppress(ConnectionError):
        await reader.read()


async def _leave_unread(live: Ground) -> None:
    reader, writer = await _connect(live, limit=1024)
    writer.write(_get_events(live))
    await reader.readuntil(b"\r\n\r\n")
    await asyncio.sleep(3600)  # asyncio stops reading at twice its limit; then the kernel's buffers fill


async def _follow(live: Ground, delays: list[float]) -> None:
    reader, writer = await _connect(live)
    writer.write(_get_events(live))
    while line := await reader.readline():
        if line.startswith(b"data: "):
            title = json.loads(line[6:])["data"].get("title", "")
            if title.startswith("at "):
                delays.append(time.time() - float(title.removeprefix("at ")))


async def _happen(live: Ground) -> None:
    async with asyncio.TaskGroup() as group:
        while True:
            group.create_task(asyncio.to_thread(_happen_once, live))
            await asyncio.sleep(1 / EVENTS_PER_S)


def _happen_once(live: Ground) -> None:
    with suppress(requests.HTTPError):  # 503 while a crowd signs in
        live.happen(f"at {time.time()}")


async def _connect(live: Ground, limit: int = 65536) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    parts = urlsplit(live.web.address)
    return await asyncio.open_connection(parts.hostname, parts.port, limit=limit)


def _head(live: Ground) -> bytes:
    return f"GET /healthz HTTP/1.1\r\nHost: {urlsplit(live.web.address).netloc}\r\nX-Slow: {'x' * 4000}".encode()


def _post(live: Ground) -> bytes:
    return _lines(live, "POST /api/v1/posts", "Content-Type: application/json", f"Content-Length: {2 * len(_BODY)}")


def _get_events(live: Ground) -> bytes:
    return _lines(live, "GET /api/v1/events")


def _lines(live: Ground, request: str, *headers: str) -> bytes:
    token, host = live.first["access_token"], urlsplit(live.web.address).netloc
    lines = [f"{request} HTTP/1.1", f"Host: {host}", f"Authorization: Bearer {token}", *headers, "", ""]
    return "\r\n".join(lines).encode()
