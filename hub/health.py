"""Two questions of a load balancer, answered before sessions, redirects and host checks."""

import time
from collections.abc import Callable
from threading import Lock

import redis
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from psycopg_pool import PoolTimeout

from sharing.tokens import services as tokens

REMEMBERED = 1.0  # seconds: anybody may ask, so asking must cost next to nothing


MISSING = {
    "database": "unreachable",
    "redis": "unreachable",
    "keys": "unreachable",
    "walls": "bypassed",
}
_BYPASSED = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"


class HealthMiddleware:
    """GET /healthz: the process answers. GET /readyz: what it needs is there too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.lock = Lock()
        self.asked = float("-inf")
        self.parts: dict[str, bool] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return JsonResponse({"status": "ok"})
        if request.path == "/readyz":
            return self.ready()
        return self.get_response(request)

    def ready(self) -> HttpResponse:
        with self.lock:
            if time.monotonic() - self.asked > REMEMBERED:
                self.parts = {
                    "database": database_answers(),
                    "redis": redis_answers(),
                    "keys": keys_open(),
                    "walls": walls_stand(),
                }
                self.asked = time.monotonic()
            parts = self.parts
        body = {name: "ok" if up else MISSING[name] for name, up in parts.items()}
        return JsonResponse(body, status=200 if all(parts.values()) else 503)


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, PoolTimeout):
        return False
    return True


def walls_stand() -> bool:
    """Whether row-level security holds for whoever we are in the database."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(_BYPASSED)
            row: tuple[bool, ...] | None = cursor.fetchone()
    except (DatabaseError, PoolTimeout):
        return False
    return row == (False,)


def redis_answers() -> bool:
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2
        ) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def keys_open() -> bool:
    """Without its key file the hub would refuse every submission, one by one."""
    try:
        tokens.key_provider()
    except ImproperlyConfigured:
        return False
    return True
