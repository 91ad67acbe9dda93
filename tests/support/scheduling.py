"""Which tests run in one process of xdist, those that share a running product, and which run first."""

from typing import Final

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

_TOGETHER: Final = {
    "tests/outages/": "outages",
    "tests/e2e/test_secrets.py": "secrets",
    "tests/e2e/test_plain_commands.py": None,
    "tests/e2e/test_launcher.py": None,
    "tests/e2e/": "product",
    "tests/realtime/test_sockets.py": "sockets",
    "tests/realtime/test_sse.py": "sse",
    "tests/realtime/test_stock_clients.py": "stock clients",
    "tests/realtime/test_connection_limits.py": "connection limits",
    "tests/server/test_slow_clients.py": "slow clients",
    "tests/server/test_refusals.py": "refusals",
}
"""Groups by the start of a test's id, the first that fits; None and all others: one by one."""
_PROXIES: Final = "tests/server/test_proxies.py"


class ByProduct(LoadScopeScheduling):  # type: ignore[misc]  # the library is untyped
    """Hands out groups, the largest first, then single tests.

    Not `--dist loadgroup`: it changes a private attribute that pytest has dropped, and groups nothing.
    """

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(_PROXIES):
            return "nginx" if "[nginx]" in nodeid else "haproxy"
        group = next((group for start, group in _TOGETHER.items() if nodeid.startswith(start)), None)
        return group or nodeid


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow ones first, however they were shuffled: at the end no process works on one alone."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByProduct:
    """What xdist asks for in the process that controls the others."""
    return ByProduct(config, log)
