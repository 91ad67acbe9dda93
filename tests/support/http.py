"""The test client: each request as from outside, its answer held to the API document."""

import contextvars
from collections.abc import Collection, Mapping
from typing import Any, Self

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.database import transaction
from app.models import Membership, Organization, Session, User
from app.permissions import Scope
from app.services import tokens
from app.utils import api_keys
from tests.factories import make_api_key, make_session
from tests.support import api_document


class ApiClient(FlaskClient):
    """Flask's client, with a fresh context a request: nothing is shared with the test's session and `g`."""

    def __init__(self, app: Flask, *arguments: Any, headers: Mapping[str, str] | None = None, **options: Any) -> None:
        super().__init__(app, *arguments, **options)
        self.headers = dict(headers or {})

    def open(self, *arguments: Any, headers: Mapping[str, str] | None = None, **options: Any) -> TestResponse:
        merged = {**self.headers, **(headers or {})}
        empty = contextvars.Context()
        response = empty.run(super().open, *arguments, headers=merged, **options)
        api_document.assert_documented(response, self.application.url_map)
        return response

    def acting_as(self, who: Membership | User) -> Self:
        """Another client, signed in as a user who belongs to nothing, or as a member of a team."""
        user, organization = (who.user, who.organization) if isinstance(who, Membership) else (who, None)
        return self.with_headers(bearer(user, organization))

    def with_headers(self, headers: Mapping[str, str]) -> Self:
        """Another client that sends these headers each time."""
        return type(self)(
            self.application, self.response_wrapper, headers={**self.headers, **headers}, use_cookies=True
        )


def bearer(user: User, organization: Organization | None = None) -> dict[str, str]:
    """The headers of a new session of the user, acting in the organization.

    Commits it, with whatever the test has flushed: on a committed database the request must find it.
    """
    with transaction():
        return bearer_of(make_session(user, organization))


def bearer_of(session: Session) -> dict[str, str]:
    """The headers of an existing session."""
    return {"Authorization": f"Bearer {tokens.write_access_token(session.user_id, session.id)}"}


def bearer_of_key(maker: Membership, scopes: Collection[Scope], **columns: Any) -> dict[str, str]:
    """The headers of a new API key of a member."""
    secret = api_keys.new_secret()
    with transaction():
        key = make_api_key(maker, secret, scopes=" ".join(scopes), **columns)
    return {"Authorization": f"Bearer {api_keys.write(key.id, secret)}"}
