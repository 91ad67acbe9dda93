"""Runs a command in a jail: `python -I -S jail.py <limits as JSON> -- argv…`. Standard library only.

For the command `script <packages> <file> …` it goes on as that Python file: to start a second interpreter for it would
cost a fifth of a probe. Such a one has to be started with `ENVIRONMENT` alone.

Landlock leaves it the system's libraries, its one input and its one output folder; seccomp takes every socket away;
rlimits bound processor time, memory and files. Run by path, so that the jailed process imports nothing of ours.
"""

import contextlib
import ctypes
import json
import os
import platform
import resource
import signal
import struct
import sys
from typing import Any, Final

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP = 1, 38, 22
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same numbers on every architecture
_SECCOMP_FILTER: Final = 2
_ARCHITECTURES: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
# By row: socket connect bind listen socketpair kill; ptrace mount unshare setns bpf; process_vm_readv, _writev,
# perf_event_open, userfaultfd, open_by_handle_at; add_key request_key keyctl
_DENIED_BY_MACHINE: Final = {
    "x86_64": (
        *(41, 42, 49, 50, 53, 62),
        *(101, 165, 272, 308, 321),
        *(310, 311, 298, 323, 304),
        *(248, 249, 250),
    ),
    "aarch64": (
        *(198, 203, 200, 201, 199, 129),
        *(117, 40, 97, 268, 280),
        *(270, 271, 241, 282, 265),
        *(217, 218, 219),
    ),
}
# io_uring opens sockets and files without the calls above: setup, enter, register; then pidfd_open and pidfd_getfd.
_DENIED_EVERYWHERE: Final = (425, 426, 427, 434, 438)
_X32_BIT: Final = 0x40000000
_READ: Final = 1 << 2 | 1 << 3  # read a file, list a folder
_EXECUTE: Final = 1 << 0
_MAKE_SPECIAL: Final = 1 << 6 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 12
"""Devices, sockets, pipes and symbolic links. Who takes the results away is not jailed: by a link that a taken-over
decoder left in the place of a picture it would publish any file of the host."""
_FS_RIGHTS_BY_ABI: Final = ((1, 13), (2, 14), (3, 15), (5, 16))
_NET_RIGHTS_FROM_ABI, _SCOPES_FROM_ABI = 4, 6
_FILE_RIGHTS: Final = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 14  # what a rule on a file may hold
_SYSTEM_FOLDERS: Final = (
    "/usr",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/dev/null",
    "/dev/urandom",
)
_OPEN_FILES: Final = 256
SCRIPT: Final = "script"
ENVIRONMENT: Final = {"PATH": "/nonexistent", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"}
CANNOT_JAIL: Final = 97
"""Exit code of the launcher when this system has no jail to offer."""


def jail_status() -> str:
    """`landlock` where the jail works, else `none`."""
    if not sys.platform.startswith("linux") or platform.machine() not in _DENIED_BY_MACHINE:
        return "none"
    return "landlock" if _abi() >= 1 else "none"


def _abi() -> int:
    return int(_syscall(_CREATE_RULESET, None, 0, 1))


def _syscall(number: int, *args: Any) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    wide = [ctypes.c_long(arg) if isinstance(arg, int) else arg for arg in args]
    return int(libc.syscall(ctypes.c_long(number), *wide))


def _must(result: int, what: str) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), f"{what} failed")
    return result


def _prctl(*args: Any) -> None:
    wide = [ctypes.c_ulong(arg) if isinstance(arg, int) else arg for arg in args]
    _must(ctypes.CDLL(None, use_errno=True).prctl(*wide), "prctl")


def _limit(limits: dict[str, Any]) -> None:
    """Bounds what the command may use; the parent's death ends it."""
    if sys.platform.startswith("linux"):
        _prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        if os.getppid() != limits["parent"]:
            os._exit(1)
        resource.setrlimit(resource.RLIMIT_AS, (limits["memory_bytes"],) * 2)
        resource.setrlimit(resource.RLIMIT_DATA, (limits["memory_bytes"],) * 2)  # not the one of the worker
    resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu_s"], limits["cpu_s"] + 2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits["file_bytes"],) * 2)
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if limits["background"] and hasattr(os, "SCHED_IDLE"):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    else:
        os.nice(limits["nice"])


def _landlock(reads: list[str], executes: list[str], writes: list[str]) -> None:
    """Leaves only the paths named; everything else on the file system, and every TCP port, is refused."""
    abi = _abi()
    rights = max((1 << bits) - 1 for known, bits in _FS_RIGHTS_BY_ABI if abi >= known)
    attribute = struct.pack("<Q", rights)
    if abi >= _NET_RIGHTS_FROM_ABI:
        attribute += struct.pack("<Q", 3)
    if abi >= _SCOPES_FROM_ABI:
        attribute += struct.pack("<Q", 3)
    ruleset = _must(_syscall(_CREATE_RULESET, ctypes.c_char_p(attribute), len(attribute), 0), "landlock")
    for path in executes:
        _allow(ruleset, path, (_READ | _EXECUTE) & rights)
    for path in reads:
        _allow(ruleset, path, _READ & rights)
    for path in writes:
        _allow(ruleset, path, rights & ~_EXECUTE & ~_MAKE_SPECIAL)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _must(_syscall(_RESTRICT_SELF, ruleset, 0), "landlock")
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    with contextlib.suppress(FileNotFoundError):
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        if not os.path.isdir(path):  # noqa: PTH112 - pathlib costs 10 ms of every start
            rights &= _FILE_RIGHTS
        rule = struct.pack("<Qi", rights, descriptor)
        _must(_syscall(_ADD_RULE, ruleset, 1, ctypes.c_char_p(rule), 0), "landlock rule")
        os.close(descriptor)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def _seccomp() -> None:
    """Refuses with EPERM the calls that reach out of the process; kills a process of a foreign architecture."""
    machine = platform.machine()
    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06
    allow, deny, kill = 0x7FFF0000, 0x00050001, 0x80000000
    denied = _DENIED_BY_MACHINE[machine] + _DENIED_EVERYWHERE
    code = [
        (load, 0, 0, 4),
        (equal, 1, 0, _ARCHITECTURES[machine]),
        (answer, 0, 0, kill),
        (load, 0, 0, 0),
        (at_least, len(denied) + 1, 0, _X32_BIT),
        *((equal, len(denied) - index, 0, number) for index, number in enumerate(denied)),
        (answer, 0, 0, allow),
        (answer, 0, 0, deny),
    ]
    packed = b"".join(struct.pack("<HBBI", *step) for step in code)
    program = _Program(len(code), packed)
    _prctl(_PR_SET_SECCOMP, _SECCOMP_FILTER, ctypes.byref(program), 0, 0)


def main(arguments: list[str]) -> None:
    """Confines this process as the first argument says, then becomes the command."""
    limits: dict[str, Any] = json.loads(arguments[0])
    command = arguments[arguments.index("--") + 1 :]
    _limit(limits)
    if jail_status() == "landlock":
        executes = [*_SYSTEM_FOLDERS, *limits["executes"]]
        _landlock(limits["reads"], executes, limits["writes"])
        _seccomp()
    elif not limits["allow_none"]:
        sys.stderr.write("no jail is available on this system\n")
        sys.exit(CANNOT_JAIL)
    if command[0] != SCRIPT:
        os.execve(command[0], command, ENVIRONMENT)  # noqa: S606 - no shell is the point
    import runpy  # noqa: PLC0415 - FFmpeg's starts do without

    _, packages, *sys.argv = command
    sys.path.append(packages)
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
