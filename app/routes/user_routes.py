"""One's own account."""

from app.controllers import profile_controller, user_controller
from app.http.routing import Access, Route
from app.schemas.account_schemas import MeOut, ProfileChange
from app.schemas.profile_schemas import ProfileOut

IN_PERSON = Access.IN_PERSON

ROUTES = [
    Route("GET", "/users/me", IN_PERSON, user_controller.me, "Read one's own account", answers={200: MeOut}, name="getMe"),
    Route("PATCH", "/users/me", IN_PERSON, user_controller.change_me, "Change one's own account", ProfileChange, answers={200: MeOut}),
    Route("DELETE", "/users/me", IN_PERSON, user_controller.delete_me, "Delete one's own account", answers={204: None}),
    Route("GET", "/users/{slug}", Access.ANYONE, profile_controller.get, "Read an author's profile", answers={200: ProfileOut, 304: None}),
]  # fmt: skip
