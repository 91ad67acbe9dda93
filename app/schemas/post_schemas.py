"""Posts: what goes in and out."""

from typing import Annotated, ClassVar, Final, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, HttpUrl, StringConstraints, TypeAdapter

from app.database import Record
from app.models import SEO_FIELDS
from app.schemas.fields import (
    Id,
    Input,
    OrganizationRef,
    Output,
    PageOut,
    PersonOut,
    Slug,
    Time,
    Title,
    part_of,
)
from app.schemas.image_schemas import ImageShown, Link, render_shown
from app.schemas.publishing_schemas import PublicationName, PublicListQuery, VisibilityName
from app.schemas.tag_schemas import TagName, TagRef
from app.schemas.video_schemas import PlaybackOut
from app.services.image_files import cover_path, shown
from app.utils.ids import spelled
from app.utils.times import rfc3339

_WEB_ADDRESS: Final = TypeAdapter(HttpUrl)
BODY_MAX_LENGTH = 500_000
Body = Annotated[str, Field(max_length=BODY_MAX_LENGTH)]
Excerpt = Annotated[str, StringConstraints(strip_whitespace=True, max_length=600)]


def _web_address(text: str) -> str:
    """The text if it is an http(s) address, in its normal form."""
    return str(_WEB_ADDRESS.validate_python(text))


WebAddress = Annotated[str, Field(max_length=2000, json_schema_extra={"format": "uri"}), AfterValidator(_web_address)]
Tags = Annotated[list[TagName], Field(max_length=20)]
Authors = Annotated[list[UUID], Field(max_length=10)]


class SeoInput(Input):
    """What search engines and social networks are told instead of title, excerpt and cover."""

    title: Annotated[str | None, StringConstraints(strip_whitespace=True, max_length=300)] = None
    description: Annotated[str | None, StringConstraints(strip_whitespace=True, max_length=500)] = None
    canonical_url: WebAddress | None = None
    noindex: bool | None = None
    og_title: Annotated[str | None, StringConstraints(strip_whitespace=True, max_length=300)] = None
    og_description: Annotated[str | None, StringConstraints(strip_whitespace=True, max_length=500)] = None
    og_image_url: WebAddress | None = None
    twitter_title: Annotated[str | None, StringConstraints(strip_whitespace=True, max_length=300)] = None
    twitter_description: Annotated[str | None, StringConstraints(strip_whitespace=True, max_length=500)] = None
    twitter_image_url: WebAddress | None = None


class PostCreate(Input):
    """A new draft. Tags are named and made where there is none; authors are ids of the team's members, the cover is
    the id of an image.
    """

    title: Title
    body_markdown: Body = ""
    excerpt: Excerpt | None = None
    slug: Slug | None = None
    visibility: VisibilityName = "public"
    tags: Tags = Field(default_factory=list)
    authors: Authors | None = None
    cover_image: UUID | None = None
    seo: SeoInput = Field(default_factory=SeoInput)


class PostChange(Input):
    """A JSON merge patch: what is left out stays; a null excerpt is made from the text again, a null cover is none."""

    title: Title | None = None
    body_markdown: Body | None = None
    excerpt: Excerpt | None = None
    slug: Slug | None = None
    visibility: VisibilityName | None = None
    tags: Tags | None = None
    authors: Authors | None = None
    cover_image: UUID | None = None
    seo: SeoInput | None = None


class PostSummary(Output):
    """A post without its bodies, as lists give it."""

    id: Id
    slug: str
    title: str
    excerpt: str
    cover_image: ImageShown | None
    tags: list[TagRef]
    authors: list[PersonOut]
    organization: OrganizationRef
    publication: PublicationName
    visibility: VisibilityName
    reading_time_s: int
    likes_count: int
    comments_count: int
    revision: int
    publish_at: Time | None
    published_at: Time | None
    created_at: Time
    updated_at: Time


class MetaOut(Output):
    """One `<meta>` element."""

    property: str
    content: str


class SeoOut(Output):
    """What the author set (null: nothing), and what follows from all of it for a page's `<meta property>` elements."""

    title: str | None
    description: str | None
    canonical_url: str | None
    noindex: bool
    og_title: str | None
    og_description: str | None
    og_image_url: str | None
    twitter_title: str | None
    twitter_description: str | None
    twitter_image_url: str | None
    open_graph: list[MetaOut]


class MediaOut(Output):
    """A video that the text embeds, with what a player needs; `playback` is null until it can be played."""

    type: Literal["video"]
    id: Id
    title: str
    duration_s: float | None
    width: int | None
    height: int | None
    playback: PlaybackOut | None


