"""A password that is forgotten, reset or changed."""

from app.http.answers import NO_CONTENT, Answer
from app.permissions import Actor
from app.schemas.password_schemas import PasswordChange, PasswordForgot, PasswordReset
from app.services import password_service


def forgot(body: PasswordForgot) -> Answer:
    password_service.forgot(body.email)
    return NO_CONTENT


def reset(body: PasswordReset) -> Answer:
    password_service.reset(token=body.token, password=body.password)
    return NO_CONTENT


def change(actor: Actor, body: PasswordChange) -> Answer:
    password_service.change(actor, current_password=body.current_password, new_password=body.new_password)
    return NO_CONTENT
