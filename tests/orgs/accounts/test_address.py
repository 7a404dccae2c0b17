"""The client's address, believed only where the proxy wrote it."""

import pytest
from django.test import RequestFactory

from orgs.accounts.address import client_address


@pytest.mark.parametrize(
    ("behind_proxy", "remote", "forwarded", "expected"),
    [
        (False, "192.0.2.7", None, "192.0.2.7"),
        (False, "192.0.2.7", "203.0.113.1", "192.0.2.7"),
        (False, "::ffff:192.0.2.7", None, "192.0.2.7"),
        (False, "", None, "None"),
        (True, "127.0.0.1", "203.0.113.1", "203.0.113.1"),
        (True, "127.0.0.1", "10.0.0.1, 203.0.113.1", "203.0.113.1"),
        (True, "127.0.0.1", "2001:db8::1", "2001:db8::1"),
        (True, "127.0.0.1", "203.0.113.1, junk", "None"),
        (True, "127.0.0.1", None, "None"),
    ],
)
def test_address_is_the_one_that_can_be_believed(
    settings: object,
    behind_proxy: bool,
    remote: str,
    forwarded: str | None,
    expected: str,
) -> None:
    settings.BEHIND_PROXY = behind_proxy  # type: ignore[attr-defined]
    request = RequestFactory(REMOTE_ADDR=remote).get("/")
    if forwarded is not None:
        request.META["HTTP_X_FORWARDED_FOR"] = forwarded
    assert str(client_address(request)) == expected
