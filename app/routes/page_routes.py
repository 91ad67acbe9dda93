"""The try-it page, in development only."""

from app.controllers import page_controller
from app.http.routing import Access, Route

ANYONE = Access.ANYONE

ROUTES = [
    Route("GET", "/", ANYONE, page_controller.page, "Try it in a browser", prefix=""),
    Route("GET", "/try/{name}", ANYONE, page_controller.asset, "A file of the try-it page", prefix=""),
]  # fmt: skip
