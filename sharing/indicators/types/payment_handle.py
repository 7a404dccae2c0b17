"""Names under which payment services know a payee, with the service before them."""

import re
from typing import ClassVar
from uuid import UUID

from sharing.indicators.types import namespaces
from sharing.indicators.types.base import BadValue, IndicatorType
from sharing.indicators.types.digits import compact
from sharing.indicators.types.namespaces import Rule, shaped
from sharing.vocabulary import IndicatorKind

_CPF, _CNPJ = re.compile(r"[0-9]{11}"), re.compile(r"[0-9]{14}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def _pix(name: str) -> str:
    """A key of Pix: e-mail, phone, random UUID, or a tax number (CPF, CNPJ)."""
    if "@" in name:
        return namespaces.email(name)
    if name.startswith("+"):
        return namespaces.phone(name)
    if _UUID.fullmatch(name):
        return str(UUID(name))
    digits = compact(name).replace("/", "")
    if not digits.isascii() or not (_cpf(digits) or _cnpj(digits)):
        raise BadValue(
            "bad-name",
            "A Pix key is an e-mail address, a phone number with +, a UUID, a CPF or"
            " a CNPJ.",
        )
    return digits


def _cpf(digits: str) -> bool:
    if _CPF.fullmatch(digits) is None or digits == digits[0] * 11:
        return False
    return all(_mod11(digits[:n], range(n + 1, 1, -1)) == digits[n] for n in (9, 10))


def _cnpj(digits: str) -> bool:
    if _CNPJ.fullmatch(digits) is None or digits == digits[0] * 14:
        return False
    weights = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]
    return all(_mod11(digits[:n], weights[-n:]) == digits[n] for n in (12, 13))


def _mod11(digits: str, weights: range | list[int]) -> str:
    rest = sum(int(c) * w for c, w in zip(digits, weights, strict=True)) % 11
    return str(11 - rest if rest > 1 else 0)


def _paypal(name: str) -> str:
    return namespaces.email(name) if "@" in name else _PAYPAL_ME(name)


_PAYPAL_ME = shaped(r"[a-z0-9]{1,20}")
SERVICES: dict[str, Rule] = {
    "cashapp": shaped(r"(?=[^a-z]{0,19}[a-z])[a-z0-9_-]{1,20}", mark="$"),
    "interac": namespaces.email_or_phone,
    "paypal": _paypal,
    "pix": _pix,
    "revolut": shaped(r"[a-z0-9]{3,16}", mark="@"),
    "upi": shaped(r"[a-z0-9][a-z0-9._-]{1,63}@[a-z][a-z0-9]{1,31}"),
    "venmo": shaped(r"[a-z0-9_-]{5,30}", mark="@"),
    "wise": shaped(r"[a-z0-9.]{3,40}", mark="@"),
    "zelle": namespaces.email_or_phone,
}
ALIASES = {"cash_app": "cashapp", "cash-app": "cashapp", "vpa": "upi"}
# ASCII: otherwise a long s, or the sign for kelvin, would pass for a letter.
_LINK = re.compile(
    r"(?:https?://)?(?:www\.)?"
    r"(?P<host>paypal\.me|paypal\.com/paypalme|cash\.app|venmo\.com/u|wise\.com/pay/me"
    r"|revolut\.me)/(?P<name>[^/?#\s]{1,64})/?",
    re.ASCII | re.IGNORECASE,
)
_LINKED = {
    "paypal.me": "paypal",
    "paypal.com/paypalme": "paypal",
    "cash.app": "cashapp",
    "venmo.com/u": "venmo",
    "wise.com/pay/me": "wise",
    "revolut.me": "revolut",
}
_UPI_LINK = re.compile(
    r"upi://pay/?\?(?:[^#\s]*&)?pa=([^&#\s]{1,128})[^\s]*", re.IGNORECASE
)


class PaymentHandle(IndicatorType):
    """`service:name`, in lower case. A payment link says the same if it is sent as one."""

    name = IndicatorKind.PAYMENT_HANDLE
    rank = 11
    length_max = 360
    examples: ClassVar = (
        ("upi:Scam.Pay@okaxis", "upi:scam.pay@okaxis"),
        ("upi://pay?pa=scam@ybl&pn=Scam", "upi:scam@ybl"),
        ("PayPal: Scam@evil.example", "paypal:scam@evil.example"),
        ("https://www.paypal.me/ScamShop", "paypal:scamshop"),
        ("cashapp:$ScamTag", "cashapp:scamtag"),
        ("https://cash.app/$ScamTag", "cashapp:scamtag"),
        ("pix:529.982.247-25", "pix:52998224725"),
        ("pix:11.222.333/0001-81", "pix:11222333000181"),
        ("pix:+55 11 91234-5678", "pix:+5511912345678"),
        (
            "pix:123E4567-E89B-12D3-A456-426614174000",
            "pix:123e4567-e89b-12d3-a456-426614174000",
        ),
        ("venmo:@Scam-Shop", "venmo:scam-shop"),
        ("zelle:+1 202 555 0143", "zelle:+12025550143"),
        ("interac:scam@evil.example", "interac:scam@evil.example"),
        ("revolut:@scamshop", "revolut:scamshop"),
        ("wise:@scams12", "wise:scams12"),
    )
    bad_examples: ClassVar = (
        "scam@okaxis",
        "$scamtag",
        "upi:scam",
        "upi:scam@evil.example",
        "pix:52998224724",
        "pix:11111111111",
        "paypal:",
        "cashapp:$12345",
        "zelle:scam",
        "bank:scam",
        "https://evil.example/scam",
        "upi://pay?pn=Scam",
    )

    def normalise(self, text: str, *, region: str | None = None) -> str:
        service, name = namespaces.split(
            _unlinked(text.strip()), ALIASES, self.length_max
        )
        if service not in SERVICES:
            raise BadValue(
                "unknown-service",
                "The service is none of: " + ", ".join(SERVICES) + ".",
            )
        return f"{service}:{SERVICES[service](name)}"

    def recognises(self, text: str) -> bool:
        return ":" in text and _known(namespaces.word_of(text))


def _known(word: str) -> bool:
    return word in SERVICES or word in ALIASES


def _unlinked(text: str) -> str:
    if len(text) > PaymentHandle.length_max:
        return text
    if found := _UPI_LINK.fullmatch(text):
        return "upi:" + found[1].replace("%40", "@")
    if found := _LINK.fullmatch(text):
        return f"{_LINKED[found['host'].lower()]}:{found['name']}"
    return text
