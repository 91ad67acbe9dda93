"""Posts by preview links."""

from app.controllers.post_controller import UNSEEN, document
from app.http.answers import Answer
from app.permissions import ANONYMOUS
from app.services import post_previews


def read(token: str) -> Answer:
    row = post_previews.read(token)
    return Answer(document(ANONYMOUS, row), headers=UNSEEN, revision=row.revision)
