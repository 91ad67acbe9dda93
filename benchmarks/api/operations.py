"""What is asked of each server: a list of 20, one post, a new post; and that all of them answer the same."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import psycopg
import requests

from benchmarks.api.ground import PASSWORD, Ground
from benchmarks.api.peers import MARQUEE, Peer

LIST: Final = "list of 20"
ONE: Final = "one post"
CREATE: Final = "create"
OPERATIONS: Final = (LIST, ONE, CREATE)
_PAGES: Final = 100
_HOT_POSTS: Final = 200
"""Few enough for caches to have them all within a slice; without a cache it makes no difference."""
_CHECKED: Final = 10
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")
_PARAGRAPH: Final = (
    "The *quiet* harbour of Porto kept its [lighthouse](https://example.org/lighthouse) for a hundred years, "
    "and nobody who worked there had ever asked why the lamp was turned by hand. "
)
_BLOCKS: Final = ("## How it began", *[_PARAGRAPH * 2] * 3, "- One lamp\n- Two keepers", _PARAGRAPH, "> The very end.")
BODY: Final = "\n\n".join(_BLOCKS)
"""1.5 KB of Markdown that every renderer turns into the same HTML."""
_OWN: Final = ("id", "slug", "title", "created_at", "updated_at", "seo")
"""What differs between two creations by nature: ids, times, and what names them."""


@dataclass(frozen=True)
class Questions:
    """The paths that are asked for, and who writes. Cursors are each server's own."""

    one: list[str]
    lists: dict[str, list[str]]
    token: str = field(repr=False)

    def paths(self, peer: Peer, operation: str) -> list[str]:
        return self.lists[peer.name] if operation == LIST else self.one


def prepare(ground: Ground, peers: list[Peer]) -> Questions:
    """Walks through the list at every server, and signs in at ours."""
    lists: dict[str, list[str]] = {}
    ids: list[str] = []
    for peer in peers:
        if peer.is_floor:
            lists[peer.name] = ["/api/v1/posts"]
            continue
        lists[peer.name], found = _walk(peer)
        ids = ids or found
    (marquee,) = [peer for peer in peers if peer.name == MARQUEE]
    questions = Questions([f"/api/v1/posts/{post_id}" for post_id in ids[:_HOT_POSTS]], lists, _token(ground, marquee))
    for peer in (peer for peer in peers if not peer.is_floor):
        _assert_same(peer, marquee, questions)
    return questions


def _walk(peer: Peer) -> tuple[list[str], list[str]]:
    path, paths, ids = "/api/v1/posts?limit=100", [], []
    for _ in range(_PAGES):
        page = _get(peer, path)
        ids += [post["id"] for post in page["data"]]
        cursor = page["page"]["next_cursor"]
        if cursor is None:
            break
        path = f"/api/v1/posts?limit=100&cursor={cursor}"
        paths.append(f"/api/v1/posts?limit=20&cursor={cursor}")
    return paths, ids


def _token(ground: Ground, marquee: Peer) -> str:
    query = "SELECT email FROM users JOIN memberships ON user_id = users.id AND role = 'owner' LIMIT 1"
    with psycopg.connect(ground.database_url) as connection:
        ((email,),) = connection.execute(query).fetchall()
    account = {"email": email, "password": PASSWORD}
    answer = requests.post(f"{marquee.address}/api/v1/auth/signin", json=account, timeout=10)
    answer.raise_for_status()
    return str(answer.json()["access_token"])


def _assert_same(peer: Peer, marquee: Peer, questions: Questions) -> None:
    """Raises unless the server says what ours says."""
    step = max(1, len(questions.lists[peer.name]) // _CHECKED)
    for theirs, ours in list(zip(questions.lists[peer.name], questions.lists[MARQUEE], strict=True))[::step]:
        _compare(peer, theirs, _without_cursors(_get(peer, theirs)), _without_cursors(_get(marquee, ours)))
    for path in questions.one[:: len(questions.one) // _CHECKED]:
        _compare(peer, path, _get(peer, path), _get(marquee, path))
    if not peer.is_cached:
        said, expected = (_created(server, questions.token) for server in (peer, marquee))
        _compare(peer, "a new post", said, expected)
        assert_refuses_strangers(peer)


def assert_refuses_strangers(peer: Peer) -> None:
    """Raises unless a forged token is refused."""
    headers = {"Authorization": "Bearer eyJhbGciOiJIUzI1NiJ9.e30.AAAA"}
    answer = requests.post(f"{peer.address}/api/v1/posts", json={"title": "No"}, headers=headers, timeout=10)
    if answer.status_code != requests.codes.unauthorized:
        raise AssertionError(f"{peer.name} answers {answer.status_code} to a forged token.")


def _created(peer: Peer, token: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"}
    post = {"title": f"Seen at {peer.name}", "body_markdown": BODY}
    answer = requests.post(f"{peer.address}/api/v1/posts", json=post, headers=headers, timeout=10)
    if answer.status_code != requests.codes.created:
        raise AssertionError(f"{peer.name}: {answer.status_code} {answer.text[:500]}")
    document: dict[str, Any] = answer.json()
    if not answer.headers["Location"].endswith(f"/api/v1/posts/{document['id']}"):
        raise AssertionError(f"{peer.name} sends to {answer.headers['Location']}.")
    return {name: value for name, value in _plain(document).items() if name not in _OWN}


def _compare(peer: Peer, what: str, said: object, expected: object) -> None:
    if said != expected:
        differing = [
            f"{name}: {str(said.get(name))[:300]!r} is not {str(value)[:300]!r}"
            for name, value in (expected.items() if isinstance(expected, dict) else [])
            if isinstance(said, dict) and said.get(name) != value
        ]
        raise AssertionError(f"{peer.name} answers {what} with something else: {differing or (said, expected)}")


def _get(peer: Peer, path: str) -> Any:  # noqa: ANN401 - a JSON document
    answer = requests.get(f"{peer.address}{path}", timeout=10)
    if answer.status_code != requests.codes.ok:
        raise AssertionError(f"{peer.name}: {answer.status_code} to {path}: {answer.text[:500]}")
    return _plain(answer.json())


def _without_cursors(page: dict[str, Any]) -> dict[str, Any]:
    """Ours are signed and lead both ways."""
    return {"data": page["data"], "has_next": page["page"]["next_cursor"] is not None}


def _plain(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """The same with times as times: `…12Z` and `…12.000Z` are one."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, str) and _TIME.fullmatch(value):
        return datetime.fromisoformat(value)
    return value
