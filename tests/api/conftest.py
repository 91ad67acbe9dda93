"""People who use the API in the tests."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.database import db, transaction
from app.models import Membership
from app.permissions import Role

PASSWORD = "correct horse battery"
_numbers = itertools.count(1)


@dataclass
class Person:
    """Somebody with a session of their own; without a token, an anonymous reader."""

    client: FlaskClient
    token: str = ""
    session: dict[str, Any] = field(default_factory=dict)

    def send(self, method: str, path: str, json: object = None, **options: Any) -> TestResponse:
        """One request to the API."""
        headers = dict(options.pop("headers", {}))
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if json is not None:
            options["json"] = json
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.send("GET", path, **options)

    def post(self, path: str, json: object = None, **options: Any) -> TestResponse:
        return self.send("POST", path, json, **options)

    @property
    def user_id(self) -> str:
        return str(self.session["user"]["id"])

    @property
    def organization(self) -> str:
        return str(self.session["organization"]["slug"])

    def draft(self, title: str = "A title", body: str = "Some **text**.") -> dict[str, Any]:
        """A new post of theirs."""
        answer = self.post("/posts", {"title": title, "body_markdown": body})
        assert answer.status_code == 201, answer.json
        document: dict[str, Any] = answer.get_json()
        return document

    def published(self, title: str = "A title") -> dict[str, Any]:
        """A published post of theirs."""
        answer = self.post(f"/posts/{self.draft(title)['id']}/publish")
        assert answer.status_code == 200
        document: dict[str, Any] = answer.get_json()
        return document


@pytest.fixture
def anonymous(app: Flask, database: object) -> Person:
    del database
    return Person(app.test_client())


@pytest.fixture
def newcomer(app: Flask, database: object) -> Callable[[], Person]:
    """Makes people, each the owner of an organization of their own."""
    del database

    def sign_up() -> Person:
        person = Person(app.test_client())
        email = f"person{next(_numbers)}@example.org"
        body = {"email": email, "password": PASSWORD, "name": "Ada Lovelace"}
        answer = person.client.post("/api/v1/auth/signup", json=body)
        assert answer.status_code == 201, answer.json
        person.session = answer.get_json()
        person.token = answer.json["access_token"]
        return person

    return sign_up


@pytest.fixture
def ada(newcomer: Callable[[], Person]) -> Person:
    return newcomer()


@pytest.fixture
def bob(newcomer: Callable[[], Person]) -> Person:
    """The owner of another organization."""
    return newcomer()


@pytest.fixture
def give_role() -> Callable[[Person, Role], None]:
    """Changes a person's role in their own organization."""

    def give(person: Person, role: Role) -> None:
        with transaction():
            row = db.session.query(Membership).filter_by(user_id=UUID(person.user_id)).one()
            row.role = role

    return give


@pytest.fixture
def hire(newcomer: Callable[[], Person]) -> Callable[[Person, Role], Person]:
    """Makes people who work in somebody's organization, besides one of their own."""

    def join(boss: Person, role: Role) -> Person:
        person = newcomer()
        with transaction():
            organization_id = boss.session["organization"]["id"]
            db.session.add(Membership(user_id=UUID(person.user_id), organization_id=UUID(organization_id), role=role))
        return person

    return join
