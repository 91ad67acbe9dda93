"""Sign-up, sign-in, refresh, sign-out."""

from app.controllers import auth_controller
from app.http import limits
from app.http.routing import Access, Route
from app.schemas.account_schemas import Refresh, SessionOut, SignIn, SignOut, SignUp

ANYONE = Access.ANYONE

ROUTES = [
    Route("POST", "/auth/signup", ANYONE, auth_controller.signup, "Make an account", SignUp, answers={201: SessionOut}, idempotency=False, limit=limits.SIGN_UP),
    Route("POST", "/auth/signin", ANYONE, auth_controller.signin, "Open a session", SignIn, answers={200: SessionOut}, idempotency=False, limit=limits.SIGN_IN),
    Route("POST", "/auth/refresh", ANYONE, auth_controller.refresh, "Renew the access token", Refresh, answers={200: SessionOut}, idempotency=False, limit=limits.REFRESH),
    Route("POST", "/auth/signout", ANYONE, auth_controller.signout, "End the session", SignOut, answers={204: None}, idempotency=False),
]  # fmt: skip
