"""What waits for a moderator."""

from app.http.answers import Answer
from app.http.pages import page_answer, position_of
from app.models import CommentState
from app.permissions import Actor
from app.schemas.comment_schemas import ModerationQuery, render
from app.schemas.listing_schemas import place_of
from app.services import comment_service


def list_comments(actor: Actor, query: ModerationQuery) -> Answer:
    page = comment_service.list_moderated(actor, CommentState(query.state), position_of(query))
    return page_answer(page, query, render, place_of)
