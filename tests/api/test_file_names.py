"""File names made to harm: each is only a title, whichever way the file comes."""

from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from app.clients.stores import storage
from config import settings
from tests.api.conftest import Person

FILM: Final = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(200)
NAMES: Final = {
    "../../../../etc/passwd": "passwd",
    "..\\..\\windows\\system.ini": "system",
    "/etc/cron.d/job.mp4": "job",
    "a\x00b.mp4": "ab",
    'a"; rm -rf "b.mp4': 'a"; rm -rf "b',
    "$(touch here)`id`.mp4": "$(touch here)`id`",
    "-i.mp4": "-i",
    "-f": "-f",
    "--": "--",
    "pipe:0": "pipe:0",
    "concat:a|b.mp4": "concat:a|b",
    "two\nlines\r.mp4": "twolines",
    "\u202egnp.4pm": "gnp",
    "%2e%2e%2f.mp4": "%2e%2e%2f",
    "s%05d.m4s": "s%05d",
    "n" * 296 + ".mp4": "n" * 296,
    "x" * 400 + ".mp4": "x" * 300,
    "..": "..",
    ".": "Untitled",
    "   ": "Untitled",
    "": "Untitled",
    "Ünïcödé 🎬.mp4": "Ünïcödé 🎬",
}


def files() -> set[Path]:
    return {path for path in settings.data_dir.rglob("*") if path.is_file()}


def by_form(person: Person, name: str) -> str:
    """Sends it without the escapes of a browser; only a line break cannot be sent: it would end the header."""
    quoted = name.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "").replace("\n", "")
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{quoted}"\r\n\r\n'
    body = head.encode() + FILM + b"\r\n--x--\r\n"
    answer = person.post("/videos", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 201, answer.json
    return str(answer.get_json()["id"])


def by_tus(person: Person, name: str) -> str:
    headers = {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(len(FILM)),
        "Upload-Metadata": f"filename {b64encode(name.encode()).decode()}",
    }
    answer = person.post("/uploads", data=FILM, headers=headers, content_type="application/offset+octet-stream")
    assert answer.status_code == 201, answer.json
    return answer.headers["Marquee-Video-Id"]


@pytest.mark.parametrize("send", [by_form, by_tus], ids=["form", "tus"])
def test_a_name_leads_nowhere(send: Callable[[Person, str], str], ada: Person) -> None:
    before, wrong = files(), []
    for name, title in NAMES.items():
        video_id = send(ada, name)
        video = ada.get(f"/videos/{video_id}").get_json()
        if video["title"] != title:
            wrong.append(f"{name!r}: {video['title']!r}")

    assert wrong == []
    made = files() - before
    assert {path.name for path in made} <= {"original", "original.lock"}
    assert all(path.is_relative_to(storage().path_of("videos")) for path in made)
    assert len([path for path in made if path.name == "original"]) == len(NAMES)
