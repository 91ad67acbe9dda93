"""The try-it page and the outbox, in development only; the pages of mails' links, unless there is a front end."""

from app.controllers import account_page_controller, outbox_controller, page_controller
from app.http.routing import Access, Route

ANYONE = Access.ANYONE

ROUTES = [
    Route("GET", "/", ANYONE, page_controller.page, "Try it in a browser", prefix=""),
    Route("GET", "/try/{name}", ANYONE, page_controller.asset, "A file of the try-it page", prefix=""),
    Route("GET", "/outbox", ANYONE, outbox_controller.letters, "The letters that nobody sent", prefix=""),
    Route("GET", "/outbox/{name}", ANYONE, outbox_controller.letter, "One of them", prefix=""),
]  # fmt: skip

ACCOUNT_ROUTES = [
    Route("GET", "/verify-email", ANYONE, account_page_controller.verify_email, "Confirm an address in a browser", prefix=""),
    Route("GET", "/forgot-password", ANYONE, account_page_controller.forgot_password, "Ask for a new password in a browser", prefix=""),
    Route("GET", "/reset-password", ANYONE, account_page_controller.reset_password, "Choose a new password in a browser", prefix=""),
    Route("GET", "/accept-invitation", ANYONE, account_page_controller.accept_invitation, "Accept an invitation in a browser", prefix=""),
    Route("GET", "/account/{name}", ANYONE, account_page_controller.asset, "A file of these pages", prefix=""),
]  # fmt: skip
