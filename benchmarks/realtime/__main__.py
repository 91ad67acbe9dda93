"""`python -m benchmarks.realtime [stock] [sse] [websocket] [slow]`; all of them without a name."""

import sys
from collections.abc import Callable
from functools import partial
from typing import Final

from benchmarks.realtime import idle, slow, stock

MEASUREMENTS: Final[dict[str, Callable[[], None]]] = {
    "stock": stock.main,
    "sse": partial(idle.main, "sse"),
    "websocket": partial(idle.main, "websocket"),
    "slow": slow.main,
}

if __name__ == "__main__":
    for name in sys.argv[1:] or MEASUREMENTS:
        MEASUREMENTS[name]()
