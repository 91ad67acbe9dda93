"""Proving an e-mail address."""

from typing import Annotated

from pydantic import Field

from app.schemas.fields import Input, LinkToken


class Verify(Input):
    """The token of the letter's link."""

    token: LinkToken


class VerificationRequest(Input):
    """Whose letter to send again; the signed-in may leave the address out."""

    email: Annotated[str | None, Field(max_length=320, examples=["ada@example.org"])] = None
