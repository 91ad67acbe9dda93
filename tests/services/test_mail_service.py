"""Mail as jobs, against a real SMTP server."""

import os
import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from app.clients import outbox
from app.database import db, transaction
from app.models import Job, JobState, User
from app.services import job_attempt, mail_service
from app.services.mail_service import Letter, Message
from config import settings
from tests.factories import make_user, make_worker
from tests.support.mail import SMTP_PASSWORD, SMTP_USER, PostOffice, post_office

COMPOSED = {"name": "Ada <b>Lovelace</b>", "until": "tomorrow", "link": "https://app.example/verify-email#token=abc"}


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
    with post_office() as office:
        password = SMTP_PASSWORD.replace(" ", "%20")
        monkeypatch.setattr(settings, "smtp_url", f"smtp://{SMTP_USER}:{password}@127.0.0.1:{office.port}")
        monkeypatch.setattr(settings, "smtp_starttls", False)
        monkeypatch.setattr(settings, "mail_from", "Marquee <mail@marquee.example>")
        yield office


@pytest.fixture
def user(committed_database: object, monkeypatch: pytest.MonkeyPatch) -> User:
    """Somebody to whom the letter about their own row goes, while it is there."""
    del committed_database
    with transaction():
        user = make_user(email="ada@example.org")

    def compose(record_id: UUID) -> Message | None:
        email = db.session.scalar(select(User.email).where(User.id == record_id))
        return Message(email, COMPOSED) if email else None

    monkeypatch.setitem(mail_service._composers, Letter.VERIFY_EMAIL, compose)
    return user


def queue_and_run(app: Flask, record_id: UUID) -> Job:
    """Queues the letter, and does its job as a worker would."""
    with transaction():
        job_id = mail_service.queue(Letter.VERIFY_EMAIL, record_id)
        worker = make_worker()
    job_attempt.run(job_id, worker_id=worker.id, process_id=os.getpid(), open_context=app.app_context)
    with transaction():
        return db.session.get_one(Job, job_id, populate_existing=True)


def test_a_letter_arrives_as_text_and_as_escaped_html(app: Flask, office: PostOffice, user: User) -> None:
    job = queue_and_run(app, user.id)

    assert job.state is JobState.SUCCEEDED
    (mail,) = office.taken
    assert (mail["To"], mail["From"]) == ("ada@example.org", "Marquee <mail@marquee.example>")
    assert mail["Subject"] == "Confirm your e-mail address"
    assert mail["Message-ID"] == f"<{job.id}@marquee.example>"
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]  # both are there
    assert COMPOSED["link"] in text
    assert "Hello Ada <b>Lovelace</b>," in text
    assert "Ada &lt;b&gt;Lovelace&lt;/b&gt;" in html


def test_the_job_holds_the_letter_and_an_id_and_nothing_else(office: PostOffice, app: Flask, user: User) -> None:
    job = queue_and_run(app, user.id)

    assert job.arguments == {"letter": "verify_email", "record_id": str(user.id)}
    assert len(office.taken) == 1


def test_a_letter_about_what_is_gone_is_not_sent(app: Flask, office: PostOffice, user: User) -> None:
    record_id = user.id
    with transaction():
        db.session.delete(user)

    assert queue_and_run(app, record_id).state is JobState.SUCCEEDED
    assert office.taken == []


@pytest.mark.parametrize(
    ("answer", "state", "code"),
    [
        ("550 no such user ada@example.org", JobState.FAILED, "mail_refused"),
        ("451 later, ada@example.org", JobState.QUEUED, "mail_delayed"),
    ],
)
def test_a_refusal_for_good_ends_the_job_and_one_for_now_is_tried_again(
    answer: str, state: JobState, code: str, app: Flask, office: PostOffice, user: User
) -> None:
    office.answer = answer

    job = queue_and_run(app, user.id)

    assert job.state is state
    assert job.error is not None
    assert job.error["code"] == code
    assert "ada@example.org" not in str(job.error)


def test_a_server_that_is_away_or_refuses_our_password_is_tried_again(
    app: Flask, office: PostOffice, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "smtp_url", f"smtp://{SMTP_USER}:wrong@127.0.0.1:{office.port}")
    refused = queue_and_run(app, user.id)
    monkeypatch.setattr(settings, "smtp_url", "smtp://127.0.0.1:1")
    away = queue_and_run(app, user.id)

    assert (refused.state, away.state) == (JobState.QUEUED, JobState.QUEUED)
    assert "credentials" in str(refused.error)
    assert "ConnectionRefusedError" in str(away.error)


def test_a_server_without_starttls_gets_neither_password_nor_letter(
    app: Flask, office: PostOffice, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "smtp_starttls", True)

    assert queue_and_run(app, user.id).state is JobState.FAILED
    assert office.taken == []


def test_without_a_mail_server_letters_wait_in_a_folder_that_only_we_read(app: Flask, user: User) -> None:
    job = queue_and_run(app, user.id)

    kept = outbox.letter(str(job.id))
    assert kept is not None
    assert (kept.to, kept.subject) == ("ada@example.org", "Confirm your e-mail address")
    assert (settings.outbox_dir / f"{job.id}.eml").stat().st_mode & 0o777 == 0o600
    assert outbox.letter("../../etc/passwd") is None


def test_an_address_cannot_smuggle_a_header_in(app: Flask, office: PostOffice, user: User) -> None:
    with transaction():
        db.session.get_one(User, user.id).email = "ada@example.org\r\nbcc: eve@example.org"

    assert queue_and_run(app, user.id).state is JobState.FAILED
    assert office.taken == []


@pytest.mark.parametrize("letter", list(Letter))
def test_every_letter_has_its_two_templates(letter: Letter) -> None:
    from app.services import letters  # noqa: PLC0415 - its folder is what is asked about

    folder = letters._FOLDER
    text = (folder / f"{letter}.txt").read_text()
    assert re.match(r"\S.*\n\n", text)
    assert (folder / f"{letter}.html").exists()
