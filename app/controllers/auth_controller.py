"""Sign-up, sign-in, refresh, sign-out, sessions."""

from uuid import UUID

from flask import request

from app.errors import NotAuthenticated
from app.http.answers import NO_CONTENT, Answer
from app.http.cookies import (
    assert_own_origin,
    clear_refresh_cookie,
    refresh_cookie,
    session_answer,
    wants_token_in_body,
)
from app.http.pages import page_answer, position_of
from app.permissions import Actor
from app.schemas.account_schemas import Refresh, SignIn, SignOut, SignUp, render_session
from app.schemas.session_schemas import SessionEnd, SessionListQuery, render_listed_session, session_place
from app.services import account_service, session_service
from app.services.account_service import Applicant
from app.services.session_service import Device, SignedIn


def signup(body: SignUp) -> Answer:
    return _answer(account_service.sign_up(Applicant(**body.model_dump()), _device()), status=201)


def signin(body: SignIn) -> Answer:
    return _answer(account_service.sign_in(email=body.email, password=body.password, device=_device()))


def refresh(body: Refresh) -> Answer:
    assert_own_origin(body.refresh_token)
    token = body.refresh_token or refresh_cookie()
    if token is None:
        raise NotAuthenticated("There is no refresh token in the cookie or the body.")
    return _answer(session_service.refresh(token))


def signout(actor: Actor, body: SignOut) -> Answer:
    token = body.refresh_token
    if actor.is_anonymous:  # an access token is no cookie: no other site makes a browser send it
        assert_own_origin(token)
        token = token or refresh_cookie()
    session_service.sign_out(token, actor)
    return clear_refresh_cookie(NO_CONTENT)


def list_sessions(actor: Actor, query: SessionListQuery) -> Answer:
    return page_answer(session_service.list_(actor, position_of(query)), query, render_listed_session, session_place)


def revoke_session(actor: Actor, session_id: UUID) -> Answer:
    session_service.revoke(actor, session_id)
    return NO_CONTENT


def revoke_sessions(actor: Actor, query: SessionEnd) -> Answer:
    session_service.revoke_own(actor, keep_current=query.keep_current)
    return NO_CONTENT if query.keep_current else clear_refresh_cookie(NO_CONTENT)


def _answer(signed_in: SignedIn, status: int = 200) -> Answer:
    user = account_service.profile(signed_in.user_id)
    organizations = account_service.organizations_of(signed_in.user_id)
    in_body = signed_in.refresh_token if wants_token_in_body() else None
    document = render_session(user, organizations[0] if organizations else None, signed_in.access_token, in_body)
    return session_answer(document, signed_in.refresh_token, status=status)


def _device() -> Device:
    return Device(user_agent=(request.headers.get("User-Agent") or "")[:400] or None, address=request.remote_addr)
