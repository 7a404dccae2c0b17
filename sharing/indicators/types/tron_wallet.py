"""Addresses of Tron."""

import re
from typing import ClassVar

import base58

from sharing.indicators.types.base import BadValue, IndicatorType, plain
from sharing.vocabulary import IndicatorKind

PREFIX = 0x41
ADDRESS_BYTES = 21
_HEX = re.compile(r"41[0-9a-fA-F]{40}")
_LOOKS = re.compile(r"T[1-9A-HJ-NP-Za-km-z]{33}")
_ZERO = bytes([PREFIX]) + bytes(ADDRESS_BYTES - 1)


class TronWallet(IndicatorType):
    """Base58Check, case counts. The hexadecimal form of nodes is written in Base58."""

    name = IndicatorKind.TRON_WALLET
    rank = 70
    length_max = 64
    examples: ClassVar = (
        ("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"),
        (
            "41A614F803B6FD780986A42C78EC9C7F77E6DED13C",
            "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
        ),
    )
    bad_examples: ClassVar = (
        "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u",
        "tr7nhqjekqxgtci8q8zy4pl8otszgjlj6t",
        "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
        "410000000000000000000000000000000000000000",
        "42A614F803B6FD780986A42C78EC9C7F77E6DED13C",
        "T1",
    )

    def normalise(self, text: str, *, region: str | None = None) -> str:
        text = plain(text, self.length_max)
        decoded = bytes.fromhex(text) if _HEX.fullmatch(text) else _decoded(text)
        if len(decoded) != ADDRESS_BYTES or decoded[0] != PREFIX:
            raise BadValue("bad-wallet", "This is no valid Tron address.")
        if decoded == _ZERO:
            raise BadValue("null-address", "The zero address belongs to nobody.")
        return base58.b58encode_check(decoded).decode("ascii")

    def recognises(self, text: str) -> bool:
        return text[:1] == "T" and _LOOKS.fullmatch(text) is not None


def _decoded(text: str) -> bytes:
    try:
        return base58.b58decode_check(text)
    except ValueError:
        raise BadValue("bad-checksum", "This is no valid Tron address.") from None
