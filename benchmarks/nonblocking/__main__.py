"""Runs both measurements: heavy work beside a list, and a thousand requests that wait in the database."""

import asyncio

from benchmarks.nonblocking import crowded, waiting
from tests.support.servers import postgresql, valkey

if __name__ == "__main__":
    with postgresql() as database, valkey() as redis:
        asyncio.run(crowded.measure(database.url, redis.url))
        asyncio.run(waiting.measure(database.url, redis.url))
