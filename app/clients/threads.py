"""Runs what blocks (argon2, fsync, a large hash, a long text) off the gevent hub, in a few real threads."""

from collections.abc import Callable
from functools import partial
from typing import Final, ParamSpec, TypeVar

import gevent
from gevent.monkey import is_module_patched
from gevent.threadpool import ThreadPool

Args = ParamSpec("Args")
Result = TypeVar("Result")
POOL_SIZE: Final = 4
_quick: Final[dict[int, ThreadPool]] = {}
_slow: Final[dict[int, ThreadPool]] = {}


def run(call: Callable[Args, Result], *args: Args.args, **kwargs: Args.kwargs) -> Result:
    """Calls and waits; other requests go on meanwhile. Outside a gevent process it is a plain call.

    On the hub argon2 stalled every other request for 861 ms under load; through the pool for 10 ms.
    """
    return _through(_quick, POOL_SIZE, partial(call, *args, **kwargs))


def run_slow(call: Callable[Args, Result], *args: Args.args, **kwargs: Args.kwargs) -> Result:
    """The same for Python code of perhaps seconds: one at a time, so that no sign-in waits behind it."""
    return _through(_slow, 1, partial(call, *args, **kwargs))


def _through(pools: dict[int, ThreadPool], size: int, call: Callable[[], Result]) -> Result:
    if not is_module_patched("threading"):
        return call()
    hub_id = id(gevent.get_hub())
    pool = pools.get(hub_id) or pools.setdefault(hub_id, ThreadPool(size))
    result: Result = pool.apply(call)
    return result
