"""Runs a command that must not outlive its parent: `tether.py <parent pid> <signal> <command …>`.

Stdlib only and started by path with `-I -S` (15 ms): it sets PDEATHSIG, which a `preexec_fn` may not safely do in
a process with threads, and becomes the command.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1


def main(parent_pid: int, signal_number: int, command: list[str]) -> None:
    if sys.platform == "linux":  # elsewhere a child outlives a parent that was killed with -9
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
    if os.getppid() != parent_pid:
        sys.exit(1)  # it died before the signal was set
    os.execv(command[0], command)  # noqa: S606 - the command comes from our own launcher


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
