"""`flask seed`: sample content to develop and measure with."""

import secrets
import sys
from datetime import UTC, datetime

import click
from flask.cli import with_appcontext

from app.commands.sentences import SentenceCommand
from app.errors import Conflict
from app.services import seed_service
from app.services.seed_service import SeedPlan
from app.utils.times import now
from config import settings


@click.command("seed", cls=SentenceCommand)
@click.option("--posts", type=click.IntRange(1), default=500, show_default=True)
@click.option("--users", type=click.IntRange(2), default=50, show_default=True)
@click.option("--seed", "number", type=int, default=1, show_default=True, help="Another number, other content.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The day of the newest post.  [default: today]")
@click.option("--password", help="Of every account.  [default: a random one, which is printed]")
@click.option("--yes", is_flag=True, help="In production too.")
@with_appcontext
def seed(*, posts: int, users: int, number: int, until: datetime | None, password: str | None, yes: bool) -> None:
    """Fill an empty instance with users, organizations, posts, tags, comments and likes."""
    if settings.is_production and not yes:
        raise Conflict("This is a production instance; add --yes if it shall hold sample content.")
    midnight = now().replace(hour=0, minute=0, second=0, microsecond=0)
    moment = until.replace(tzinfo=UTC) if until else midnight
    plan = SeedPlan(posts, users, number, moment, password or secrets.token_urlsafe(12))
    with click.progressbar(length=posts, label="Posts", hidden=not sys.stdout.isatty()) as bar:
        seeded = seed_service.seed(plan, bar.update)
    click.echo(f"{posts} posts by {users} users. {seeded.email} owns {seeded.organization}.")
    click.echo(f"Sign in as {seeded.email} with the password {plan.password}")
