"""Runs the migrations: on the direct URL where a pooler stands in front, otherwise on the app's engine."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON, Connection, create_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import SchemaItem

from app import models  # noqa: F401 - fills the metadata
from app.database import Base, db
from app.dialect import UTCDateTime
from config import settings


def render_item(kind: str, item: object, autogen: AutogenContext) -> str | Literal[False]:
    """Writes our own column types as the plain ones that they stand on: a migration needs no app code."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")'
    return False


def include_object(_item: SchemaItem, name: str | None, kind: str, *_rest: object) -> bool:
    """Leaves out full-text search, which is written by hand for each database."""
    if kind == "column":
        return name != "search"
    return "_search" not in (name or "") or kind not in {"table", "index"}


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render_item,
        include_object=include_object,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    run(given)
elif settings.migration_url == settings.sqlalchemy_url:
    with db.engine.connect() as connection:
        run(connection)
else:
    engine = create_engine(settings.migration_url, poolclass=NullPool)
    with engine.connect() as connection:
        run(connection)
    engine.dispose()
