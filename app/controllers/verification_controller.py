"""Proving an e-mail address."""

from app.http.answers import NO_CONTENT, Answer
from app.permissions import Actor
from app.schemas.verification_schemas import VerificationRequest, Verify
from app.services import verification_service


def ask(actor: Actor, body: VerificationRequest) -> Answer:
    verification_service.ask(actor, body.email)
    return NO_CONTENT


def verify(body: Verify) -> Answer:
    verification_service.verify(body.token)
    return NO_CONTENT
