"""Bitcoin addresses on the main network."""

import re
from typing import ClassVar

import base58

from sharing.indicators.types.base import BadValue, IndicatorType, plain
from sharing.indicators.types.bech32 import check_witness
from sharing.vocabulary import IndicatorKind

MAIN = frozenset({0x00, 0x05})  # pay to public-key hash, pay to script hash
TEST = frozenset({0x6F, 0xC4})
HASH_BYTES = 21  # version byte and RIPEMD-160
_LOOKS = re.compile(
    r"[123mn][1-9A-HJ-NP-Za-km-z]{24,34}|(?:bc|tb|bcrt)1[0-9a-z]{6,87}", re.IGNORECASE
)


class BtcWallet(IndicatorType):
    """Base58Check as it is (case counts), Bech32 and Bech32m in lower case."""

    name = IndicatorKind.BTC_WALLET
    rank = 70
    length_max = 100
    examples: ClassVar = (
        ("1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"),
        ("3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"),
        (
            "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        ),
        (
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        ),
    )
    bad_examples: ClassVar = (
        "1BoatSLRHtKNngkdXEeobR76b53LETtpyU",
        "1boatslrhtknngkdxeeobr76b53lettpyt",
        "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn",
        "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
        "bc1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
        "bc1zw508d6qejxtdg4y5r3zarvaryvqyzf3du",
        "evil.example",
        "1",
    )

    def normalise(self, text: str, *, region: str | None = None) -> str:
        text = plain(text, self.length_max)
        lower = text.lower()
        if lower.startswith(("tb1", "bcrt1")):
            raise _test_network()
        if lower.startswith("bc1"):
            if text not in (lower, text.upper()):
                raise BadValue("bad-wallet", "The address mixes upper and lower case.")
            check_witness(lower, "bc")
            return lower
        _check_base58(text)
        return text

    def recognises(self, text: str) -> bool:
        return "." not in text and _LOOKS.fullmatch(text) is not None


def _check_base58(text: str) -> None:
    try:
        decoded = base58.b58decode_check(text)
    except ValueError:
        raise BadValue("bad-checksum", "This is no valid Bitcoin address.") from None
    if len(decoded) != HASH_BYTES:
        raise BadValue("bad-wallet", "This is no valid Bitcoin address.")
    if decoded[0] in TEST:
        raise _test_network()
    if decoded[0] not in MAIN:
        raise BadValue("bad-wallet", "This address is not one of Bitcoin.")


def _test_network() -> BadValue:
    return BadValue("test-network", "This is an address of a Bitcoin test network.")
