"""The API as a table: every route of the product, and the pipeline that each call passes."""

from typing import Any

from flask import Flask

from app.http.openapi import build_document
from app.http.routing import Route, register
from app.middlewares.authenticate import authenticate
from app.middlewares.idempotency import replay_answer
from app.middlewares.rate_limit import count_refused, limit_rate
from app.routes import (
    api_key_routes,
    auth_routes,
    comment_routes,
    event_routes,
    feed_routes,
    image_routes,
    job_routes,
    ops_routes,
    organization_routes,
    page_routes,
    post_routes,
    tag_routes,
    upload_routes,
    user_routes,
    video_routes,
)
from config import settings

API_ROUTES: list[Route] = [
    *auth_routes.ROUTES,
    *api_key_routes.ROUTES,
    *user_routes.ROUTES,
    *organization_routes.ROUTES,
    *feed_routes.ROUTES,
    *post_routes.ROUTES,
    *tag_routes.ROUTES,
    *comment_routes.ROUTES,
    *image_routes.ROUTES,
    *upload_routes.ROUTES,
    *video_routes.ROUTES,
    *job_routes.ROUTES,
    *event_routes.ROUTES,
]
"""What the OpenAPI document describes."""


def init_app(app: Flask) -> None:
    """Registers every route; the try-it page only in development, account pages only without a front end."""
    pages = page_routes.ROUTES if settings.is_development else []
    account_pages = [] if settings.front_end_url else page_routes.ACCOUNT_ROUTES
    register(
        app,
        [
            *API_ROUTES,
            *video_routes.MEDIA_ROUTES,
            *image_routes.MEDIA_ROUTES,
            *ops_routes.ROUTES,
            *pages,
            *account_pages,
        ],
        before=(count_refused, authenticate, limit_rate),
        after=(replay_answer,),
    )
    app.extensions["marquee_openapi"] = openapi_document


def openapi_document() -> dict[str, Any]:
    """The OpenAPI 3.1 document of this version."""
    return build_document([*API_ROUTES, *ops_routes.DESCRIBED])
