"""Files made to harm, through the whole pipeline in its jail: each comes to a known end and takes nothing along."""

import re
import resource
import socket
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from app.clients import ffmpeg, jail
from app.clients.stores import storage
from app.database import db, transaction
from app.models import Job, JobState, Video
from app.services import relay_service
from app.services.relay_service import WorkerCard
from app.services.video_pipeline.material import videos_prefix
from config import settings
from tests.api.conftest import PASSWORD, Person
from tests.hostile.corpus import Bait, Case, corpus
from tests.support.attempts import attempt

pytestmark = pytest.mark.skipif(jail.jail_status() == "none", reason="this system has no jail to offer")
AT_ONCE: Final = 3
MOST_MEMORY_KIB: Final = 1024 * 1024
SECRET: Final = "the-secret-beside-7f3a9"
BAIT_COLOUR: Final = (255, 0, 255)
CODE: Final = re.compile(r"[a-z][a-z_]+")
SENTENCE: Final = re.compile(r"[A-Z0-9].+\.")


@dataclass
class Worker:
    """Does jobs in this process, as a worker's child would."""

    app: Flask
    id: UUID = field(default_factory=uuid4)

    def __post_init__(self) -> None:
        relay_service.see(WorkerCard(id=self.id, host="here", process_id=1, slots=64, cores=64, jail="landlock"))

    def do_all(self, video_id: str) -> None:
        """Every job about a video, and those that come of them."""
        with self.app.app_context():
            while (job_id := self._next(video_id)) is not None:
                attempt(self.app, job_id, self.id)

    def _next(self, video_id: str) -> UUID | None:
        waiting = select(Job.id).where(Job.subject == f"video:{video_id}", Job.state == JobState.QUEUED)
        with transaction():
            return db.session.scalar(waiting.order_by(Job.priority, Job.id).limit(1))


@pytest.fixture
def worker(app: Flask, committed_database: object) -> Worker:
    del committed_database
    return Worker(app)


@pytest.fixture
def owner(app: Flask, committed_database: object) -> Person:
    """Somebody whose account other threads see."""
    del committed_database
    person = Person(app.test_client())
    body = {"email": "owner@example.org", "password": PASSWORD, "name": "Ada"}
    person.session = person.post("/auth/signup", body).get_json()
    person.token = person.session["access_token"]
    db.session.remove()  # the database ends a transaction that is open while others work
    return person


@contextmanager
def counting_callers() -> Iterator[tuple[int, list[object]]]:
    """A port, and who called there."""
    callers: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def listen() -> None:
            while True:
                try:
                    connection, address = listener.accept()
                except OSError:
                    return
                callers.append(address)
                connection.close()

        threading.Thread(target=listen, daemon=True).start()
        yield int(listener.getsockname()[1]), callers
        listener.shutdown(socket.SHUT_RDWR)


def laid_out(folder: Path, port: int) -> Bait:
    """A film in one colour and a text, both readable by this process."""
    film, text = folder / "bait.ts", folder / "bait.txt"
    colour = "0x{:02X}{:02X}{:02X}".format(*BAIT_COLOUR)
    picture = ["-f", "lavfi", "-i", f"color=c={colour}:size=64x64:rate=10:duration=1"]
    command = [ffmpeg.binary(), "-nostdin", "-v", "error", *picture, "-c:v", "libx264", "-metadata", f"title={SECRET}"]
    subprocess.run([*command, str(film)], check=True)
    text.write_text(SECRET, encoding="utf-8")
    return Bait(film, text, port)


def end_of(case: Case, owner: Person, worker: Worker) -> str:
    """Uploads the file and does what follows; how it ended, in two words at most."""
    person = Person(worker.app.test_client(), owner.token, owner.session)
    # By hand: Werkzeug's client would leave a temporary file open for each large one.
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{case.filename}"\r\n\r\n'
    body = head.encode() + case.content + b"\r\n--x--\r\n"
    answer = person.post("/videos", data=body, content_type="multipart/form-data; boundary=x")
    if answer.status_code != 201:
        return f"refused {answer.get_json()['code']}"
    video_id = answer.get_json()["id"]
    worker.do_all(video_id)
    video = person.get(f"/videos/{video_id}").get_json()
    state: str = video["processing"]["state"]
    if state != "failed":
        return state
    [error] = video["errors"]
    is_told_well = CODE.fullmatch(error["code"]) and SENTENCE.fullmatch(error["detail"])
    return f"failed {error['code']}" if is_told_well and str(settings.data_dir) not in str(video) else f"said {error}"


def stored_files(owner: Person) -> list[Path]:
    folder = storage().path_of(videos_prefix(UUID(owner.session["organization"]["id"])))
    return [path for path in folder.rglob("*") if path.is_file()]


def shows_the_bait(picture: Path) -> bool:
    with Image.open(picture) as image:
        red, green, blue = image.convert("RGB").resize((1, 1)).tobytes()
    return red > 180 and green < 90 and blue > 180


@pytest.mark.slow
def test_every_file_comes_to_its_end_and_takes_nothing_along(tmp_path: Path, owner: Person, worker: Worker) -> None:
    with counting_callers() as (port, callers):
        cases = list(corpus(tmp_path, laid_out(tmp_path, port)))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            ends = list(pool.map(lambda case: end_of(case, owner, worker), cases))
    after_all = end_of(Case("a good film", (tmp_path / "base.mp4").read_bytes(), frozenset()), owner, worker)

    wrong = [f"{case.name}: {end}" for case, end in zip(cases, ends, strict=True) if end not in case.ends]
    assert not wrong, "\n".join(wrong)
    assert after_all == "ready"
    assert callers == []
    made = [path for path in stored_files(owner) if path.name != "original"]
    assert [path for path in made if SECRET.encode() in path.read_bytes()] == []
    posters = [path for path in made if path.name == "poster.jpg"]
    assert len(posters) > 5
    assert [path for path in posters if shows_the_bait(path)] == []
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < MOST_MEMORY_KIB
    assert list(storage().path_of("work").iterdir()) == []

    with transaction():
        video_ids = db.session.scalars(select(Video.id)).all()
    for video_id in video_ids:
        assert owner.send("DELETE", f"/videos/{video_id}").status_code == 204
        worker.do_all(str(video_id))
    assert stored_files(owner) == []
