"""`flask keys`: the keys that this instance signs with, and the next one."""

import secrets
import sys
from typing import Final

import click

from app.services import keyring

_SECRET_BYTES: Final = 48


@click.group("keys")
def keys() -> None:
    """Look at the key ring, and rotate it without signing anybody out."""


@keys.command("show")
def show() -> None:
    """List the keys by their public names (`kid`), never the keys."""
    for key in keyring.all_keys():
        click.echo(f"{key.kid}  {'signs and verifies' if key is keyring.signing_key() else 'verifies'}")


@keys.command("rotate")
def rotate() -> None:
    """Print the two settings that make a new key sign and let the present ones verify; nothing is changed."""
    present = [key.secret for key in keyring.all_keys()]
    if any("," in secret for secret in present):
        click.echo("SECRET_KEY holds a comma, which separates keys in SECRET_KEYS_OLD: it cannot be kept.", err=True)
        sys.exit(1)
    click.echo(f"SECRET_KEY={secrets.token_urlsafe(_SECRET_BYTES)}")
    click.echo(f"SECRET_KEYS_OLD={','.join(present)}")
