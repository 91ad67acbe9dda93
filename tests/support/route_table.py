"""The route table as tests walk it."""

from typing import Final

from app.http.routing import Route
from app.routes import API_ROUTES, ops_routes, page_routes, video_routes
from app.utils.ids import new_id

ALL_ROUTES: Final[list[Route]] = [
    *API_ROUTES,
    *video_routes.MEDIA_ROUTES,
    *ops_routes.ROUTES,
    *page_routes.ROUTES,
]


def path_with(route: Route, values: dict[str, str]) -> str:
    """The route's path with its parameters filled in."""
    return route.full_path.format(**values)


def any_path(route: Route) -> str:
    """The route's path with ids that name nothing."""
    return path_with(route, {name: str(new_id()) for name in route.parameters})
