"""Identifiers of devices, with their kind before them."""

import re
from typing import ClassVar
from uuid import UUID

from sharing.indicators.types import namespaces
from sharing.indicators.types.base import BadValue, IndicatorType
from sharing.indicators.types.digits import compact, luhn
from sharing.indicators.types.namespaces import Rule, bad_name, shaped
from sharing.vocabulary import IndicatorKind

_IMEI = re.compile(r"[0-9]{15}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.IGNORECASE)
_MAC = re.compile(r"[0-9a-f]{12}")
_VENDOR = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+/=-]{3,199}")


def _imei(name: str) -> str:
    digits = compact(name).replace("/", "")
    if not digits.isascii() or _IMEI.fullmatch(digits) is None:
        raise bad_name()
    if not digits.strip("0"):
        raise _nobodys()
    if not luhn(digits):
        raise BadValue("bad-checksum", "The IMEI's check digit is wrong.")
    return digits


def _uuid(name: str) -> str:
    """An advertising identifier; all zeros stand for "no tracking"."""
    if _UUID.fullmatch(name) is None:
        raise bad_name()
    found = UUID(name)
    if not found.int:
        raise _nobodys()
    return str(found)


def _mac(name: str) -> str:
    digits = re.sub(r"[:.\-]", "", name).lower()
    if _MAC.fullmatch(digits) is None:
        raise bad_name()
    if digits in ("0" * 12, "f" * 12):
        raise _nobodys()
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


def _vendor(name: str) -> str:
    """What another vendor's fingerprint looks like is its own affair; case counts."""
    if _VENDOR.fullmatch(name) is None:
        raise bad_name()
    return name


def _nobodys() -> BadValue:
    return BadValue("null-device", "This identifier is the same for many devices.")


KINDS: dict[str, Rule] = {
    "android_id": shaped(r"(?!0{16})[0-9a-f]{16}"),
    "gaid": _uuid,
    "idfa": _uuid,
    "idfv": _uuid,
    "imei": _imei,
    "imsi": shaped(r"[1-9][0-9]{13,14}"),
    "mac": _mac,
}
ALIASES = {"aaid": "gaid", "adid": "gaid", "android-id": "android_id"}


class DeviceId(IndicatorType):
    """`kind:identifier`. Any word can be a kind if the type is given: a vendor's own."""

    name = IndicatorKind.DEVICE_ID
    rank = 13
    length_max = 260
    examples: ClassVar = (
        ("imei:49-015420-323751-8", "imei:490154203237518"),
        (
            "IDFA:6D92078A-8246-4BA4-AE5B-76104861E7DC",
            "idfa:6d92078a-8246-4ba4-ae5b-76104861e7dc",
        ),
        (
            "aaid:6d92078a82464ba4ae5b76104861e7dc",
            "gaid:6d92078a-8246-4ba4-ae5b-76104861e7dc",
        ),
        ("android_id:9774D56D682E549C", "android_id:9774d56d682e549c"),
        ("mac:00-1B-63-84-45-E6", "mac:00:1b:63:84:45:e6"),
        ("imsi:234150999999999", "imsi:234150999999999"),
    )
    stated_examples: ClassVar = (("fingerprintco:AbCd1234", "fingerprintco:AbCd1234"),)
    bad_examples: ClassVar = (
        "490154203237518",
        "imei:490154203237519",
        "imei:000000000000000",
        "idfa:00000000-0000-0000-0000-000000000000",
        "idfa:6D92078A",
        "mac:00:00:00:00:00:00",
        "mac:00-1B-63-84-45",
        "android_id:0000000000000000",
        "imsi:12",
        "vendor:a b c d",
        "00:1b:63:84:45:e6",
        "device",
    )

    def normalise(self, text: str, *, region: str | None = None) -> str:
        kind, name = namespaces.split(text, ALIASES, self.length_max)
        return f"{kind}:{KINDS.get(kind, _vendor)(name)}"

    def recognises(self, text: str) -> bool:
        if ":" not in text:
            return False
        word = namespaces.word_of(text)
        return word in KINDS or word in ALIASES
