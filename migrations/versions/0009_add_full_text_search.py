"""Add full-text search and the orders of lists"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Table → its title, summary and body as SQL. A `tsvector` holds 1 MB: 100,000 characters always fit.
_SEARCHED = {
    "posts": ("title", "excerpt", "body_markdown"),
    "videos": ("title", "''", "description"),
}
_BODY_LENGTH = 100_000


def upgrade() -> None:
    add = _add_in_postgresql if op.get_bind().dialect.name == "postgresql" else _add_in_sqlite
    for table, columns in _SEARCHED.items():
        add(table, *columns)
    for table in _SEARCHED:
        for column in ("updated_at", "title"):
            op.create_index(_index(table, column), table, ["organization_id", column, "id"])


def downgrade() -> None:
    for table in _SEARCHED:
        for column in ("updated_at", "title"):
            op.drop_index(_index(table, column), table)
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for table in _SEARCHED:
        if is_postgresql:
            op.execute(f"ALTER TABLE {table} DROP COLUMN search")
            continue
        for moment in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER {table}_search_{moment}")
        op.execute(f"DROP TABLE {table}_search")
        op.execute(f"DROP TABLE {table}_search_keys")


def _index(table: str, column: str) -> str:
    return f"ix_{table}_organization_{column.removesuffix('_at')}"


def _add_in_postgresql(table: str, title: str, summary: str, body: str) -> None:
    weighted = (("A", title), ("B", summary), ("D", f"left({body}, {_BODY_LENGTH})"))
    words = " || ".join(f"setweight(to_tsvector('simple', {text}), '{weight}')" for weight, text in weighted)
    op.execute(f"ALTER TABLE {table} ADD COLUMN search tsvector GENERATED ALWAYS AS ({words}) STORED")
    op.execute(f"CREATE INDEX ix_{table}_search ON {table} USING gin (search)")


def _add_in_sqlite(table: str, *columns: str) -> None:
    name = f"{table}_search"
    # Keys of its own: the rowids of the table itself may change when it is made anew or vacuumed.
    op.execute(f"CREATE TABLE {name}_keys (id INTEGER PRIMARY KEY, row_id CHAR(32) NOT NULL UNIQUE)")
    tokenizer = "unicode61 remove_diacritics 2"
    op.execute(f'CREATE VIRTUAL TABLE {name} USING fts5(title, summary, body, tokenize = "{tokenizer}")')
    op.execute(f"INSERT INTO {name}_keys (row_id) SELECT id FROM {table} ORDER BY created_at")
    op.execute(
        f"INSERT INTO {name} (rowid, title, summary, body) SELECT k.id, {', '.join(columns)} FROM {table} t "
        f"JOIN {name}_keys k ON k.row_id = t.id"
    )
    fresh = ", ".join(column if column == "''" else f"new.{column}" for column in columns)
    key = "(SELECT id FROM {name}_keys WHERE row_id = {row}.id)"
    named = [column for column in columns if column != "''"]
    op.execute(
        f"CREATE TRIGGER {name}_insert AFTER INSERT ON {table} BEGIN "
        f"INSERT INTO {name}_keys (row_id) VALUES (new.id); "
        f"INSERT INTO {name} (rowid, title, summary, body) VALUES (last_insert_rowid(), {fresh}); END"
    )
    op.execute(
        f"CREATE TRIGGER {name}_update AFTER UPDATE OF {', '.join(named)} ON {table} BEGIN "
        f"UPDATE {name} SET (title, summary, body) = ({fresh}) WHERE rowid = {key.format(name=name, row='new')}; END"
    )
    op.execute(
        f"CREATE TRIGGER {name}_delete AFTER DELETE ON {table} BEGIN "
        f"DELETE FROM {name} WHERE rowid = {key.format(name=name, row='old')}; "
        f"DELETE FROM {name}_keys WHERE row_id = old.id; END"
    )
