"""`flask users`: accounts, for operators."""

import sys

import click
from email_validator import EmailNotValidError, validate_email
from flask.cli import with_appcontext

from app.commands.sentences import SentenceGroup
from app.services import operator_service


def _address(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    try:
        return validate_email(value, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise click.BadParameter(str(error)) from None


_email = click.argument("email", callback=_address)
_from_stdin = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


@click.group("users", cls=SentenceGroup)
def users() -> None:
    """Make accounts, disable and enable them, set passwords."""


@users.command("create")
@_email
@click.option("--name", prompt="Name", help="What others call them.")
@click.option("--organization", metavar="NAME", help="Make this organization too, with them as its owner.")
@_from_stdin
@with_appcontext
def create(*, email: str, name: str, organization: str | None, password_stdin: bool) -> None:
    """Make an account with a verified address."""
    password = _password(is_piped=password_stdin)
    user_id, slug = operator_service.create(email=email, name=name, password=password, organization_name=organization)
    click.echo(f"{user_id}  {email}" + (f"  owns {slug}" if slug else ""))


@users.command("disable")
@_email
@with_appcontext
def disable(email: str) -> None:
    """Shut an account out: sessions, live connections and API keys end within a second."""
    operator_service.disable(email)


@users.command("enable")
@_email
@with_appcontext
def enable(email: str) -> None:
    """Let a disabled account in again."""
    operator_service.enable(email)


@users.command("set-password")
@_email
@_from_stdin
@with_appcontext
def set_password(*, email: str, password_stdin: bool) -> None:
    """Set a password and end the account's sessions."""
    password = _password(is_piped=password_stdin)
    operator_service.set_password(email, password)


def _password(*, is_piped: bool) -> str:
    if is_piped:
        return sys.stdin.readline().rstrip("\r\n")
    prompted: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return prompted
