"""Sample posts with all that hangs on them, their counters and search index right after every batch."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, update

from app import dialect
from app.database import Base, db
from app.models import (
    Comment,
    CommentState,
    Event,
    EventCounter,
    Like,
    Post,
    PostAuthor,
    PostRevision,
    PostTag,
    Publication,
    Tag,
    Visibility,
)
from app.services import publishing_service
from app.services.maintenance_service import EVENTS_KEPT_FOR
from app.services.markdown import RENDERER_VERSION, render
from app.services.seed_people import YEARS, House, People
from app.utils.ids import id_at
from app.utils.sample_text import Writer
from app.utils.text import excerpt_of, reading_time_s, slug_of

Row = dict[str, Any]
_BODY_LENGTH: Final = 1_450
_EXCERPT_FROM: Final = 600
"""What comes behind changes no excerpt, and makes it slower."""
_BLOCKS: Final = 3_000
_PUBLICATIONS: Final = {
    Publication.PUBLISHED: 90,
    Publication.DRAFT: 6,
    Publication.SCHEDULED: 1,
    Publication.ARCHIVED: 3,
}
_VISIBILITIES: Final = {Visibility.PUBLIC: 94, Visibility.UNLISTED: 3, Visibility.ORGANIZATION: 3}
_SAVES: Final = {
    Publication.DRAFT: 1,
    Publication.SCHEDULED: 2,
    Publication.PUBLISHED: 2,
    Publication.ARCHIVED: 3,
}
"""The revision that a post has after the moves that led there."""
_LIKES: Final = (0, 0, 0, 1, 1, 2, 8)
_COMMENTS: Final = (0, 0, 0, 0, 1, 1, 4)
_SHARE_OF_REPLIES: Final = 0.3
_SHARE_OF_HIDDEN: Final = 0.04
_COUNT_TAG: Final = (
    update(Tag)
    .where(Tag.id == bindparam("row"))
    .values(posts_count=Tag.posts_count + bindparam("step"), updated_at=Tag.updated_at)
)
_COUNT_EVENTS: Final = (
    update(EventCounter)
    .where(EventCounter.scope_id == bindparam("row"))
    .values(seq=EventCounter.seq + bindparam("step"))
)


class Press:
    """Writes posts in the order of time, in batches that are whole by themselves."""

    def __init__(self, people: People, count: int, until: datetime, dice: random.Random) -> None:
        self._people, self._count, self._until, self._dice = people, count, until, dice
        self._writer = Writer(dice)
        self._blocks = [_block(self._writer) for _ in range(min(_BLOCKS, count + 50))]
        # A few organizations write most of it.
        self._weights = [1 / (place + 1) for place in range(len(people.houses))]
        self._slugs: set[tuple[UUID, str]] = set()
        self._events: Counter[UUID] = Counter()

    def batches(self, size: int) -> "Iterator[Batch]":
        """All the posts; text is written here, outside of any transaction."""
        for first in range(0, self._count, size):
            batch = Batch()
            for number in range(first, min(first + size, self._count)):
                self._add_post(batch, number)
            yield batch

    def _add_post(self, batch: "Batch", number: int) -> None:
        (house,) = self._dice.choices(self._people.houses, self._weights)
        created_at = self._until - YEARS * (1 - (number + self._dice.random()) / self._count)
        post = self._post(house, created_at)
        batch.add(Post, post)
        writers = self._dice.sample(house.writers, 2 if self._dice.random() < 0.1 and len(house.writers) > 1 else 1)  # noqa: PLR2004 - a tenth has two
        tags = self._dice.sample(house.tags, self._dice.randint(0, 4))
        for at, user_id in enumerate(writers):
            batch.add(PostAuthor, {"post_id": post["id"], "user_id": user_id, "position": at})
        for at, (tag_id, _) in enumerate(tags):
            batch.add(PostTag, {"post_id": post["id"], "tag_id": tag_id, "position": at})
        batch.add(PostRevision, self._first_save(post, writers, [name for _, name in tags]))
        if post["publication"] is Publication.SCHEDULED:
            batch.scheduled.append(post)
        if post["publication"] is Publication.PUBLISHED:
            batch.tags.update(tag_id for tag_id, _ in tags if post["visibility"] is Visibility.PUBLIC)
            self._add_echo(batch, post)

    def _post(self, house: House, created_at: datetime) -> Row:
        (publication,) = self._dice.choices(list(_PUBLICATIONS), list(_PUBLICATIONS.values()))
        (visibility,) = self._dice.choices(list(_VISIBILITIES), list(_VISIBILITIES.values()))
        is_out = publication in {Publication.PUBLISHED, Publication.ARCHIVED}
        published_at = min(self._until, created_at + timedelta(hours=self._dice.uniform(0, 72))) if is_out else None
        is_waiting = publication is Publication.SCHEDULED
        markdown, html = self._body()
        title = self._writer.title()
        return {
            "id": id_at(created_at, self._dice),
            "organization_id": house.id,
            "slug": self._free_slug(house.id, slug_of(title, fallback="post")),
            "title": title,
            "excerpt": excerpt_of(markdown[:_EXCERPT_FROM]),
            "body_markdown": markdown,
            "body_html": html,
            "renderer_version": RENDERER_VERSION,
            "seo": {},
            "video_ids": [],
            "reading_time_s": reading_time_s(markdown),
            "publication": publication,
            "visibility": visibility,
            "publish_at": self._until + timedelta(hours=self._dice.uniform(30, 700)) if is_waiting else None,
            "published_at": published_at,
            "revision": _SAVES[publication],
            "likes_count": 0,
            "comments_count": 0,
            "created_at": created_at,
            "updated_at": published_at or created_at,
        }

    def _body(self) -> tuple[str, str]:
        """Blocks mean the same alone and together, so what was rendered once need not be again."""
        chosen: list[tuple[str, str]] = []
        while sum(len(markdown) for markdown, _ in chosen) < _BODY_LENGTH:
            chosen.append(self._dice.choice(self._blocks))
        return "\n\n".join(markdown for markdown, _ in chosen), "".join(html for _, html in chosen)

    def _free_slug(self, organization_id: UUID, slug: str) -> str:
        free = slug
        while (organization_id, free) in self._slugs:
            free = f"{slug}-{self._dice.randrange(10**6)}"
        self._slugs.add((organization_id, free))
        return free

    def _first_save(self, post: Row, authors: Sequence[UUID], tags: Sequence[str]) -> Row:
        kept = {name: post[name] for name in ("title", "slug", "excerpt", "body_markdown")}
        return {
            "id": id_at(post["created_at"], self._dice),
            "post_id": post["id"],
            "number": 1,
            "editor_id": authors[0],
            "content": {
                **kept,
                "visibility": str(post["visibility"]),
                "seo": {},
                "tags": list(tags),
                "authors": [str(user_id) for user_id in authors],
            },
            "created_at": post["created_at"],
        }

    def _add_echo(self, batch: "Batch", post: Row) -> None:
        """What a published post leads to: its event, likes and comments."""
        self._events[post["organization_id"]] += 1
        batch.events[post["organization_id"]] += 1
        if self._until - post["published_at"] < EVENTS_KEPT_FOR:
            batch.add(Event, self._event(post))
        likes = min(self._dice.choice(_LIKES), len(self._people.user_ids))
        for user_id in self._dice.sample(self._people.user_ids, likes):
            moment = self._between(post["published_at"])
            like = {"id": id_at(moment, self._dice), "user_id": user_id, "post_id": post["id"], "created_at": moment}
            batch.add(Like, like)
        post["likes_count"] = likes
        comments = self._comments(post)
        for comment in comments:
            batch.add(Comment, comment)
        post["comments_count"] = sum(comment["state"] is CommentState.VISIBLE for comment in comments)

    def _event(self, post: Row) -> Row:
        moment = post["published_at"]
        facts = {"id": str(post["id"]), "slug": post["slug"], "title": post["title"], "publication": "published"}
        return {
            "scope_id": post["organization_id"],
            "seq": self._events[post["organization_id"]],
            "id": id_at(moment, self._dice),
            "organization_id": post["organization_id"],
            "type": "post.published",
            "subject": f"post:{post['id']}",
            "data": facts,
            "occurred_at": moment,
        }

    def _comments(self, post: Row) -> list[Row]:
        """In the order of time, replies below what stands there already."""
        comments: list[Row] = []
        moment = post["published_at"]
        for _ in range(self._dice.choice(_COMMENTS)):
            moment = self._between(moment)
            threads = [one for one in comments if one["parent_id"] is None and one["state"] is CommentState.VISIBLE]
            thread = self._dice.choice(threads) if threads and self._dice.random() < _SHARE_OF_REPLIES else None
            is_hidden = self._dice.random() < _SHARE_OF_HIDDEN
            if thread is not None:
                thread["replies_count"] += not is_hidden
            comment = {
                "id": id_at(moment, self._dice),
                "organization_id": post["organization_id"],
                "post_id": post["id"],
                "parent_id": thread["id"] if thread else None,
                "author_id": self._dice.choice(self._people.user_ids),
                "state": CommentState.HIDDEN if is_hidden else CommentState.VISIBLE,
                "body": self._writer.remark(),
                "replies_count": 0,
                "created_at": moment,
                "updated_at": moment,
            }
            comments.append(comment)
        return comments

    def _between(self, moment: datetime) -> datetime:
        """Soon after; never in the future."""
        return min(self._until, moment + timedelta(hours=self._dice.expovariate(1 / 24)))


class Batch:
    """The rows of some posts, and by how much they move counters."""

    def __init__(self) -> None:
        self._rows: defaultdict[type[Base], list[Row]] = defaultdict(list)
        self.tags: Counter[UUID] = Counter()
        self.events: Counter[UUID] = Counter()
        self.scheduled: list[Row] = []

    def __len__(self) -> int:
        return len(self._rows[Post])

    def add(self, table: type[Base], row: Row) -> None:
        """Adds a row; posts come before what refers to them."""
        self._rows[table].append(row)

    def insert(self) -> None:
        """Inserts everything in the open transaction."""
        connection = db.session.connection()
        for table, rows in self._rows.items():
            dialect.insert_all(connection, Base.metadata.tables[table.__tablename__], rows)
        for statement, steps in ((_COUNT_TAG, self.tags), (_COUNT_EVENTS, self.events)):
            if steps:
                moves = [{"row": row_id, "step": step} for row_id, step in sorted(steps.items())]
                connection.execute(statement, moves)
        for post in self.scheduled:
            publishing_service.await_time(f"post:{post['id']}", post["organization_id"], post["publish_at"])


def _block(writer: Writer) -> tuple[str, str]:
    markdown = writer.block()
    return markdown, render(markdown).html
