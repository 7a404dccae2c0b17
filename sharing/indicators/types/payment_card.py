"""Numbers of payment cards (ISO/IEC 7812): only ever hashed."""

import re
import unicodedata
from collections.abc import Iterator
from typing import ClassVar

from sharing.indicators.types.base import BadValue, IndicatorType, plain
from sharing.indicators.types.digits import compact, luhn
from sharing.vocabulary import IndicatorKind

_SHAPE = re.compile(r"[2-6][0-9]{11,18}|8[12][0-9]{14,17}")
# What cards of the large networks look like today, for those who do not say it.
_USUAL = re.compile(
    r"(?:4[0-9]{15}|5[1-5][0-9]{14}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]"
    r"|720)[0-9]{12}|3[47][0-9]{13}|6(?:011|4[4-9][0-9]|5[0-9]{2}|2[0-9]{2})[0-9]{12}"
    r"|35(?:2[89]|[3-8][0-9])[0-9]{12})"
)
_GROUPED = re.compile(r"\d{4}([ -])\d{4}\1\d{4}\1\d{4}|3[47]\d{2}([ -])\d{6}\2\d{5}")
_RUN = re.compile(
    r"(?<![0-9A-Za-z+])[0-9](?:[\s.\-\u2010-\u2015]{0,3}[0-9]){11,}(?![0-9])"
)
DIGITS_MOST = 19
_GROUPS_MOST = 64  # in a run: more are not looked at one by one


class PaymentCard(IndicatorType):
    """Digits alone, with a correct check digit. The hub keeps no clear card number."""

    name = IndicatorKind.PAYMENT_CARD
    rank = 40
    length_max = 60
    hash_only = True
    examples: ClassVar = (
        ("4111 1111 1111 1111", "4111111111111111"),
        ("5555-5555-5555-4444", "5555555555554444"),
        ("3782 822463 10005", "378282246310005"),
        (
            "\uff14\uff11\uff11\uff11 1111 1111 1111",
            "4111111111111111",
        ),
    )
    bad_examples: ClassVar = (
        "4111 1111 1111 1112",
        "4111 11** **** 1111",
        "411111111111",
        "41111111111111111111",
        "0000000000000000",
        "1234567812345670",
        "4111 1111 1111 1111 12/29",
        "my card",
    )

    def normalise(self, text: str, *, region: str | None = None) -> str:
        digits = compact(plain(text, self.length_max))
        if not digits.isascii() or _SHAPE.fullmatch(digits) is None:
            raise BadValue("bad-card", "A card number has 12 to 19 digits.")
        if not luhn(digits):
            raise BadValue("bad-checksum", "The card number's check digit is wrong.")
        return digits

    def recognises(self, text: str) -> bool:
        if not text[:1].isdigit():
            return False
        digits = compact(text)
        return _USUAL.fullmatch(digits) is not None and luhn(digits)

    def mistakable(self, text: str) -> bool:
        """An account may have such a number; nobody else writes it in these groups."""
        return _GROUPED.fullmatch(text) is None


def may_hold_card(text: str) -> bool:
    """Whether anything in the text could be a card number: for those who keep texts."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = "".join(
            str(unicodedata.decimal(c)) if c.isdecimal() else c
            for c in text
            if unicodedata.category(c) != "Cf"  # what is not seen parts nothing
        )
    return any(_in_run(found[0]) for found in _RUN.finditer(text))


def _in_run(text: str) -> bool:
    """Whether groups of digits that stand together are one, whatever stands beside them.

    People write what it is of before a number, and its date or code after it.
    """
    groups = re.findall(r"[0-9]+", text)
    if len(groups) > _GROUPS_MOST:
        return True
    return any(
        _SHAPE.fullmatch(digits) and luhn(digits)
        for start in range(len(groups))
        for digits in _beginnings(groups[start:])
    )


def _beginnings(groups: list[str]) -> Iterator[str]:
    digits = ""
    for each in groups:
        digits += each
        if len(digits) > DIGITS_MOST:
            return
        yield digits
