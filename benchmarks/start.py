"""Start-up and memory: the first start on an empty folder, a second one, and each process's share of memory."""

import subprocess
import time
from pathlib import Path

from benchmarks.product import Measured, running

SETTLE_S = 3


def main() -> None:
    """Prints seconds to the first answer and to health, and PSS of each process."""
    with running() as first:
        folder = first.folder
        print(f"first start: /healthz {first.first_answer_s:.2f} s, healthy {first.healthy_s:.2f} s")
    with running(folder) as second:
        print(f"second start: /healthz {second.first_answer_s:.2f} s, healthy {second.healthy_s:.2f} s")
        time.sleep(SETTLE_S)
        _print_memory(second)


def _print_memory(product: Measured) -> None:
    found = subprocess.run(["/bin/ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in found.splitlines()[1:]]
    family = {product.process.pid}
    for _ in range(3):
        family |= {int(pid) for pid, parent, _ in rows if int(parent) in family}
    total = 0.0
    for pid, _, args in rows:
        if int(pid) in family or ("valkey-server" in args and _belongs(int(pid), product)):
            pss, rss = _memory_mb(int(pid))
            total += pss
            print(f"  {args.split('/')[-1][:40]:40} PSS {pss:6.1f} MB  RSS {rss:6.1f} MB")
    print(f"  {'everything idle':40} PSS {total:6.1f} MB")


def _belongs(pid: int, product: Measured) -> bool:
    return (product.folder / "run" / "valkey.pid").read_text() == str(pid)


def _memory_mb(pid: int) -> tuple[float, float]:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    values = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines[1:] if line.endswith("kB")}
    return values["Pss"], values["Rss"]


if __name__ == "__main__":
    main()
