"""Errors that carry their rule: HTTP status, a stable code, and whether to retry."""

from collections.abc import Sequence
from typing import ClassVar, TypedDict


class FieldError(TypedDict, total=False):
    """One fault in what was sent: where it stands and what is wrong with it."""

    line: int
    field: str
    code: str
    detail: str


class Problem(Exception):
    """Something the caller must be told, served as RFC 9457 problem+json or a page."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong."
    retry: ClassVar[bool] = False

    def __init__(
        self,
        detail: str = "",
        *,
        code: str | None = None,
        errors: Sequence[FieldError] = (),
        **extra: object,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.problem_code = code or self.code
        self.errors = list(errors)
        self.extra = extra


class Malformed(Problem):
    status, code, title = 400, "malformed", "The request cannot be read."


class Unauthenticated(Problem):
    status, code, title = 401, "unauthenticated", "No valid credential was sent."


class Forbidden(Problem):
    status, code, title = 403, "forbidden", "You may see this, but not do that."


class NotFound(Problem):
    status, code, title = 404, "not-found", "There is no such thing here for you."


class Conflict(Problem):
    status, code, title = 409, "conflict", "The request contradicts what is stored."


class Gone(Problem):
    status, code, title = 410, "gone", "This is no longer available."


class TooLarge(Problem):
    status, code, title = 413, "too-large", "The body is larger than allowed."


class UnsupportedType(Problem):
    status, code, title = 415, "unsupported-type", "This media type is not read here."


class Invalid(Problem):
    status, code, title = 422, "invalid", "What was sent breaks a rule."


class TooMany(Problem):
    status, code, title = 429, "too-many", "A quota is used up."
    retry = True
    wait = 0.0  # seconds until it is worth another try; 0: nobody knows


class Unavailable(Problem):
    status, code, title = 503, "unavailable", "The hub cannot do this now."
    retry = True
