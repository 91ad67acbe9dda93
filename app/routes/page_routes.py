"""The try-it page and the outbox, in development only."""

from app.controllers import outbox_controller, page_controller
from app.http.routing import Access, Route

ANYONE = Access.ANYONE

ROUTES = [
    Route("GET", "/", ANYONE, page_controller.page, "Try it in a browser", prefix=""),
    Route("GET", "/try/{name}", ANYONE, page_controller.asset, "A file of the try-it page", prefix=""),
    Route("GET", "/outbox", ANYONE, outbox_controller.letters, "The letters that nobody sent", prefix=""),
    Route("GET", "/outbox/{name}", ANYONE, outbox_controller.letter, "One of them", prefix=""),
]  # fmt: skip
