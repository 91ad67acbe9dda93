"""Posts with many at them at once: pages while others write, and editors who all save the same revision."""

from concurrent.futures import ThreadPoolExecutor, wait
from threading import Barrier, Semaphore
from typing import Final
from uuid import UUID

import pytest
from flask import Flask

from app.database import db, transaction
from app.models import Organization, Publication
from app.permissions import Role
from tests.factories import make_membership, make_organization, make_post
from tests.support.http import ApiClient, bearer

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("committed_database")]
SORTS: Final = ("published_at", "-published_at", "title", "-title")
WRITERS, POSTS_EACH, POSTS_BEFORE, PAGE, SAVES = 4, 50, 60, 7, 20
INSERTS_A_PAGE: Final = 8
"""So that the writers keep step with the readers: they write all along the walks and have not ended before."""


def publish_post(organization_id: UUID, number: int) -> str:
    with transaction():
        organization = db.session.get_one(Organization, organization_id)
        # The new titles fall between those that are there.
        post = make_post(organization, title=f"Post {number * 37 % 1000:03}", publication=Publication.PUBLISHED)
        return str(post.id)


def test_pages_have_every_row_once_while_others_are_inserted(app: Flask, client: ApiClient) -> None:
    with transaction():
        organization_id = make_organization(slug="gazette").id
    before = {publish_post(organization_id, number) for number in range(POSTS_BEFORE)}
    page_was_read = Semaphore(0)

    def insert(first: int) -> list[str]:
        with app.app_context():
            return [
                publish_post(organization_id, number)
                for number in range(first, first + POSTS_EACH)
                if page_was_read.acquire(timeout=60)
            ]

    def walk(sort: str) -> list[str]:
        reader, cursor = client.with_headers({}), None
        seen: list[str] = []
        while cursor is not None or not seen:
            query = {"organization": "gazette", "sort": sort, "limit": str(PAGE)}
            query |= {"cursor": cursor} if cursor else {}
            answer = reader.get("/api/v1/posts", query_string=query)
            assert answer.status_code == 200, answer.get_json()
            page = answer.get_json()
            seen += [post["id"] for post in page["data"]]
            cursor = page["page"]["next_cursor"]
            page_was_read.release(INSERTS_A_PAGE)
        return seen

    with ThreadPoolExecutor(WRITERS + len(SORTS)) as threads:
        firsts = range(POSTS_BEFORE, POSTS_BEFORE + WRITERS * POSTS_EACH, POSTS_EACH)
        inserts = [threads.submit(insert, first) for first in firsts]
        walking = {sort: threads.submit(walk, sort) for sort in SORTS}
        wait(walking.values())
        page_was_read.release(WRITERS * POSTS_EACH)  # those that no page waited for
        inserted = {post_id for done in inserts for post_id in done.result()}

    walks = {sort: walked.result() for sort, walked in walking.items()}
    assert len(inserted) == WRITERS * POSTS_EACH
    for sort, seen in walks.items():
        assert len(seen) == len(set(seen)), f"{sort}: a row came twice"
        assert before <= set(seen), f"{sort}: a row was missed"
        assert set(seen) <= before | inserted
    assert any(inserted & set(seen) for seen in walks.values()), "nothing was inserted meanwhile"


def test_of_twenty_who_save_one_revision_one_does(client: ApiClient) -> None:
    with transaction():
        editor = make_membership(role=Role.EDITOR)
        path = f"/api/v1/posts/{make_post(editor.organization).id}"
        headers = bearer(editor.user, editor.organization)
    tag = client.get(path, headers=headers).headers["ETag"]
    barrier = Barrier(SAVES)

    def save(number: int) -> tuple[int, str]:
        one = client.with_headers({**headers, "If-Match": tag})
        barrier.wait()
        answer = one.patch(path, json={"title": f"Title {number}"})
        return answer.status_code, answer.get_json().get("title", "")

    with ThreadPoolExecutor(SAVES) as threads:
        answers = sorted(threads.map(save, range(SAVES)))

    assert [status for status, _title in answers] == [200] + [412] * (SAVES - 1)
    saved = client.get(path, headers=headers)
    assert saved.json["title"] == answers[0][1]
    assert saved.headers["ETag"].startswith('"2.')
