"""Keep the words of a search where they are compared, and whose they are"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# Table → its title, summary and body as SQL, as in 0009.
_SEARCHED = {
    "posts": ("title", "excerpt", "body_markdown"),
    "videos": ("title", "''", "description"),
}
_BODY_LENGTH = 100_000


def upgrade() -> None:
    for table, columns in _SEARCHED.items():
        if op.get_bind().dialect.name == "postgresql":
            # Beside the row, so that comparing takes a quarter of the time; the bodies move out instead.
            _make_anew(table, "MAIN", *columns)
        else:
            _keys_of(table)
            # Words of three letters are the most common ones, and begin the most others.
            _index_anew(table, ", prefix = '3'")


def downgrade() -> None:
    for table, columns in _SEARCHED.items():
        if op.get_bind().dialect.name == "postgresql":
            _make_anew(table, "EXTENDED", *columns)
        else:
            _fill_keys_by(table, "INSERT INTO {name}_keys (row_id) VALUES (new.id)")
            op.execute(f"ALTER TABLE {table}_search_keys DROP COLUMN organization_id")
            _index_anew(table)


def _make_anew(table: str, storage: str, title: str, summary: str, body: str) -> None:
    """Rewrites the table once; its readers and writers wait for that."""
    weighted = (("A", title), ("B", summary), ("D", f"left({body}, {_BODY_LENGTH})"))
    words = " || ".join(f"setweight(to_tsvector('simple', {text}), '{weight}')" for weight, text in weighted)
    op.execute("SET LOCAL statement_timeout = 0")
    op.execute(
        f"ALTER TABLE {table} DROP COLUMN search, ADD COLUMN search tsvector GENERATED ALWAYS AS ({words}) STORED, "
        f"ALTER COLUMN search SET STORAGE {storage}"
    )
    op.execute(f"CREATE INDEX ix_{table}_search ON {table} USING gin (search)")
    op.execute(f"ANALYZE {table}")  # without knowing how common words are, PostgreSQL takes every match from the index


def _keys_of(table: str) -> None:
    keys = f"{table}_search_keys"
    op.execute(f"ALTER TABLE {keys} ADD COLUMN organization_id CHAR(32)")
    op.execute(f"UPDATE {keys} SET organization_id = (SELECT organization_id FROM {table} WHERE id = row_id)")
    _fill_keys_by(table, "INSERT INTO {name}_keys (row_id, organization_id) VALUES (new.id, new.organization_id)")


def _index_anew(table: str, more: str = "") -> None:
    name, columns = f"{table}_search", ", ".join(_SEARCHED[table])
    options = f'title, summary, body, tokenize = "unicode61 remove_diacritics 2"{more}'
    op.execute(f"DROP TABLE {name}")
    op.execute(f"CREATE VIRTUAL TABLE {name} USING fts5({options})")
    op.execute(
        f"INSERT INTO {name} (rowid, title, summary, body) SELECT k.id, {columns} FROM {table} t "
        f"JOIN {name}_keys k ON k.row_id = t.id"
    )


def _fill_keys_by(table: str, statement: str) -> None:
    """Makes the trigger of new rows anew."""
    name, columns = f"{table}_search", _SEARCHED[table]
    fresh = ", ".join(column if column == "''" else f"new.{column}" for column in columns)
    op.execute(f"DROP TRIGGER {name}_insert")
    op.execute(
        f"CREATE TRIGGER {name}_insert AFTER INSERT ON {table} BEGIN {statement.format(name=name)}; "
        f"INSERT INTO {name} (rowid, title, summary, body) VALUES (last_insert_rowid(), {fresh}); END"
    )
