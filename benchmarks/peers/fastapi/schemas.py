"""What goes in and out, as FastAPI's users write it: pydantic models that the framework fills and serialises."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from tables import Post

_SEO = (
    *("title", "description", "canonical_url", "og_title", "og_description", "og_image_url"),
    *("twitter_title", "twitter_description", "twitter_image_url"),
)


class NewPost(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: Annotated[str, Field(min_length=1, max_length=300)]
    body_markdown: Annotated[str, Field(max_length=500_000)] = ""
    tags: Annotated[list[str], Field(max_length=20)] = []


class TagOut(BaseModel):
    id: UUID
    slug: str
    name: str


class PersonOut(TagOut):
    avatar_url: str | None


class OrganizationOut(BaseModel):
    slug: str
    name: str


class PostSummary(BaseModel):
    id: UUID
    slug: str
    title: str
    excerpt: str
    cover_image: None = None
    tags: list[TagOut]
    authors: list[PersonOut]
    organization: OrganizationOut
    publication: Literal["draft", "scheduled", "published", "archived"]
    visibility: Literal["public", "unlisted", "organization"]
    reading_time_s: int
    likes_count: int
    comments_count: int
    revision: int
    publish_at: datetime | None
    published_at: datetime | None
    created_at: datetime
    updated_at: datetime


class PostOut(PostSummary):
    body_markdown: str
    body_html: str
    seo: dict[str, Any]
    media: list[str] = []


class PageOut(BaseModel):
    next_cursor: str | None
    prev_cursor: str | None = None


class PostList(BaseModel):
    data: list[PostSummary]
    page: PageOut


def summary_of(post: Post) -> PostSummary:
    return PostSummary(**_common(post))


def whole(post: Post) -> PostOut:
    seo = {**dict.fromkeys(_SEO), "noindex": False, **post.seo, "open_graph": _open_graph(post)}
    return PostOut(**_common(post), body_markdown=post.body_markdown, body_html=post.body_html, seo=seo)


def _common(post: Post) -> dict[str, Any]:
    same = (
        *("id", "slug", "title", "excerpt", "publication", "visibility", "reading_time_s", "likes_count"),
        *("comments_count", "revision", "publish_at", "published_at", "created_at", "updated_at"),
    )
    return {
        **{name: getattr(post, name) for name in same},
        "tags": [TagOut.model_validate(one.tag, from_attributes=True) for one in post.tagged],
        "authors": [PersonOut.model_validate(one.user, from_attributes=True) for one in post.bylines],
        "organization": OrganizationOut.model_validate(post.organization, from_attributes=True),
    }


def _open_graph(post: Post) -> list[dict[str, str]]:
    seo = post.seo
    title = seo.get("og_title") or seo.get("title") or post.title
    description = seo.get("og_description") or seo.get("description") or post.excerpt
    image = seo.get("og_image_url")
    pairs = [
        ("og:type", "article"),
        ("og:site_name", post.organization.name),
        ("og:title", title),
        ("og:description", description),
        ("og:url", seo.get("canonical_url")),
        ("og:image", image),
        ("article:published_time", _instant(post.published_at)),
        ("article:modified_time", _instant(post.updated_at)),
        *(("article:tag", one.tag.name) for one in post.tagged),
        ("twitter:card", "summary_large_image" if seo.get("twitter_image_url") or image else "summary"),
        ("twitter:title", seo.get("twitter_title") or title),
        ("twitter:description", seo.get("twitter_description") or description),
        ("twitter:image", seo.get("twitter_image_url") or image),
    ]
    return [{"property": name, "content": content} for name, content in pairs if content]


def _instant(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
