"""The tables: columns, constraints, relationships and legal state moves."""

from app.models.api_key import ApiKey
from app.models.audit_entry import AuditEntry
from app.models.conversation import Comment, CommentState, Like
from app.models.event import Event, EventCounter
from app.models.idempotency_key import IdempotencyKey
from app.models.image import Image, ImageState, PostImage
from app.models.invitation import Invitation
from app.models.job import OPEN_STATES, Job, JobState, RelayLock, Worker
from app.models.one_time_token import OneTimeToken, Purpose
from app.models.organization import CommentPolicy, Membership, Organization, OrganizationSlug
from app.models.post import SEO_FIELDS, Post, PostAuthor, PostRevision, PostSlug, PostTag
from app.models.publication import Publication, Visibility
from app.models.quota import QuotaReservation, QuotaUsage
from app.models.session import RefreshToken, Session
from app.models.tag import Tag
from app.models.upload import UNFINISHED_UPLOADS, Upload, UploadState
from app.models.user import User
from app.models.video import Processing, Rendition, RenditionState, Video
from app.models.viewing import Viewing

__all__ = [
    "OPEN_STATES",
    "SEO_FIELDS",
    "UNFINISHED_UPLOADS",
    "ApiKey",
    "AuditEntry",
    "Comment",
    "CommentPolicy",
    "CommentState",
    "Event",
    "EventCounter",
    "IdempotencyKey",
    "Image",
    "ImageState",
    "Invitation",
    "Job",
    "JobState",
    "Like",
    "Membership",
    "OneTimeToken",
    "Organization",
    "OrganizationSlug",
    "Post",
    "PostAuthor",
    "PostImage",
    "PostRevision",
    "PostSlug",
    "PostTag",
    "Processing",
    "Publication",
    "Purpose",
    "QuotaReservation",
    "QuotaUsage",
    "RefreshToken",
    "RelayLock",
    "Rendition",
    "RenditionState",
    "Session",
    "Tag",
    "Upload",
    "UploadState",
    "User",
    "Video",
    "Viewing",
    "Visibility",
    "Worker",
]
