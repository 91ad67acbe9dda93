"""FastAPI on SQLAlchemy's async ORM and asyncpg: `uvicorn server:app`."""

import json
import os
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import jwt
import nh3
from fastapi import Depends, FastAPI, Header, HTTPException, Query, Response
from markdown_it import MarkdownIt
from schemas import NewPost, PageOut, PostList, PostOut, summary_of, whole
from sqlalchemy import select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer, joinedload, selectinload
from tables import (
    Event,
    EventCounter,
    Membership,
    Organization,
    Post,
    PostAuthor,
    PostRevision,
    PostTag,
    Session,
    User,
    new_session,
)
from uuid_utils.compat import uuid7

app = FastAPI()
_KEY, _ISSUER = os.environ["SECRET_KEY"], os.environ["ISSUER"]  # noqa: TID251 - a program of its own
_RENDERER_VERSION = 2
_EDITORS = {"owner", "admin", "editor"}
_markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_RELATED = (
    joinedload(Post.organization),
    selectinload(Post.bylines).joinedload(PostAuthor.user),
    selectinload(Post.tagged).joinedload(PostTag.tag),
)
_DELETED = select(Organization.id).where(Organization.deleted_at.is_not(None))


async def session() -> AsyncIterator[AsyncSession]:
    async with new_session() as opened:
        yield opened


Database = Annotated[AsyncSession, Depends(session)]


class Caller:
    def __init__(self, user: User, organization: Organization) -> None:
        self.user, self.organization = user, organization


async def editor(database: Database, authorization: Annotated[str, Header()] = "") -> Caller:
    try:
        claims = jwt.decode(authorization[7:], _KEY, algorithms=["HS256"], audience=_ISSUER, issuer=_ISSUER)
    except jwt.InvalidTokenError:
        raise HTTPException(401) from None
    query = (
        select(User, Organization, Membership.role)
        .join(Session, Session.user_id == User.id)
        .join(Organization, Organization.id == Session.organization_id)
        .join(Membership, (Membership.user_id == User.id) & (Membership.organization_id == Organization.id))
        .where(Session.id == UUID(claims["sid"]), Session.user_id == UUID(claims["sub"]))
        .where(Session.revoked_at.is_(None), Session.expires_at > datetime.now(UTC))
        .where(User.disabled_at.is_(None), Membership.suspended_at.is_(None))
    )
    found = (await database.execute(query)).first()
    if found is None:
        raise HTTPException(401)
    if found.role not in _EDITORS:
        raise HTTPException(403)
    return Caller(found.User, found.Organization)


@app.get("/api/v1/posts", response_model=PostList)
async def list_posts(
    database: Database, limit: Annotated[int, Query(ge=1, le=100)] = 20, cursor: str | None = None
) -> PostList:
    query = (
        select(Post)
        .where(Post.publication == "published", Post.visibility == "public", Post.organization_id.not_in(_DELETED))
        .order_by(Post.published_at.desc(), Post.id.desc())
        .options(*_RELATED, defer(Post.body_markdown), defer(Post.body_html), defer(Post.seo), defer(Post.video_ids))
        .limit(limit + 1)
    )
    if cursor:
        moment, post_id = json.loads(urlsafe_b64decode(cursor + "=="))
        query = query.where(tuple_(Post.published_at, Post.id) < (datetime.fromisoformat(moment), UUID(post_id)))
    posts = (await database.scalars(query)).all()
    shown = posts[:limit]
    more = _cursor_of(shown[-1]) if len(posts) > limit else None
    return PostList(data=[summary_of(post) for post in shown], page=PageOut(next_cursor=more))


@app.get("/api/v1/posts/{post_id}", response_model=PostOut)
async def get_post(database: Database, post_id: UUID) -> PostOut:
    is_readable = (Post.publication == "published") & Post.visibility.in_(("public", "unlisted"))
    query = select(Post).where(Post.id == post_id, is_readable, Post.organization_id.not_in(_DELETED))
    post = await database.scalar(query.options(*_RELATED))
    if post is None:
        raise HTTPException(404)
    return whole(post)


@app.post("/api/v1/posts", status_code=201, response_model=PostOut)
async def create_post(
    database: Database, caller: Annotated[Caller, Depends(editor)], body: NewPost, response: Response
) -> PostOut:
    post = _draft(body, caller)
    content = {name: getattr(post, name) for name in ("title", "slug", "excerpt", "body_markdown", "visibility", "seo")}
    content |= {"tags": [], "authors": [str(caller.user.id)]}
    database.add(post)
    await database.flush()
    revision = {"post_id": post.id, "number": 1, "editor_id": caller.user.id, "content": content}
    database.add(PostRevision(id=uuid7(), created_at=post.created_at, **revision))
    counted = update(EventCounter).where(EventCounter.scope_id == post.organization_id)
    seq = await database.scalar(counted.values(seq=EventCounter.seq + 1).returning(EventCounter.seq))
    database.add(_event(post, seq or 0))
    await database.commit()
    response.headers["Location"] = f"/api/v1/posts/{post.id}"
    return whole(post)


def _draft(body: NewPost, caller: Caller) -> Post:
    now = datetime.now(UTC)
    texts: dict[str, Any] = {"title": body.title, "body_markdown": body.body_markdown}
    counts: dict[str, Any] = {
        "likes_count": 0,
        "comments_count": 0,
        "revision": 1,
        "renderer_version": _RENDERER_VERSION,
    }
    return Post(
        id=uuid7(),
        slug=re.sub(r"[^a-z0-9]+", "-", body.title.lower()).strip("-")[:80] or "post",
        excerpt=_excerpt_of(body.body_markdown),
        body_html=nh3.clean(_markdown.render(body.body_markdown), link_rel="noopener noreferrer nofollow"),
        reading_time_s=round(len(body.body_markdown.split()) * 60 / 240),
        seo={},
        video_ids=[],
        publication="draft",
        visibility="public",
        created_at=now,
        updated_at=now,
        organization=caller.organization,
        bylines=[PostAuthor(user=caller.user, position=0)],
        tagged=[],
        **texts,
        **counts,
    )


def _event(post: Post, seq: int) -> Event:
    told = {"id": str(post.id), "slug": post.slug, "title": post.title, "publication": post.publication}
    place = {"scope_id": post.organization_id, "organization_id": post.organization_id, "seq": seq}
    what = {"type": "post.created", "subject": f"post:{post.id}", "data": told, "occurred_at": post.created_at}
    return Event(id=uuid7(), **place, **what)


def _excerpt_of(text: str) -> str:
    plain = re.sub(r"!?\[([^\[\]]*)\]\([^()]*\)|[`*_>#~|]+", lambda match: match[1] or "", text)
    plain = re.sub(r"\s+", " ", plain).strip()
    return plain if len(plain) <= 300 else plain[:300].rsplit(" ", 1)[0].rstrip(",.;:") + "…"


def _cursor_of(post: Post) -> str:
    place = [post.published_at.isoformat() if post.published_at else None, str(post.id)]
    return urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")
