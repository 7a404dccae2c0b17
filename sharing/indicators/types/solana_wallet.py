"""Addresses of Solana."""

import re
from typing import ClassVar

import base58

from sharing.indicators.types.base import BadValue, IndicatorType, plain
from sharing.vocabulary import IndicatorKind

KEY_BYTES = 32
_SHAPE = re.compile(r"[1-9A-HJ-NP-Za-km-z]{32,44}")
USUAL_LENGTHS = (43, 44)  # shorter ones begin with zero bytes: not a chance find


class SolanaWallet(IndicatorType):
    """Base58 of 32 bytes, case counts. There is no checksum: a slip is another address."""

    name = IndicatorKind.SOLANA_WALLET
    rank = 80
    length_max = 64
    examples: ClassVar = (
        (
            "7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU",
            "7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU",
        ),
        (
            " EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v ",
            "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
        ),
    )
    bad_examples: ClassVar = (
        "7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosg",
        "0xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU",
        "11111111111111111111111111111111",
        "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
        "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
        "scam.sol",
    )

    def normalise(self, text: str, *, region: str | None = None) -> str:
        text = plain(text, self.length_max)
        key = base58.b58decode(text) if _SHAPE.fullmatch(text) else b""
        if len(key) != KEY_BYTES:
            raise BadValue("bad-wallet", "This is no valid Solana address.")
        if not any(key):
            raise BadValue("null-address", "The zero address belongs to nobody.")
        return text

    def recognises(self, text: str) -> bool:
        if len(text) not in USUAL_LENGTHS or _SHAPE.fullmatch(text) is None:
            return False
        return len(base58.b58decode(text)) == KEY_BYTES
