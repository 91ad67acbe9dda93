"""The route table as tests walk it."""

from typing import Final

from app.http.routing import BodyKind, Route
from app.routes import API_ROUTES, image_routes, ops_routes, page_routes, video_routes
from app.utils.ids import new_id

ALL_ROUTES: Final[list[Route]] = [
    *API_ROUTES,
    *video_routes.MEDIA_ROUTES,
    *image_routes.MEDIA_ROUTES,
    *ops_routes.ROUTES,
    *page_routes.ROUTES,
    *page_routes.ACCOUNT_ROUTES,
]


def path_with(route: Route, values: dict[str, str]) -> str:
    """The route's path with its parameters filled in."""
    return route.full_path.format(**values)


def headers_of(route: Route) -> dict[str, str]:
    """What the route needs beside credentials, for a request that only permission can refuse."""
    examples = {"Tus-Resumable": "1.0.0", "Upload-Length": "1000000", "Upload-Offset": "0"}
    named = {name: examples[name] for name in route.headers if name in examples}
    is_raw = route.body_kind in {BodyKind.PIECE, BodyKind.CAPTIONS}
    return {**named, "Content-Type": str(route.body_kind)} if is_raw else named


def raw_body_of(route: Route) -> bytes:
    """What a route takes that takes neither JSON nor a form."""
    return b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n" if route.body_kind is BodyKind.CAPTIONS else b""


def any_path(route: Route) -> str:
    """The route's path with ids that name nothing."""
    return path_with(route, {name: "1" if name == "number" else str(new_id()) for name in route.parameters})
