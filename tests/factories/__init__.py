"""Rows for tests, one factory a model: they flush and never commit; every column can be given."""

from tests.factories.accounts import (
    make_membership,
    make_organization,
    make_organization_slug,
    make_user,
)
from tests.factories.api_keys import make_api_key
from tests.factories.audit_entries import make_audit_entry
from tests.factories.conversation import make_comment, make_like
from tests.factories.events import make_event, make_event_counter
from tests.factories.idempotency_keys import make_idempotency_key
from tests.factories.images import make_image, make_post_image
from tests.factories.invitations import make_invitation
from tests.factories.jobs import make_job, make_worker
from tests.factories.one_time_tokens import make_one_time_token
from tests.factories.posts import (
    make_post,
    make_post_author,
    make_post_revision,
    make_post_slug,
    make_post_tag,
    make_tag,
)
from tests.factories.quotas import make_quota_reservation, make_quota_usage
from tests.factories.sessions import make_refresh_token, make_session
from tests.factories.uploads import make_upload
from tests.factories.videos import make_rendition, make_video, make_viewing

__all__ = [
    "make_api_key",
    "make_audit_entry",
    "make_comment",
    "make_event",
    "make_event_counter",
    "make_idempotency_key",
    "make_image",
    "make_invitation",
    "make_job",
    "make_like",
    "make_membership",
    "make_one_time_token",
    "make_organization",
    "make_organization_slug",
    "make_post",
    "make_post_author",
    "make_post_image",
    "make_post_revision",
    "make_post_slug",
    "make_post_tag",
    "make_quota_reservation",
    "make_quota_usage",
    "make_refresh_token",
    "make_rendition",
    "make_session",
    "make_tag",
    "make_upload",
    "make_user",
    "make_video",
    "make_viewing",
    "make_worker",
]
