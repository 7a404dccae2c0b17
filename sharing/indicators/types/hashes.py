"""What hashes of files and of media have in common."""

import re
from typing import ClassVar

from sharing.indicators.types.base import BadValue, IndicatorType, plain

# Of no bytes at all: every empty file has it.
_OF_NOTHING = frozenset(
    {
        "d41d8cd98f00b204e9800998ecf8427e",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    }
)


class HexHash(IndicatorType):
    """Lower-case hexadecimal digits; the algorithm may stand before them.

    Several types have one length, so the digits alone are never guessed.
    """

    rank = 5
    length_max = 120
    algorithm: ClassVar[str]
    digits: ClassVar[int]
    mark: ClassVar[re.Pattern[str]]
    shape: ClassVar[re.Pattern[str]]

    def __init_subclass__(cls) -> None:
        word = cls.algorithm.replace("sha", "sha-?")
        cls.mark = re.compile(rf"{word}\s*[:=]\s*", re.IGNORECASE)
        cls.shape = re.compile(rf"[0-9a-f]{{{cls.digits}}}", re.IGNORECASE)

    def normalise(self, text: str, *, region: str | None = None) -> str:
        text = plain(text, self.length_max)
        marked = self.mark.match(text)
        digits = (text[marked.end() :] if marked else text).lower()
        if not digits.isascii() or self.shape.fullmatch(digits) is None:
            raise BadValue(
                "bad-hash", f"It is written in {self.digits} hexadecimal digits."
            )
        if digits in _OF_NOTHING or len(set(digits)) == 1:
            raise BadValue("nothing", "This is the hash of nothing in particular.")
        return digits

    def recognises(self, text: str) -> bool:
        if len(text) < self.digits:
            return False
        marked = self.mark.match(text)
        rest = text[marked.end() :] if marked else text
        return len(rest) == self.digits and self.shape.fullmatch(rest) is not None

    def mistakable(self, text: str) -> bool:
        return self.mark.match(text) is None
