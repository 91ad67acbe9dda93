"""`flask storage`: whether the files and the rows fit together."""

import sys
from dataclasses import asdict
from typing import Final

import click
import orjson
from flask.cli import with_appcontext

from app.commands.sentences import SentenceGroup
from app.services import storage_audit
from app.services.storage_audit import Account, Report

_HOUR_S: Final = 3600
_COLUMNS: Final = "{:36}  {:24}  {:>9}  {:>16}  {:>8}  {:>8}"
_HEADING: Final = _COLUMNS.format("organization", "slug", "files", "bytes", "missing", "orphans")


@click.group("storage", cls=SentenceGroup)
def storage() -> None:
    """Look after stored files."""


@storage.command("audit")
@click.option("--delete-orphans", is_flag=True, help="Remove what no row needs.")
@click.option(
    "--grace-hours", type=click.FloatRange(0), default=24, show_default=True, help="Younger ones are no orphans."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of a table.")
@with_appcontext
def audit(*, delete_orphans: bool, grace_hours: float, as_json: bool) -> None:
    """Compare files with rows, both ways. Exits with 1 if a file is missing."""
    report = storage_audit.audit(grace_s=grace_hours * _HOUR_S)
    click.echo(orjson.dumps(_document(report), option=orjson.OPT_INDENT_2) if as_json else _table(report))
    if delete_orphans:
        _delete(report)
    if report.missing:
        sys.exit(1)


def _delete(report: Report) -> None:
    storage_audit.delete_orphans(report)
    size_bytes = sum(orphan.size_bytes for orphan in report.orphans)
    click.echo(f"Deleted {len(report.orphans)} orphans, {size_bytes} bytes.", err=True)


def _document(report: Report) -> dict[str, object]:
    totals = {"missing": report.missing, "orphans": len(report.orphans)}
    return {**totals, "orphan_bytes": sum(orphan.size_bytes for orphan in report.orphans), **asdict(report)}


def _table(report: Report) -> str:
    lines = [_HEADING, *map(_line, report.accounts)]
    lines += [f"missing  {key}" for account in report.accounts for key in account.missing]
    lines += [f"orphan   {orphan.key}  {orphan.size_bytes} bytes" for orphan in report.orphans]
    return "\n".join(lines)


def _line(account: Account) -> str:
    facts = (account.files, account.size_bytes, len(account.missing), len(account.orphans))
    return _COLUMNS.format(str(account.organization_id), account.slug or "(unknown)", *facts)
