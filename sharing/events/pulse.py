"""When worker and clock were last at work: told through Redis, which may forget it.

A flush costs a second of knowledge, and a broker that is down is news by itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import redis
from django.conf import settings

from hub.lib.clock import now

KEY = "accord:pulse"
WORKER, BEAT, MINUTE, HOUR = "worker", "beat", "minute", "hour"


def note(*names: str) -> None:
    """These are at work now; what cannot be told is not worth failing for."""
    stamp = repr(now().timestamp())
    with suppress(redis.RedisError, OSError), _client() as client:
        client.hset(KEY, mapping=dict.fromkeys(names, stamp))


def last() -> dict[str, datetime] | None:
    """When each was last at work; None when Redis does not answer."""
    try:
        with _client() as client:
            found: dict[bytes, bytes] = client.hgetall(KEY)  # type: ignore[assignment]
    except (redis.RedisError, OSError):
        return None
    return {
        name.decode(): datetime.fromtimestamp(float(stamp), UTC)
        for name, stamp in found.items()
    }


def shard(number: int) -> str:
    """The name of a shard of the outbox."""
    return f"shard-{number}"


def filter_of(collection_id: object) -> str:
    """The name of a collection's filter."""
    return f"filter-{collection_id}"


@contextmanager
def _client() -> Iterator[redis.Redis]:
    with redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1
    ) as client:
        yield client
