"""Counted attempts: guessing a password from one place ends after a few tries.

Counters live in Redis, so a flush resets them; where Redis does not answer, the attempt
is refused.
"""

from collections.abc import Mapping
from ipaddress import IPv6Address, IPv6Network

import redis
from django.conf import settings
from django.utils.crypto import salted_hmac

from hub.lib.errors import TooMany, Unavailable
from orgs.accounts.address import Address

WINDOW = 15 * 60  # seconds
PER_PAIR = 10  # for one address of a client and one e-mail address
PER_ADDRESS = 100  # for one address of a client and whatever it tries
SUBSCRIBER_BITS = 64


def count(action: str, address: Address | None, email: str) -> None:
    """Count one attempt, or TooMany once the limit of the window is reached."""
    _spend(
        {
            _pair(action, address, email): PER_PAIR,
            _key(action, _place(address)): PER_ADDRESS,
        }
    )


def count_person(action: str, email: str) -> None:
    """Count one attempt wherever it comes from: a code is short, and addresses are cheap.

    Only for what comes after the right password; else anybody could lock a person out.
    """
    _spend({_pair(action, None, email): PER_PAIR})


def _spend(limits: Mapping[str, int]) -> None:
    try:
        with _redis() as client, client.pipeline() as pipe:
            for key in limits:
                pipe.set(key, 0, ex=WINDOW, nx=True)
                pipe.incr(key)
            reached = pipe.execute()[1::2]
    except redis.RedisError as error:
        raise Unavailable("Sign-in is not possible for a moment.") from error
    if any(n > limit for n, limit in zip(reached, limits.values(), strict=True)):
        raise TooMany("Too many attempts. Try again in 15 minutes.")


def forget(action: str, address: Address | None, email: str) -> None:
    """Start the pair over: the right password or code was given."""
    try:
        with _redis() as client:
            client.delete(_pair(action, address, email))
    except redis.RedisError:
        return  # it ends by itself


def _pair(action: str, address: Address | None, email: str) -> str:
    return _key(action, _place(address), email.strip().lower())


def _place(address: Address | None) -> object:
    """Where a client is: of IPv6 the /64, for one customer has all addresses of it."""
    if isinstance(address, IPv6Address):
        return IPv6Network((address, SUBSCRIBER_BITS), strict=False)
    return address


def _key(action: str, *parts: object) -> str:
    text = "|".join((action, *map(str, parts)))
    mark = salted_hmac("orgs.accounts.attempts", text, algorithm="sha256").hexdigest()
    return f"accord:attempts:{mark}"


def _redis() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2
    )
