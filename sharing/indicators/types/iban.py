"""International bank account numbers (ISO 13616)."""

import re
from typing import ClassVar

from sharing.indicators.types.base import BadValue, IndicatorType, plain
from sharing.indicators.types.digits import compact
from sharing.vocabulary import IndicatorKind

# Whole length by country, from the registry that SWIFT keeps.
LENGTHS = {
    country: length
    for length, countries in {
        15: "NO",
        16: "BE",
        18: "DK FI FK FO GL NL SD",
        19: "MK SI",
        20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA",
        23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST",
        26: "IS TR",
        27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
        29: "BR EG PS QA UA",
        30: "JO KW MU YE",
        31: "MT SC",
        32: "LC",
        33: "RU",
    }.items()
    for country in countries.split()
}
_WORD = re.compile(r"IBAN[\s:.#-]*", re.IGNORECASE)
_SHAPE = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_UNUSED_CHECKS = frozenset({"00", "01", "99"})  # as remainders they equal 97, 98 and 02


class Iban(IndicatorType):
    """Capital letters and digits without groups; the word IBAN before it is dropped."""

    name = IndicatorKind.IBAN
    rank = 30
    length_max = 80
    examples: ClassVar = (
        ("gb29 NWBK 6016 1331 9268 19", "GB29NWBK60161331926819"),
        ("IBAN DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        ("DE89-3704-0044-0532-0130-00", "DE89370400440532013000"),
        ("iban: NO93 8601 1117 947", "NO9386011117947"),
        ("MT84MALT011000012345MTLCAST001S", "MT84MALT011000012345MTLCAST001S"),
    )
    bad_examples: ClassVar = (
        "GB29NWBK60161331926818",
        "GB29NWBK6016133192681",
        "GB00NWBK60161331926819",
        "ZZ29NWBK60161331926819",
        "US64SVBKUS6S3300958879",
        "DE8937040044053201300",
        "NWBK60161331926819",
        "IBAN IBAN",
        "4111 1111 1111 1111",
    )

    def normalise(self, text: str, *, region: str | None = None) -> str:
        number = _clean(plain(text, self.length_max))
        if not number.isascii() or _SHAPE.fullmatch(number) is None:
            raise BadValue(
                "bad-iban", "An IBAN is two letters, two digits, the account."
            )
        if number[:2] not in LENGTHS:
            raise BadValue("bad-country", "No country with such IBANs has this code.")
        if len(number) != LENGTHS[number[:2]]:
            raise BadValue("bad-length", "The IBAN has not the length of its country.")
        if number[2:4] in _UNUSED_CHECKS or _remainder(number) != 1:
            raise BadValue("bad-checksum", "The IBAN's check digits are wrong.")
        return number

    def recognises(self, text: str) -> bool:
        head = text[:4]
        if not (head[2:].isdigit() or head.upper() == "IBAN"):
            return False
        number = _clean(text)
        return len(number) == LENGTHS.get(number[:2]) and bool(_SHAPE.fullmatch(number))


def _clean(text: str) -> str:
    return compact(_WORD.sub("", text, count=1) if _WORD.match(text) else text).upper()


def _remainder(number: str) -> int:
    """ISO 7064, MOD 97-10: the country comes last, letters count from ten."""
    return int("".join(str(int(c, 36)) for c in number[4:] + number[:4])) % 97
