"""Numbers as people write them: groups, dashes, digits of other scripts; check digits."""

import re
import unicodedata

_BETWEEN = re.compile(r"[\s\-.\u2010-\u2015]+")


def compact(text: str) -> str:
    """Without what only groups, in the compatible form of each letter and digit."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = "".join(
            str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text
        )
    return _BETWEEN.sub("", text)


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of ISO/IEC 7812-1."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) << (place & 1)
        total += number - 9 if number > 9 else number
    return total % 10 == 0
