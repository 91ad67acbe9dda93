"""Hands a letter to the mail server, or lays it into the outbox folder where there is none."""

import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from typing import Final

from app.clients import outbox
from config import settings
from config.smtp import SmtpServer

_PERMANENT: Final = 500
_DEFAULT_SENDER: Final = "Marquee <marquee@localhost>"


@dataclass(frozen=True, slots=True)
class Mail:
    """One letter to one address; `id` names it for good, so that a second copy can be told from a second letter."""

    id: str
    to: str
    subject: str
    text: str
    html: str

    def __repr__(self) -> str:
        return f"<Mail {self.id}>"


class MailRefused(Exception):
    """The server will never take this letter. Its words are left out: they quote addresses."""


class MailDelayed(Exception):
    """The server is away, or says that it may take the letter later."""


def send(mail: Mail) -> None:
    """Sends within the time-out. Raises `MailRefused` or `MailDelayed`."""
    message = _message(mail)
    server = settings.smtp
    if server is not None:
        _hand_over(server, message)
    elif settings.is_production:
        raise MailRefused("No mail server is configured (SMTP_URL).")
    else:
        outbox.keep(mail.id, message.as_bytes())


def _message(mail: Mail) -> EmailMessage:
    sender_name, sender = parseaddr(settings.mail_from or _DEFAULT_SENDER)
    message = EmailMessage()
    try:
        message["From"] = Address(sender_name, addr_spec=sender)
        message["To"] = Address(addr_spec=mail.to)
        message["Subject"] = " ".join(mail.subject.split())  # a header has one line
    except ValueError:
        raise MailRefused("The address cannot be written to.") from None
    message["Date"] = formatdate()
    message["Message-ID"] = f"<{mail.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


def _hand_over(server: SmtpServer, message: EmailMessage) -> None:
    try:
        with _connection(server) as connection:
            connection.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code = max((code for code, _words in error.recipients.values()), default=_PERMANENT)
        raise _answer(code) from None
    except smtplib.SMTPAuthenticationError as error:
        # The operator's fault, not the letter's: it goes out once the password is right.
        raise MailDelayed(f"The mail server refused our credentials ({error.smtp_code}).") from None
    except smtplib.SMTPResponseException as error:
        raise _answer(error.smtp_code) from None
    except smtplib.SMTPNotSupportedError:
        raise MailRefused("The mail server lacks what this letter needs (STARTTLS, sign-in or SMTPUTF8).") from None
    except (smtplib.SMTPException, OSError) as error:
        raise MailDelayed(f"The mail server cannot be reached ({type(error).__name__}).") from None


def _answer(code: int) -> MailRefused | MailDelayed:
    if code >= _PERMANENT:
        return MailRefused(f"The mail server refused the letter ({code}).")
    return MailDelayed(f"The mail server wants the letter later ({code}).")


def _connection(server: SmtpServer) -> smtplib.SMTP:
    timeout_s = settings.smtp_timeout_s
    if server.security == "tls":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=timeout_s, context=ssl.create_default_context()
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=timeout_s)
    try:
        if server.security == "starttls":
            connection.starttls(context=ssl.create_default_context())
        if server.user is not None:
            connection.login(server.user, server.password or "")
    except BaseException:
        connection.close()
        raise
    return connection
