"""Sign-up, sign-in, refresh, sign-out, sessions, passwords, verification."""

from app.controllers import auth_controller, password_controller, verification_controller
from app.http import limits
from app.http.routing import Access, Route
from app.schemas.account_schemas import Refresh, SessionOut, SignIn, SignOut, SignUp
from app.schemas.password_schemas import PasswordChange, PasswordForgot, PasswordReset
from app.schemas.session_schemas import SessionEnd, SessionList, SessionListQuery
from app.schemas.verification_schemas import VerificationRequest, Verify

ANYONE, IN_PERSON = Access.ANYONE, Access.IN_PERSON

ROUTES = [
    Route("POST", "/auth/signup", ANYONE, auth_controller.signup, "Make an account", SignUp, answers={201: SessionOut}, problems=(410,), idempotency=False, limit=limits.SIGN_UP, name="signUp"),
    Route("POST", "/auth/signin", ANYONE, auth_controller.signin, "Open a session", SignIn, answers={200: SessionOut}, idempotency=False, limit=limits.SIGN_IN, name="signIn"),
    Route("POST", "/auth/refresh", ANYONE, auth_controller.refresh, "Renew the access token", Refresh, answers={200: SessionOut}, idempotency=False, limit=limits.REFRESH, name="refreshSession"),
    Route("POST", "/auth/signout", ANYONE, auth_controller.signout, "End the session", SignOut, answers={204: None}, idempotency=False, name="signOut"),
    Route("GET", "/auth/sessions", IN_PERSON, auth_controller.list_sessions, "List one's sessions", query=SessionListQuery, answers={200: SessionList, 304: None}),
    Route("DELETE", "/auth/sessions", IN_PERSON, auth_controller.revoke_sessions, "End all sessions, or all but this one", query=SessionEnd, answers={204: None}),
    Route("DELETE", "/auth/sessions/{session_id}", IN_PERSON, auth_controller.revoke_session, "End a session", answers={204: None}),
    Route("POST", "/auth/email/verify", ANYONE, verification_controller.verify, "Prove an e-mail address by a link's token", Verify, answers={204: None}, problems=(410,), idempotency=False, limit=limits.VERIFY, name="verifyEmail"),
    Route("POST", "/auth/email/verification", ANYONE, verification_controller.ask, "Ask for the link again", VerificationRequest, answers={204: None}, idempotency=False, limit=limits.VERIFICATION_MAIL, name="requestVerification"),
    Route("POST", "/auth/password/forgot", ANYONE, password_controller.forgot, "Ask for a link to choose a new password", PasswordForgot, answers={204: None}, idempotency=False, limit=limits.PASSWORD_FORGOT),
    Route("POST", "/auth/password/reset", ANYONE, password_controller.reset, "Choose a new password by a link's token", PasswordReset, answers={204: None}, problems=(410,), idempotency=False, limit=limits.PASSWORD_RESET),
    Route("POST", "/auth/password/change", IN_PERSON, password_controller.change, "Change one's password", PasswordChange, answers={204: None}, idempotency=False, limit=limits.PASSWORD_RESET),
]  # fmt: skip
