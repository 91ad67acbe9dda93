"""The proxies of `deploy/`, started with the very files that stand there, on ports of their own."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from config.env import PROJECT_DIR

START_WITHIN_S: Final = 15.0
_PATHS: Final = "/usr/local/sbin:/usr/sbin:/usr/local/bin:/usr/bin:/bin"
_NGINX: Final = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/proxy.log warn;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/marquee.conf;
}}
"""


@dataclass(frozen=True)
class Proxy:
    """Where clients reach it; `certificate` is what they have to trust."""

    address: str
    plain_address: str
    certificate: Path


def why_not(name: str) -> str | None:
    """Why this proxy cannot be tried here, or None."""
    missing = [program for program in (name, "openssl") if _program(program) is None]
    return f"{' and '.join(missing)} not installed" if missing else None


@contextmanager
def proxy(name: str, folder: Path, *, ports: tuple[int, int], upstream: str, storage_dir: Path) -> Iterator[Proxy]:
    """One of them before the Marquee at `upstream`, for plain HTTP on the first port and TLS on the second."""
    certificate = _make_certificate(folder)
    start = {"nginx": _nginx, "haproxy": _haproxy}[name]
    command = start(folder, ports, urlsplit(upstream).netloc, storage_dir)
    with (folder / "output.log").open("ab") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        for port in ports:
            _wait_for(port, process, folder)
        yield Proxy(f"https://localhost:{ports[1]}", f"http://localhost:{ports[0]}", certificate)
    finally:
        process.terminate()
        process.wait(10)


def _nginx(folder: Path, ports: tuple[int, int], upstream: str, storage_dir: Path) -> list[str]:
    text = _adapted(
        "nginx/marquee.conf",
        {
            "listen 80;": f"listen 127.0.0.1:{ports[0]};",
            "listen 443 ": f"listen 127.0.0.1:{ports[1]} ",
            "server 127.0.0.1:8000": f"server {upstream}",
            "marquee.example;": "localhost;",
            "/etc/ssl/marquee.crt": f"{folder}/marquee.crt",
            "/etc/ssl/marquee.key": f"{folder}/marquee.key",
            "/var/log/nginx/marquee.log": f"{folder}/access.log",
            "/srv/marquee/var/storage": str(storage_dir),
        },
    )
    (folder / "marquee.conf").write_text(text)
    owner = folder.owner()  # nginx's workers leave root, and the test's folders are private
    user = "user root;\n" if owner == "root" else ""
    (folder / "nginx.conf").write_text(user + _NGINX.format(folder=folder))
    return [_program("nginx") or "", "-p", str(folder), "-e", f"{folder}/proxy.log", "-c", f"{folder}/nginx.conf"]


def _haproxy(folder: Path, ports: tuple[int, int], upstream: str, _storage_dir: Path) -> list[str]:
    text = _adapted(
        "haproxy/haproxy.cfg",
        {
            "bind :80\n": f"bind 127.0.0.1:{ports[0]}\n",
            "bind :443 ": f"bind 127.0.0.1:{ports[1]} ",
            "server web1 127.0.0.1:8000": f"server web1 {upstream}",
            "/etc/ssl/marquee.pem": f"{folder}/marquee.pem",
        },
    )
    (folder / "haproxy.cfg").write_text(text)
    return [_program("haproxy") or "", "-db", "-f", f"{folder}/haproxy.cfg"]


def _adapted(name: str, places: dict[str, str]) -> str:
    """The file of `deploy/` with its marked places filled in, as an operator would."""
    text = (PROJECT_DIR / "deploy" / name).read_text()
    for old, new in places.items():
        assert old in text, f"{name} does not say {old!r} any more"
        text = text.replace(old, new)
    return text


def _make_certificate(folder: Path) -> Path:
    key, certificate = folder / "marquee.key", folder / "marquee.crt"
    command = [_program("openssl") or "", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    command += ["-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    (folder / "marquee.pem").write_text(certificate.read_text() + key.read_text())
    return certificate


def _program(name: str) -> str | None:
    return shutil.which(name, path=_PATHS)


def _wait_for(port: int, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        log = (folder / "output.log").read_text(errors="replace")
        assert process.poll() is None, f"the proxy ended with {process.returncode}\n{log}"
        assert time.monotonic() < deadline, f"the proxy does not listen\n{log}"
        time.sleep(0.05)
