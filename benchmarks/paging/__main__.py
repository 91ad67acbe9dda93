"""Runs it: `python -m benchmarks.paging [--rows 1000000] [--posts 50000]`."""

import argparse
import dataclasses
import os
import subprocess
import sys
import time
from typing import Final

import psycopg

from benchmarks.api.ground import PASSWORD, Ground, ground, pin_database
from config.env import PROJECT_DIR

_FILL: Final = b"""
    INSERT INTO posts (id, organization_id, slug, title, excerpt, body_markdown, body_html, renderer_version,
                       reading_time_s, seo, video_ids, likes_count, comments_count, revision, publication, visibility,
                       published_at, created_at, updated_at)
    SELECT gen_random_uuid(), (SELECT id FROM organizations ORDER BY slug LIMIT 1), 'row-' || n, 'Row ' || n, 'Words',
           'Words', '<p>Words</p>', 2, 1, '{}', '[]', 0, 0, 1, 'published', 'public', moment, moment, moment
    FROM generate_series(1, %s) AS n, LATERAL (SELECT timestamptz '2026-01-01' - n * interval '1 minute') AS at (moment)
"""


def main() -> None:
    options = _options()
    print(f"load average {os.getloadavg()[0]:.1f}")
    with ground(posts=options.posts, users=2_000) as base:
        _measure(base, "search")
        if not options.only_postgresql:
            _measure(_on_sqlite(base, options.posts), "search")
        _fill(base, options.rows)
        _measure(base, "pages", str(options.rows))
    print(f"load average {os.getloadavg()[0]:.1f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.paging")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--posts", type=int, default=50_000)
    parser.add_argument("--only-postgresql", action="store_true", help="no searches in SQLite")
    return parser.parse_args()


def _on_sqlite(base: Ground, posts: int) -> Ground:
    """The same posts in the embedded database."""
    made = dataclasses.replace(base, database_url=f"sqlite:///{base.folder}/marquee.db")
    made.flask("db", "upgrade")
    made.flask("seed", "--posts", str(posts), "--users", "2000", "--password", PASSWORD, "--yes")
    return made


def _fill(base: Ground, rows: int) -> None:
    """Replaces the posts by rows with next to nothing in them."""
    began = time.monotonic()
    with psycopg.connect(base.database_url, autocommit=True) as connection:
        connection.execute("TRUNCATE posts CASCADE")
        connection.execute(_FILL, [rows])
        connection.execute("VACUUM (ANALYZE) posts")
    pin_database(base.database_url)
    print(f"{rows:,} rows in {time.monotonic() - began:.0f} s")


def _measure(base: Ground, *arguments: str) -> None:
    """In a process of its own, whose settings are the benchmark's."""
    folder = base.folder / "measured"
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "benchmarks.paging.inside", *arguments]
    subprocess.run(command, cwd=PROJECT_DIR, env={**base.variables, "DATA_DIR": str(folder)}, check=True)


if __name__ == "__main__":
    main()
