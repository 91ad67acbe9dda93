"""The jail, attacked from inside: a program in it reaches its one input, its one folder, and nothing else."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app.clients import jail
from tests.support.waiting import wait_until

pytestmark = pytest.mark.skipif(jail.jail_status() == "none", reason="this system has no jail to offer")
MIB = 1024 * 1024


@pytest.fixture
def inside(tmp_path: Path) -> Path:
    """The one folder that the jailed program may write."""
    folder = tmp_path / "inside"
    folder.mkdir()
    return folder


def jailed(program: str, inside: Path, *, memory_bytes: int = 512 * MIB, parent: int | None = None) -> list[str]:
    """The command line of a Python program in the jail."""
    limits = {
        "parent": os.getpid() if parent is None else parent,
        "reads": [sys.base_prefix],
        "executes": [sys.base_prefix],
        "writes": [str(inside)],
        "memory_bytes": memory_bytes,
        "cpu_s": 20,
        "file_bytes": 8 * MIB,
        "background": False,
        "nice": 5,
        "allow_none": False,
    }
    python = str(Path(sys.executable).resolve())
    return [sys.executable, "-I", "-S", jail.__file__, json.dumps(limits), "--", python, "-I", "-S", "-c", program]


def run(program: str, inside: Path, *, memory_bytes: int = 512 * MIB) -> subprocess.CompletedProcess[str]:
    command = jailed(program, inside, memory_bytes=memory_bytes)
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def assert_refused(program: str, inside: Path) -> None:
    """The program prints what came out of its attempt; the jail must have made an error of it."""
    attempt = (
        f"try:\n    {program}\nexcept OSError as error:\n    print('refused', error.errno)\nelse:\n    print('done')"
    )
    done = run(attempt, inside)
    assert done.stdout.startswith("refused "), done.stdout + done.stderr


def test_it_writes_and_reads_in_its_own_folder(inside: Path) -> None:
    done = run(f"open({str(inside / 'made')!r}, 'w').write('yes')", inside)

    assert done.returncode == 0, done.stderr
    assert (inside / "made").read_text() == "yes"


def test_it_reads_no_file_that_is_not_named(inside: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")

    assert_refused(f"open({str(secret)!r}).read()", inside)
    assert_refused("open('/etc/passwd').read()", inside)
    assert_refused("open('/proc/self/environ').read()", inside)


def test_it_leaves_its_folder_by_no_link_and_no_rename(inside: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    (inside / "link").symlink_to(secret)
    (inside / "own").write_text("own")

    assert_refused(f"open({str(inside / 'link')!r}).read()", inside)
    assert_refused(f"__import__('os').rename({str(inside / 'own')!r}, {str(tmp_path / 'out')!r})", inside)
    assert_refused(f"__import__('os').link({str(secret)!r}, {str(inside / 'hard')!r})", inside)


def test_it_leaves_nothing_but_files_and_folders_behind(inside: Path) -> None:
    """Who takes the results away would follow a link, and wait at a pipe for ever."""
    assert_refused(f"__import__('os').symlink('/etc/passwd', {str(inside / 'poster.jpg')!r})", inside)
    assert_refused(f"__import__('os').mkfifo({str(inside / 'full.jpg')!r})", inside)
    assert run(f"__import__('os').mkdir({str(inside / 'folder')!r})", inside).returncode == 0
    assert [path.name for path in inside.iterdir()] == ["folder"]


def test_it_writes_nowhere_else(inside: Path, tmp_path: Path) -> None:
    assert_refused(f"open({str(tmp_path / 'outside')!r}, 'w')", inside)
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK"])
def test_it_gets_no_socket(inside: Path, family: str) -> None:
    # `socket` itself is a module of C code that may be loaded; the call behind it is what is refused.
    assert_refused(f"import _socket; _socket.socket(_socket.{family}, _socket.SOCK_DGRAM)", inside)


def test_nobody_hears_from_it(inside: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        port = listener.getsockname()[1]
        assert_refused(f"import _socket; s = _socket.socket(); s.connect(('127.0.0.1', {port}))", inside)
        with pytest.raises(TimeoutError):
            listener.accept()


@pytest.mark.parametrize(
    ("call", "number"), [("io_uring_setup", 425), ("io_uring_enter", 426), ("pidfd_open", 434), ("pidfd_getfd", 438)]
)
def test_the_ways_around_the_socket_call_are_closed_too(inside: Path, call: str, number: int) -> None:
    program = (
        "import ctypes; libc = ctypes.CDLL(None, use_errno=True)\n"
        f"print(libc.syscall({number}, 0, 0), ctypes.get_errno())"
    )

    done = run(program, inside)

    assert done.stdout.split() == ["-1", "1"], f"{call}: {done.stdout}{done.stderr}"


def test_it_ends_no_process_of_ours(inside: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"]) as bystander:
        assert_refused(f"__import__('os').kill({bystander.pid}, 9)", inside)
        assert bystander.poll() is None
        bystander.kill()


def test_it_sees_nothing_of_our_environment(inside: Path) -> None:
    done = run("import os; print(sorted(os.environ))", inside)

    assert done.stdout == "['HOME', 'LC_ALL', 'PATH']\n"


def test_more_memory_than_allowed_is_an_error_inside(inside: Path) -> None:
    done = run("bytearray(400 * 1024 * 1024)", inside, memory_bytes=256 * MIB)

    assert "MemoryError" in done.stderr


def test_a_file_larger_than_allowed_ends_it(inside: Path) -> None:
    done = run(f"open({str(inside / 'big')!r}, 'wb').write(bytes(16 * 1024 * 1024))", inside)

    assert done.returncode != 0
    assert (inside / "big").stat().st_size <= 8 * MIB


def test_it_dies_with_who_started_it(inside: Path) -> None:
    ready = inside / "ready"
    program = f"import os, time; open({str(ready)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    command = jailed(program, inside)
    starter = (
        "import json, os, subprocess, sys; command = json.loads(sys.argv[1]); limits = json.loads(command[4]);"
        "limits['parent'] = os.getpid(); command[4] = json.dumps(limits); subprocess.run(command)"
    )
    with subprocess.Popen([sys.executable, "-c", starter, json.dumps(command)]) as parent:
        wait_until(lambda: ready.exists() and ready.read_text())
        process_id = int(ready.read_text())
        parent.send_signal(signal.SIGKILL)

    wait_until(lambda: not Path(f"/proc/{process_id}").exists(), within_s=30)  # left alone it sleeps for a minute
