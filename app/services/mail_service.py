"""Mail as jobs: a job carries the letter's name and the id of the row it is about, nothing else.

The worker looks the address up and derives the token, so jobs, Redis and logs hold neither.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from app.clients import mailer
from app.clients.mailer import Mail, MailDelayed, MailRefused
from app.jobs import SEND_MAIL
from app.services import job_run, job_service, letters
from app.services.job_run import JobFailed, JobRun
from app.services.job_service import JobRequest
from config import settings


class Letter(StrEnum):
    """Every letter that we write; its templates in `app/letters` bear the same name."""

    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - the name of a letter
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of a letter
    INVITATION = "invitation"


@dataclass(frozen=True, slots=True)
class Message:
    """To whom, and what the templates need; both secret, so neither shows in a repr."""

    to: str = field(repr=False)
    values: Mapping[str, object] = field(repr=False)


Compose = Callable[[UUID], Message | None]
_composers: dict[Letter, Compose] = {}


def register() -> None:
    """Registers the work of the mail jobs."""
    job_run.does(SEND_MAIL, send)


def composes(letter: Letter, compose: Compose) -> None:
    """Names the function that writes a letter about a row; None when the row is gone or used: nothing is sent."""
    _composers[letter] = compose


def queue(letter: Letter, record_id: UUID, *, organization_id: UUID | None = None) -> UUID:
    """Queues the letter inside the open transaction; returns the job. It goes out after the commit, or not at all."""
    arguments = {"letter": letter.value, "record_id": str(record_id)}
    return job_service.enqueue(SEND_MAIL, JobRequest(organization_id=organization_id, arguments=arguments))


def link(path: str, token: str) -> str:
    """A link of a letter. The token stands behind `#`, where neither servers nor logs see it."""
    return f"{settings.links_url}/{path}#token={token}"


def send(job: JobRun) -> None:
    """Writes and sends one letter. A crash right after the server took it sends it twice, with one Message-ID."""
    letter = Letter(str(job.arguments["letter"]))
    message = _composers[letter](UUID(str(job.arguments["record_id"])))
    if message is None:
        return
    written = letters.write(letter.value, message.values)
    mail = Mail(str(job.id), message.to, written.subject, written.text, written.html)
    try:
        mailer.send(mail)
    except MailRefused as error:
        raise JobFailed("input", "mail_refused", str(error)) from None
    except MailDelayed as error:
        raise JobFailed("transient", "mail_delayed", str(error)) from None
