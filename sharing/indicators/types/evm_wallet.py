"""Addresses of Ethereum and the chains that share its form."""

import re
from typing import ClassVar

from Crypto.Hash import keccak

from sharing.indicators.types.base import BadValue, IndicatorType, plain
from sharing.vocabulary import IndicatorKind

_SHAPE = re.compile(r"0[xX][0-9a-fA-F]{40}")
_BARE = re.compile(r"[0-9a-fA-F]{40}")
_ZERO = "0" * 40


class EvmWallet(IndicatorType):
    """Lower case with 0x; mixed case must carry a correct checksum (EIP-55)."""

    name = IndicatorKind.EVM_WALLET
    rank = 5
    length_max = 64
    examples: ClassVar = (
        (
            "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
            "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
        ),
        (
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
        ),
        (
            "0XFB6916095CA1DF60BB79CE92CE3EA74C37C5D359",
            "0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359",
        ),
    )
    bad_examples: ClassVar = (
        "0x5aaEb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beae",
        "5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
        "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaeg",
        "0x0000000000000000000000000000000000000000",
        "vitalik.eth",
    )

    def normalise(self, text: str, *, region: str | None = None) -> str:
        text = plain(text, self.length_max)
        if _SHAPE.fullmatch(text) is None:
            raise BadValue("bad-wallet", "An address is 0x and 40 hexadecimal digits.")
        digits = text[2:]
        lower = digits.lower()
        if digits not in (lower, digits.upper()) and digits != checksummed(lower):
            raise BadValue("bad-checksum", "The address's checksum (EIP-55) is wrong.")
        if lower == _ZERO:
            raise BadValue("null-address", "The zero address belongs to nobody.")
        return f"0x{lower}"

    def recognises(self, text: str) -> bool:
        if text[:2] in ("0x", "0X"):
            return "." not in text
        return len(text) == 40 and _BARE.fullmatch(text) is not None

    def mistakable(self, text: str) -> bool:
        """Without 0x it may be a SHA-1 as well."""
        return text[:1] != "0" or text[1:2] not in "xX"


def checksummed(digits: str) -> str:
    """EIP-55: a letter is upper case where the hash of the address has a high digit."""
    seen = keccak.new(digest_bits=256, data=digits.encode()).hexdigest()
    pairs = zip(digits, seen, strict=False)
    return "".join(c.upper() if int(mark, 16) >= 8 else c for c, mark in pairs)
