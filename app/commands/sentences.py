"""What goes wrong in an operator's command is a sentence and exit code 1, not a traceback."""

from typing import Any

import click
from sqlalchemy.exc import SQLAlchemyError

from app import dialect
from app.errors import MarqueeError


class SentenceCommand(click.Command):
    """Says what a service refuses, and that the database is away or older than this version."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - as click has it
        try:
            return super().invoke(ctx)
        except MarqueeError as error:
            sentence = error.detail
        except SQLAlchemyError as error:
            sentence = _about_database(error)
        click.echo(sentence, err=True)
        raise click.exceptions.Exit(1)


class SentenceGroup(click.Group):
    """A group of such commands."""

    command_class = SentenceCommand


def _about_database(error: SQLAlchemyError) -> str:
    if dialect.is_passing(error):
        return f"The database does not answer: {str(getattr(error, 'orig', error)).splitlines()[0]}"
    if dialect.lacks_migration(error):
        return "The database is older than this version: run `flask db upgrade` first."
    raise error
