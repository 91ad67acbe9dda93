"""A real SMTP server for tests, and the letters that the product would have sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from uuid import uuid4

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from sqlalchemy import select

from app.clients import outbox
from app.clients.outbox import KeptMail
from app.database import db, transaction
from app.jobs import SEND_MAIL
from app.models import Job, JobState
from app.services import mail_service
from app.services.job_run import JobRun
from tests.support.servers import free_port

SMTP_USER, SMTP_PASSWORD = "marquee", "a post word"


@dataclass
class PostOffice:
    """What the SMTP server was given; `answer` is what it says to the next recipients."""

    port: int
    answer: str = "250 OK"
    taken: list[EmailMessage] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if not session.authenticated:
            return "530 sign in first"
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        message = message_from_bytes(envelope.content or b"", policy=policy.default)  # type: ignore[arg-type]  # always bytes
        self.taken.append(message)
        return "250 taken"


def _signs_in(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, credentials: object
) -> AuthResult:
    is_right = isinstance(credentials, LoginPassword) and (
        (credentials.login, credentials.password) == (SMTP_USER.encode(), SMTP_PASSWORD.encode())
    )
    return AuthResult(success=is_right, handled=False)


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """A running SMTP server that wants a password."""
    office = PostOffice(free_port())
    controller = Controller(
        office,
        hostname="127.0.0.1",
        port=office.port,
        authenticator=_signs_in,
        auth_require_tls=False,  # the test speaks in the clear, on the loopback
    )
    controller.start()
    try:
        yield office
    finally:
        controller.stop()


def send_queued() -> list[KeptMail]:
    """Does the queued mail jobs as a worker would, and returns the letters, oldest first."""
    query = select(Job).where(Job.kind == SEND_MAIL.name, Job.state == JobState.QUEUED).order_by(Job.id)
    sent: list[KeptMail] = []
    for job in db.session.scalars(query).all():
        run = JobRun(job.id, SEND_MAIL, job.subject, job.organization_id, None, job.arguments, 1, uuid4())
        mail_service.send(run)
        with transaction():
            job.state = JobState.SUCCEEDED
        letter = outbox.letter(str(job.id))
        sent += [letter] if letter else []
    return sent


def token_in(letter: KeptMail) -> str:
    """The token of the letter's link."""
    return letter.text.partition("#token=")[2].split()[0]
