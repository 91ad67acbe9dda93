"""Images, and the posts that show them; rows only, without files."""

import secrets
from typing import Any

from app.database import db
from app.models import Image, ImageState, Organization, Post, PostImage
from tests.factories.accounts import make_organization
from tests.factories.posts import make_post
from tests.factories.rows import flushed


def make_image(organization: Organization | None = None, **columns: Any) -> Image:
    """A picture of 1000 x 500 that is ready."""
    columns.setdefault("token", secrets.token_hex(16))
    columns.setdefault("state", ImageState.READY)
    columns.setdefault("ending", "jpg")
    columns.setdefault("filename", "picture.jpg")
    columns.setdefault("alt", "A picture")
    columns.setdefault("size_bytes", 100_000)
    columns.setdefault("width", 1000)
    columns.setdefault("height", 500)
    columns.setdefault("widths", [320, 640, 960])
    return flushed(Image(organization=organization or make_organization(), **columns))


def make_post_image(post: Post | None = None, image: Image | None = None) -> PostImage:
    """An image in a post's text."""
    post = post or make_post()
    image = image or make_image(db.session.get_one(Organization, post.organization_id))
    return flushed(PostImage(post_id=post.id, image_id=image.id))
