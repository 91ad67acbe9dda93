"""Posts by their addresses."""

from app.controllers.post_controller import answer
from app.http.answers import Answer
from app.http.routing import API_PREFIX
from app.permissions import Actor
from app.services import post_reading


def get_post(actor: Actor, slug: str, post_slug: str) -> Answer:
    row = post_reading.find(actor, slug, post_slug)
    if row is None:
        now = post_reading.slug_now(actor, slug, post_slug)
        return Answer(status=308, headers={"Location": f"{API_PREFIX}/organizations/{slug}/posts/{now}"})
    return answer(actor, row)
