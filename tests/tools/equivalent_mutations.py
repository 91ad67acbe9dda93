"""What `mutate_access` leaves out, and why."""

from typing import Final

NOT_ABOUT_ACCESS: Final = frozenset(
    {
        *("relay_service", "job_run", "job_order", "job_service", "job_attempt", "maintenance_service"),
        *("idempotency_service", "audit_service", "session_relay", "engine", "outgoing", "ticks"),
        *("docs_controller", "page_controller", "outbox_controller", "compression", "markdown", "image_files"),
        *("seed_service", "seed_posts", "seed_people"),
    }
)
"""Modules that decide nothing about who gets in."""

_SERVICES: Final = "app/services/"
_SAME_ANSWER: Final = {
    "account_service.py:sign_in: no reason to refuse: user is None": "nobody's password is never right",
    "account_service.py:sign_in: no reason to refuse: not fits": "the empty text, which is tried then, is never right",
    "api_key_service.py:create: no reason to refuse: actor.role is None": "such an actor has no organization either",
    "api_key_service.py:create: no reason to refuse: actor.organization_id is None": "such an actor has no role either",
    "api_key_service.py:create: no reason to refuse: actor.user_id is None": "the route lets nobody in without one",
    "api_key_service.py:identify: no reason to refuse: parsed is None": "then no row was looked for",
    "passwords.py:verify: verify does not ask: password_hash is not None": "no password has nobody's hash",
    "team_service.py:list_: without member.must(Action.SEE_TEAM)": "every role has it, and a member has a role",
    "team_service.py:suspend: without _assert_owner_left(member)": "only an owner can suspend one, and not themselves",
    "team_service.py:assert_not_above: no reason to refuse: member.role is None": "who has none was refused before",
}
_ROLLED_BACK: Final = {
    "image_service.py:_job_of: without actor.must(Action.EDIT_CONTENT)",
    "publishing_service.py:withdraw: always: actor.may(Action.EDIT_CONTENT)",
    "publishing_service.py:withdraw: without owned_by(actor.organization_id, Job)",
}
"""The same question is asked of the row behind it, in the same transaction, whose refusal undoes this."""
_READ_TOO_MUCH: Final = {
    "feed_service.py:bodies: Post.id.in_(ids) is always true",
    "post_service.py:_of_the_team: Membership.user_id.in_(named) is always true",
    "video_service.py:embedded: Video.id.in_(wanted) is always true",
    "homes.py:_move: Session.revoked_at.is_(None) is always true",
}
"""Only what was asked for is taken from the rows; a session that has ended acts nowhere."""
_NARROWED_ALREADY: Final = {
    "listing.py:_conditions: without readable_by(AnyActor(reads_private=True), model)": "a member's own list",
    "image_uses.py:still_there: without owned_by(organization_id, Image)": "from a revision of an own post",
}
EQUIVALENT: Final[dict[str, str]] = {
    "app/access.py:may: may does not ask: action is Action.READ_PRIVATE": "nothing else is ever asked of it",
    "app/services/upload_service.py:_end: _end does not ask: video_id is not None": "nobody has room for no video",
    **{_SERVICES + name: why for name, why in {**_SAME_ANSWER, **_NARROWED_ALREADY}.items()},
    **{_SERVICES + name: "what it lets through is undone by the next question" for name in _ROLLED_BACK},
    **{_SERVICES + name: "more rows are read, the same ones are used" for name in _READ_TOO_MUCH},
}
"""Mutations that nobody can tell from the original, by their names."""