class PostOut(PostSummary):
    """A post."""

    body_markdown: str
    body_html: str
    seo: SeoOut
    media: list[MediaOut]


class PostListed(PostSummary):
    """A post in a list, with what `include` names; `snippet` is HTML around the words of a search (`q`)."""

    snippet: str | None = None
    body_markdown: str | None = None
    body_html: str | None = None
    seo: SeoOut | None = None


PostPart = part_of(PostListed, "PostPart")


class PostListQuery(PublicListQuery):
    """The list of posts. `tag`: a tag's slug."""

    INCLUDABLE: ClassVar[frozenset[str]] = frozenset({"body_markdown", "body_html", "seo"})
    LISTED: ClassVar[frozenset[str]] = frozenset(PostSummary.model_fields)

    tag: Annotated[str | None, Field(max_length=100)] = None


class PostList(Output):
    """A page of posts."""

    data: list[PostListed | PostPart]  # type: ignore[valid-type]  # a model made at run time
    page: PageOut


class PreviewOut(Output):
    """Whoever has the address reads the post as it stands, until then."""

    url: str
    expires_at: Time


def render_summary(row: Record, link: Link) -> dict[str, object]:
    """A post in a list; orjson itself writes ids and times as the API does, which is faster by far."""
    return {
        "id": row.id,
        "slug": row.slug,
        "title": row.title,
        "excerpt": row.excerpt,
        "cover_image": render_shown(shown(row, "cover_"), link) if row.cover_id else None,
        "tags": [{"id": spelled(key), "slug": slug, "name": name} for _, key, slug, name in sorted(row.tags)],
        "authors": [
            {"id": spelled(key), "slug": slug, "name": name, "avatar_url": avatar_url}
            for _, key, slug, name, avatar_url in sorted(row.authors)
        ],
        "organization": {"slug": row.organization_slug, "name": row.organization_name},
        "publication": row.publication,
        "visibility": row.visibility,
        "reading_time_s": row.reading_time_s,
        "likes_count": row.likes_count,
        "comments_count": row.comments_count,
        "revision": row.revision,
        "publish_at": row.publish_at,
        "published_at": row.published_at,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def render_listed(row: Record, included: set[str], link: Link) -> dict[str, object]:
    """A post in a list with what `include` names."""
    summary = render_summary(row, link)
    if not included:
        return summary
    document = summary | {name: row._mapping[name] for name in ("body_markdown", "body_html") if name in included}  # noqa: SLF001 - SQLAlchemy's public name of it
    return document | ({"seo": _seo(row, link)} if "seo" in included else {})


def render(row: Record, media: list[dict[str, object]], link: Link) -> dict[str, object]:
    """A post with its bodies, and the videos in it."""
    bodies = {"body_markdown": row.body_markdown, "body_html": row.body_html}
    return render_summary(row, link) | bodies | {"seo": _seo(row, link), "media": media}


def _seo(row: Record, link: Link) -> dict[str, object]:
    return {**dict.fromkeys(SEO_FIELDS), "noindex": False, **row.seo, "open_graph": _open_graph(row, link)}


def _open_graph(row: Record, link: Link) -> list[dict[str, str]]:
    """Open Graph (ogp.me, type `article`) and Twitter's card; what the author said goes before what the post says."""
    seo = row.seo
    title = seo.get("og_title") or seo.get("title") or row.title
    description = seo.get("og_description") or seo.get("description") or row.excerpt
    cover = {} if seo.get("og_image_url") else _cover(row, link)
    image_url = seo.get("og_image_url") or cover.get("og:image")
    pairs = [
        ("og:type", "article"),
        ("og:site_name", row.organization_name),
        ("og:title", title),
        ("og:description", description),
        ("og:url", seo.get("canonical_url")),
        ("og:image", image_url),
        *((name, cover[name]) for name in cover if name != "og:image"),
        ("article:published_time", rfc3339(row.published_at)),
        ("article:modified_time", rfc3339(row.updated_at)),
        *(("article:tag", name) for _, _, _, name in sorted(row.tags)),
        ("twitter:card", "summary_large_image" if seo.get("twitter_image_url") or image_url else "summary"),
        ("twitter:title", seo.get("twitter_title") or title),
        ("twitter:description", seo.get("twitter_description") or description),
        ("twitter:image", seo.get("twitter_image_url") or image_url),
    ]
    return [{"property": name, "content": str(content)} for name, content in pairs if content]


def _cover(row: Record, link: Link) -> dict[str, object]:
    """The cover as Open Graph's image."""
    path = cover_path(row)
    if path is None:
        return {}
    size = {"og:image:width": row.cover_width, "og:image:height": row.cover_height, "og:image:alt": row.cover_alt}
    return {"og:image": link(path), **size}
