"""Sign-up, sign-in, refresh, sign-out, sessions."""

from app.controllers import auth_controller
from app.http import limits
from app.http.routing import Access, Route
from app.schemas.account_schemas import Refresh, SessionOut, SignIn, SignOut, SignUp
from app.schemas.session_schemas import SessionEnd, SessionList, SessionListQuery

ANYONE, IN_PERSON = Access.ANYONE, Access.IN_PERSON

ROUTES = [
    Route("POST", "/auth/signup", ANYONE, auth_controller.signup, "Make an account", SignUp, answers={201: SessionOut}, idempotency=False, limit=limits.SIGN_UP),
    Route("POST", "/auth/signin", ANYONE, auth_controller.signin, "Open a session", SignIn, answers={200: SessionOut}, idempotency=False, limit=limits.SIGN_IN),
    Route("POST", "/auth/refresh", ANYONE, auth_controller.refresh, "Renew the access token", Refresh, answers={200: SessionOut}, idempotency=False, limit=limits.REFRESH),
    Route("POST", "/auth/signout", ANYONE, auth_controller.signout, "End the session", SignOut, answers={204: None}, idempotency=False),
    Route("GET", "/auth/sessions", IN_PERSON, auth_controller.list_sessions, "List one's sessions", query=SessionListQuery, answers={200: SessionList, 304: None}),
    Route("DELETE", "/auth/sessions", IN_PERSON, auth_controller.revoke_sessions, "End all sessions, or all but this one", query=SessionEnd, answers={204: None}),
    Route("DELETE", "/auth/sessions/{session_id}", IN_PERSON, auth_controller.revoke_session, "End a session", answers={204: None}),
]  # fmt: skip
