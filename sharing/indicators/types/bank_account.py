"""Bank accounts of countries without IBAN: country, routing code, account number."""

import re
from collections.abc import Callable
from typing import ClassVar, NamedTuple

from phonenumbers import SUPPORTED_REGIONS

from sharing.indicators.types.base import BadValue, IndicatorType, plain
from sharing.indicators.types.digits import compact
from sharing.vocabulary import IndicatorKind


class Plan(NamedTuple):
    """How a country writes its accounts."""

    routing: str
    number: str
    check: Callable[[str], bool] = lambda _: True
    pad: int = 0  # the number is filled up with zeros to this length


def _aba(routing: str) -> bool:
    weights = (3, 7, 1) * 3
    total = sum(w * int(c) for w, c in zip(weights, routing, strict=True))
    return routing != "0" * 9 and total % 10 == 0


ANYWHERE = Plan(r"[A-Z0-9]{2,12}", r"[A-Z0-9]{4,24}")
PLANS = {
    "AU": Plan(r"\d{6}", r"\d{5,10}"),
    "CA": Plan(r"0\d{8}", r"\d{5,12}"),
    "GB": Plan(r"\d{6}", r"\d{6,8}", pad=8),
    "IN": Plan(r"[A-Z]{4}0[A-Z0-9]{6}", r"\d{6,18}"),
    "NG": Plan(r"\d{3}|\d{5,6}", r"\d{10}"),
    "US": Plan(r"\d{9}", r"\d{4,17}", _aba),
}
_TRANSIT = re.compile(
    r"(\d{5})-(\d{3})"
)  # on Canadian cheques; electronic: 0, bank, branch
_PARTS = re.compile(r"\s*[:/|,;]\s*|\s+")
_LOOKS = re.compile(r"[A-Z]{2}:[A-Z0-9-]{2,14}:[A-Z0-9-]{4,28}")


class BankAccount(IndicatorType):
    """`country:routing:number`. Never a bare number: it names no account.

    Leading zeros count, but where a country fills numbers up to one length. The country
    may also come as the region. What has an IBAN is another value: send that as `iban`.
    """

    name = IndicatorKind.BANK_ACCOUNT
    rank = 10
    length_max = 80
    examples: ClassVar = (
        ("US:021000021:000123456789", "US:021000021:000123456789"),
        ("us 0210-0002-1 000123456789", "US:021000021:000123456789"),
        ("GB 20-00-00 1234567", "GB:200000:01234567"),
        ("AU / 062-000 / 12345678", "AU:062000:12345678"),
        ("CA:00011-003:1234567", "CA:000300011:1234567"),
        ("IN:hdfc0000001:50100012345678", "IN:HDFC0000001:50100012345678"),
        ("JP:0001-001:1234567", "JP:0001001:1234567"),
    )
    region_examples: ClassVar[tuple[tuple[str, str, str], ...]] = (
        ("021000021 123456789", "US", "US:021000021:123456789"),
        ("20-00-00 12345678", "gb", "GB:200000:12345678"),
    )
    bad_examples: ClassVar = (
        "87654321",
        "021000021 123456789",
        "US:021000022:123456789",
        "US:000000000:123456789",
        "US:021000021:",
        "US:021000021:12345678901234567890",
        "GB:20-00-0:12345678",
        "ZZ:021000021:123456789",
        "CA:00011003:1234567",
        "JP:0001:0000",
        "US:021000021:123:456",
        "GB29NWBK60161331926819",
        "DE:37040044:0532013000\u00e9",
    )

    def normalise(self, text: str, *, region: str | None = None) -> str:
        country, routing, number = _parts(plain(text, self.length_max), region)
        plan = PLANS.get(country, ANYWHERE)
        if country == "CA" and (found := _TRANSIT.fullmatch(routing)):
            routing = f"0{found[2]}{found[1]}"
        routing, number = compact(routing).upper(), compact(number).upper()
        if not (routing + number).isascii() or not re.fullmatch(plan.routing, routing):
            raise BadValue("bad-routing", "The routing code is not one of its country.")
        if not plan.check(routing):
            raise BadValue("bad-checksum", "The routing code's check digit is wrong.")
        if not re.fullmatch(plan.number, number) or not number.strip("0"):
            raise BadValue(
                "bad-account", "The account number is not one of its country."
            )
        return f"{country}:{routing}:{number.zfill(plan.pad)}"

    def recognises(self, text: str) -> bool:
        return text[2:3] == ":" and _LOOKS.fullmatch(text) is not None


def _parts(text: str, region: str | None) -> tuple[str, str, str]:
    parts = _PARTS.split(text)
    if len(parts) == 2 and region:
        parts = [region, *parts]
    if len(parts) != 3:
        raise BadValue(
            "parts",
            "Write country, routing code and number, as in US:021000021:123456789;"
            " an IBAN is of type iban.",
        )
    country = parts[0].upper()
    if country not in SUPPORTED_REGIONS:
        raise BadValue("bad-country", "The country is no known ISO 3166 code.")
    return country, parts[1], parts[2]
