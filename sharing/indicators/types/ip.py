"""IP addresses: single ones, and only those that can belong to somebody."""

import re
from ipaddress import (
    AddressValueError,
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
)
from typing import ClassVar

from sharing.indicators.types.base import BadValue, IndicatorType, plain
from sharing.vocabulary import IndicatorKind

# Addresses that mean another machine everywhere (RFC 6890). Documentation ranges are
# not among them: they hurt nobody, and examples need them.
NOBODYS_V4 = tuple(
    IPv4Network(net)
    for net in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "224.0.0.0/3",
    )
)
NOBODYS_V6 = tuple(
    IPv6Network(net) for net in ("::/127", "fc00::/7", "fe80::/10", "ff00::/8")
)
_V4 = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?")
_V6 = re.compile(
    r"\[?[0-9a-fA-F:]*:[0-9a-fA-F:]*:[0-9a-fA-F:.]*(?:%\w+)?\]?(?:/\d{1,3})?"
)


class Ipv4(IndicatorType):
    """Dotted decimal without leading zeros."""

    name = IndicatorKind.IPV4
    rank = 21
    length_max = 64
    examples: ClassVar = (
        ("198.51.100.7", "198.51.100.7"),
        (" 8.8.8.8 ", "8.8.8.8"),
    )
    bad_examples: ClassVar = (
        "198.51.100",
        "198.51.100.256",
        "198.51.100.07",
        "198.51.100.0/24",
        "127.0.0.1",
        "192.168.1.1",
        "0.0.0.0",  # noqa: S104 - an address to refuse, nothing binds to it
        "255.255.255.255",
        "2001:db8::1",
        "evil.example",
    )

    def normalise(self, text: str, *, region: str | None = None) -> str:
        text = _single(plain(text, self.length_max))
        try:
            address = IPv4Address(text)
        except AddressValueError:
            raise BadValue("bad-address", "This is no IPv4 address.") from None
        if any(address in net for net in NOBODYS_V4):
            raise _not_public()
        return str(address)

    def recognises(self, text: str) -> bool:
        return text[-1:].isdigit() and _V4.fullmatch(text) is not None


class Ipv6(IndicatorType):
    """The shortest form, lower case (RFC 5952)."""

    name = IndicatorKind.IPV6
    rank = 21
    length_max = 64
    examples: ClassVar = (
        ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("2001:db8::0:1:0:0", "2001:db8::1:0:0"),
    )
    bad_examples: ClassVar = (
        "2001:db8::1::2",
        "2001:db8::/32",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:198.51.100.7",
        "198.51.100.7",
        "evil.example",
    )

    def normalise(self, text: str, *, region: str | None = None) -> str:
        text = _single(plain(text, self.length_max)).removeprefix("[").removesuffix("]")
        try:
            address = IPv6Address(text)
        except AddressValueError:
            raise BadValue("bad-address", "This is no IPv6 address.") from None
        if address.ipv4_mapped is not None:
            raise BadValue("is-ipv4", "This is an IPv4 address; send it as type ipv4.")
        if address.scope_id or any(address in net for net in NOBODYS_V6):
            raise _not_public()
        return address.compressed

    def recognises(self, text: str) -> bool:
        return text.count(":") >= 2 and _V6.fullmatch(text) is not None


def _single(text: str) -> str:
    if "/" in text:
        raise BadValue(
            "network", "A network is not a single address; send it as type cidr."
        )
    return text


def _not_public() -> BadValue:
    return BadValue("not-public", "The address is private or reserved.")
