"""Forgotten, reset and changed passwords."""

from typing import Annotated

from pydantic import Field

from app.schemas.fields import Input, LinkToken, Password


class PasswordForgot(Input):
    """The account's address."""

    email: Annotated[str, Field(max_length=320, examples=["ada@example.org"])]


class PasswordReset(Input):
    """The token of the letter's link, and the new password."""

    token: LinkToken
    password: Password


class PasswordChange(Input):
    """The password as it is and as it shall be."""

    current_password: Annotated[str, Field(max_length=1024)]
    new_password: Password
