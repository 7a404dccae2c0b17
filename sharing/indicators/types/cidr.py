"""Networks: ranges of IP addresses."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import ClassVar

from sharing.indicators.types.base import BadValue, IndicatorType, plain
from sharing.indicators.types.ip import NOBODYS_V4, NOBODYS_V6
from sharing.vocabulary import IndicatorKind

# Wider than any one owner's range: who blocks it blocks the innocent.
WIDEST_V4, WIDEST_V6 = 8, 16
_MAPPED = IPv6Network("::ffff:0:0/96")  # IPv4 in the clothes of IPv6
_LOOKS = re.compile(
    r"\d{1,3}(?:\.\d{1,3}){3}/\d{1,2}|[0-9a-fA-F:]{2,39}(?:\.[\d.]{1,12})?/\d{1,3}"
)


class Cidr(IndicatorType):
    """First address and prefix length; an address inside a network is not taken for it."""

    name = IndicatorKind.CIDR
    rank = 20
    length_max = 64
    examples: ClassVar = (
        ("198.51.100.0/24", "198.51.100.0/24"),
        ("203.0.113.128/25", "203.0.113.128/25"),
        ("2001:DB8:0::/32", "2001:db8::/32"),
    )
    bad_examples: ClassVar = (
        "198.51.100.7/24",
        "198.51.100.0/33",
        "198.51.100.0/255.255.255.0",
        "198.51.100.0/",
        "198.51.100.7",
        "198.51.100.7/32",
        "2001:db8::1/128",
        "2001:db8::1/32",
        "2001:db8::/129",
        "0.0.0.0/0",
        "128.0.0.0/1",
        "10.0.0.0/8",
        "100.0.0.0/8",
        "::ffff:198.51.100.0/120",
        "::/0",
        "fe80::/10",
        "evil.example/24",
    )

    def normalise(self, text: str, *, region: str | None = None) -> str:
        text = plain(text, self.length_max)
        if _LOOKS.fullmatch(text) is None or not text.isascii():
            raise BadValue(
                "bad-network", "A network is an address, a slash, a number of bits."
            )
        try:
            network = ip_network(text, strict=False)
        except ValueError:
            raise BadValue("bad-network", "This is no IP network.") from None
        _check(network)
        if network.network_address != ip_address(text.partition("/")[0]):
            raise BadValue(
                "host-bits",
                "The address lies inside its network: send the address as ipv4 or"
                " ipv6, or the network by its first address.",
            )
        return network.compressed

    def recognises(self, text: str) -> bool:
        return "/" in text and _LOOKS.fullmatch(text) is not None


def _check(network: IPv4Network | IPv6Network) -> None:
    if network.prefixlen == network.max_prefixlen:
        raise BadValue(
            "is-address", "This is a single address; send it as type ipv4 or ipv6."
        )
    if isinstance(network, IPv4Network):
        wide = network.prefixlen < WIDEST_V4
        nobodys = any(network.overlaps(net) for net in NOBODYS_V4)
    else:
        wide = network.prefixlen < WIDEST_V6
        nobodys = any(network.overlaps(net) for net in (*NOBODYS_V6, _MAPPED))
    if wide:
        raise BadValue("too-wide", "The network is wider than anybody's own.")
    if nobodys:
        raise BadValue("not-public", "The network holds private or reserved addresses.")
