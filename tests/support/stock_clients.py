"""npm's socket.io-client, many at once in one Node process, told by lines what they hear."""

import json
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from config.env import PROJECT_DIR
from tests.support.waiting import PATIENCE_S

SCRIPTS: Final = PROJECT_DIR / "tests" / "js"
NODE: Final = shutil.which("node")
IS_THERE: Final = NODE is not None and (SCRIPTS / "node_modules" / "socket.io-client").is_dir()


@dataclass
class StockClients:
    """Running clients and everything they said so far."""

    process: "subprocess.Popen[str]"
    lines: list[dict[str, Any]] = field(default_factory=list)

    def listen(self) -> None:
        """Collects the lines until the process ends."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(json.loads(line))

    def said(self, key: str) -> list[dict[str, Any]]:
        """The lines that have the key, such as `connected` or `heard`."""
        return [line for line in self.lines if key in line]

    def wait_until(self, condition: Callable[["StockClients"], bool], within_s: float = PATIENCE_S) -> float:
        """Fails with the last lines if the condition does not come to hold; the seconds it took."""
        started = time.monotonic()
        while not condition(self):
            if self.process.poll() is not None or time.monotonic() - started > within_s:
                raise AssertionError(f"not within {within_s} s: {self.lines[-15:]}")
            time.sleep(0.01)
        return time.monotonic() - started

    def finish(self) -> list[dict[str, Any]]:
        """Ends the clients; what each of them went through."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.wait_until_ended()
        summary: list[dict[str, Any]] = self.said("summary")[0]["summary"]
        return summary

    def wait_until_ended(self) -> None:
        """Waits until the last line is read."""
        deadline = time.monotonic() + PATIENCE_S
        while not self.said("summary"):
            assert time.monotonic() < deadline, self.lines[-5:]
            time.sleep(0.01)
        self.process.wait(PATIENCE_S)


@contextmanager
def stock_clients(address: str, tokens: list[str], *, clients: int = 1, **options: Any) -> Iterator[StockClients]:
    """Clients with default options, but for `options`: `auth`, `topic`, and `options` of the client itself."""
    arguments = json.dumps({"address": address, "tokens": tokens, "clients": clients, **options})
    with subprocess.Popen(
        [str(NODE), str(SCRIPTS / "crowd.mjs"), arguments],
        cwd=SCRIPTS,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        running = StockClients(process)
        threading.Thread(target=running.listen, daemon=True).start()
        try:
            yield running
        finally:
            process.kill()
