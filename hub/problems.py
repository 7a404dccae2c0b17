"""Errors of the API as RFC 9457 problem details; no value that was sent is ever in one."""

import math
import sys
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import orjson
import structlog
from django.conf import settings
from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from psycopg_pool import PoolTimeout
from rest_framework import exceptions as drf

from hub.lib import errors
from hub.lib.errors import Problem

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = "2"  # seconds, when the hub itself cannot say better

log = structlog.get_logger(__name__)


class MethodNotAllowed(Problem):
    status, code, title = 405, "method-not-allowed", "This address has no such method."


class NotAcceptable(Problem):
    status, code, title = 406, "not-acceptable", "No media type you accept exists here."


class LengthRequired(Problem):
    status, code, title = 411, "length-required", "The body needs a Content-Length."


# What others raise, and the problem it is. The first that fits counts.
_MEANINGS: tuple[tuple[type[Exception], type[Problem]], ...] = (
    (drf.NotAuthenticated, errors.Unauthenticated),
    (drf.AuthenticationFailed, errors.Unauthenticated),
    (drf.MethodNotAllowed, MethodNotAllowed),
    (drf.NotAcceptable, NotAcceptable),
    (drf.UnsupportedMediaType, errors.UnsupportedType),
    (drf.Throttled, errors.TooMany),
    (drf.NotFound, errors.NotFound),
    (drf.PermissionDenied, errors.Forbidden),
    (drf.ParseError, errors.Malformed),
    (Http404, errors.NotFound),
    (PermissionDenied, errors.Forbidden),
    (RequestDataTooBig, errors.TooLarge),
    (SuspiciousOperation, errors.Malformed),
    (UnreadablePostError, errors.Malformed),
)
_AWAY = (OperationalError, InterfaceError, PoolTimeout)  # come back when it is back


def type_of(code: str) -> str:
    """The address that names and explains a kind of problem."""
    return f"{settings.PUBLIC_URL}/problems/{code}"


def body_of(problem: Problem) -> dict[str, Any]:
    """The members of RFC 9457 and ours; `errors` lists faults by line and field."""
    body: dict[str, Any] = {
        "type": type_of(problem.problem_code),
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.problem_code,
        "retry": problem.retry,
    }
    if problem.errors:
        body["errors"] = problem.errors
    return {**problem.extra, **body}


def answer(problem: Problem, headers: Mapping[str, str] | None = None) -> HttpResponse:
    response = HttpResponse(
        orjson.dumps(body_of(problem), default=str),
        status=problem.status,
        content_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )
    if problem.retry:
        response.headers.setdefault("Retry-After", RETRY_AFTER)
    return response


def handle(error: Exception, _context: object = None) -> HttpResponse:
    """Django REST framework's exception handler: whatever was raised, a problem."""
    headers: dict[str, str] = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(math.ceil(wait))
    return answer(problem_of(error), headers)


def problem_of(error: BaseException | None) -> Problem:
    """The problem that an exception is; what nobody foresaw is logged under an id."""
    if isinstance(error, Problem):
        return error
    for raised, meaning in _MEANINGS:
        if isinstance(error, raised):
            return meaning()
    if isinstance(error, _AWAY):
        return _noted(errors.Unavailable, error)
    return _noted(Problem, error)


def _noted(meaning: type[Problem], error: BaseException | None) -> Problem:
    incident = uuid4()
    log.error("api_failed", id=incident, exc_info=error)
    return meaning(instance=f"urn:uuid:{incident}")


@csrf_exempt
def unknown(request: HttpRequest, *_: object, **__: object) -> HttpResponse:
    """Every address under /api/ that is none."""
    return answer(errors.NotFound("There is no such address in the API."))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return handle(SuspiciousOperation())


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return handle(PermissionDenied())


def server_error(request: HttpRequest) -> HttpResponse:
    return answer(problem_of(sys.exc_info()[1]))


def by_path(
    api: Callable[..., HttpResponse], page: Callable[..., HttpResponse]
) -> Callable[..., HttpResponse]:
    """An error handler of Django: problems for programs, pages for people."""

    def handler(request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
        wanted = api if request.path.startswith("/api/") else page
        return wanted(request, *args, **more)

    return handler
