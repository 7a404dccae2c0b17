"""Guessing ends after a few tries, for one address and one account."""

import ipaddress

import pytest
import redis

from hub.lib.errors import TooMany, Unavailable
from orgs.accounts import attempts

HERE = ipaddress.ip_address("192.0.2.7")
THERE = ipaddress.ip_address("192.0.2.8")


def spend(email: str = "alice@meadow.example") -> None:
    for _ in range(attempts.PER_PAIR):
        attempts.count("sign-in", HERE, email)


def test_attempts_end_after_the_limit_whatever_the_case(broker: redis.Redis) -> None:
    spend()
    with pytest.raises(TooMany):
        attempts.count("sign-in", HERE, " ALICE@meadow.example")


def test_attempts_go_on_for_others_and_from_elsewhere(broker: redis.Redis) -> None:
    spend()
    attempts.count("sign-in", HERE, "bob@harbour.example")
    attempts.count("sign-in", THERE, "alice@meadow.example")


def test_attempts_start_over_when_forgotten(broker: redis.Redis) -> None:
    spend()
    attempts.forget("sign-in", HERE, "alice@meadow.example")
    attempts.count("sign-in", HERE, "alice@meadow.example")


def test_attempts_from_one_address_end_over_all_accounts(broker: redis.Redis) -> None:
    for n in range(attempts.PER_ADDRESS):
        attempts.count("sign-in", HERE, f"{n}@meadow.example")
    with pytest.raises(TooMany):
        attempts.count("sign-in", HERE, "one-more@meadow.example")


def test_attempts_from_one_network_are_one_place_when_it_is_ipv6(
    broker: redis.Redis,
) -> None:
    for n in range(attempts.PER_PAIR):
        here = ipaddress.ip_address(f"2001:db8::{n:x}:1")
        attempts.count("sign-in", here, "alice@meadow.example")
    there = ipaddress.ip_address("2001:db8::ffff:ffff:ffff:ffff")
    with pytest.raises(TooMany):
        attempts.count("sign-in", there, "alice@meadow.example")
    neighbour = ipaddress.ip_address("2001:db8:0:1::1")
    attempts.count("sign-in", neighbour, "alice@meadow.example")


def test_counters_end_by_themselves_and_name_nobody(broker: redis.Redis) -> None:
    attempts.count("sign-in", HERE, "alice@meadow.example")
    keys = broker.keys("accord:attempts:*")
    assert len(keys) == 2
    assert all(0 < broker.ttl(key) <= attempts.WINDOW for key in keys)
    assert not any(b"alice" in key for key in keys)


def test_attempt_is_refused_when_redis_is_away(settings: object) -> None:
    settings.REDIS_URL = "unix:///nowhere/redis.sock"  # type: ignore[attr-defined]
    with pytest.raises(Unavailable):
        attempts.count("sign-in", HERE, "alice@meadow.example")
