"""What every answer of the API carries, whoever made it."""

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponseBase

ROOT = "/api/"


class ApiMiddleware:
    """No answer is stored on the way; every one names its request, as our log does."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(ROOT):
            return self.get_response(request)
        name = structlog.contextvars.get_contextvars().get("request_id", "")
        response = self.get_response(request)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Request-ID"] = str(name)
        return response
