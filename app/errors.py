"""The errors a use case can end in; one mapper turns each into RFC 9457 problem+json."""

from typing import ClassVar, TypedDict


class FieldProblem(TypedDict, total=False):
    """One wrong place in what was sent: a JSON pointer or the name of a parameter."""

    pointer: str
    parameter: str
    detail: str
    code: str


class MarqueeError(Exception):
    """A failure that a client can understand: `detail` is a sentence for people, `extra` joins the body.

    `headers` go out with the answer (`Retry-After`, `WWW-Authenticate`, …).
    """

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        headers: dict[str, str] | None = None,
        errors: list[FieldProblem] | None = None,
        **extra: object,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.problem_code = code or self.code
        self.headers = headers or {}
        self.errors = errors or []
        self.extra = extra


class Moved(MarqueeError):
    """What was named by an old slug; `parameters` are those of the path as they read now."""

    code, status, title = "moved", 308, "Moved"

    def __init__(self, detail: str, *, parameters: dict[str, str]) -> None:
        super().__init__(detail)
        self.parameters = parameters


class BadRequest(MarqueeError):
    """What cannot be parsed: JSON, a header, a cursor."""

    code, status, title = "bad_request", 400, "Bad request"


class NotAuthenticated(MarqueeError):
    code, status, title = "not_authenticated", 401, "Not authenticated"

    def __init__(self, detail: str, **extra: object) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"}, **extra)  # type: ignore[arg-type]  # extra never holds the named keywords


class NotPermitted(MarqueeError):
    code, status, title = "not_permitted", 403, "Not permitted"


class NotFound(MarqueeError):
    """Absent, or another tenant's: the two look the same."""

    code, status, title = "not_found", 404, "Not found"


class RequestTimeout(MarqueeError):
    code, status, title = "too_slow", 408, "Request timeout"


class Conflict(MarqueeError):
    code, status, title = "conflict", 409, "Conflict"


class Gone(MarqueeError):
    code, status, title = "gone", 410, "Gone"


class PreconditionFailed(MarqueeError):
    code, status, title = "precondition_failed", 412, "Precondition failed"


class TooLarge(MarqueeError):
    code, status, title = "too_large", 413, "Content too large"


class UnsupportedType(MarqueeError):
    code, status, title = "unsupported_media_type", 415, "Unsupported media type"


class RangeNotSatisfiable(MarqueeError):
    code, status, title = "range_not_satisfiable", 416, "Range not satisfiable"


class Misdirected(MarqueeError):
    """The request names a host that is not ours (RFC 9110 §15.5.20)."""

    code, status, title = "misdirected_request", 421, "Misdirected request"


class Invalid(MarqueeError):
    """Well-formed, but the content is wrong."""

    code, status, title = "invalid", 422, "Invalid content"


class Locked(MarqueeError):
    """Somebody else has it right now."""

    code, status, title = "locked", 423, "Locked"


class ChecksumMismatch(MarqueeError):
    """The bytes are not those that were sent; the status is the one of tus 1.0.0."""

    code, status, title = "checksum_mismatch", 460, "Checksum mismatch"


class RateLimited(MarqueeError):
    code, status, title = "quota-exceeded", 429, "Too many requests"


class Unavailable(MarqueeError):
    code, status, title = "unavailable", 503, "Temporarily unavailable"


class InsufficientStorage(MarqueeError):
    code, status, title = "insufficient_storage", 507, "Insufficient storage"
