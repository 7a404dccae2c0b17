"""E-mail addresses, compared without regard to case."""

import re
import unicodedata
from typing import ClassVar

from email_validator import EmailNotValidError, validate_email

from sharing.indicators.types.base import BadValue, IndicatorType, plain
from sharing.indicators.types.domain import host_name
from sharing.vocabulary import IndicatorKind

_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ORDINARY = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_BARE = re.compile(r"[^/@\s]+@[^/@\s]+")
LOCAL_MAX = 64  # octets (RFC 5321, section 4.5.3.1)
ADDRESS_MAX = 254


class Email(IndicatorType):
    """NFKC and lower case, dots and tags kept; the domain as the domain type has it.

    Providers that ignore dots or tags differ from each other, so the hub does not
    guess: the same mailbox written in another way is another value.
    """

    name = IndicatorKind.EMAIL
    rank = 35
    examples: ClassVar = (
        ("scam@evil.example", "scam@evil.example"),
        ("Foo.Bar+tag@GMAIL.com", "foo.bar+tag@gmail.com"),
        ("mailto:Scam@evil.example?subject=Hi", "scam@evil.example"),
        ("user@bücher.example.com", "user@xn--bcher-kva.example.com"),
        ("\uff46oo@example.org", "foo@example.org"),
        ("Jürgen@example.org", "jürgen@example.org"),
        ("o'neil@evil.example.", "o'neil@evil.example"),
    )
    bad_examples: ClassVar = (
        "scam",
        "@evil.com",
        "scam@",
        "scam@localhost",
        "a@b@evil.com",
        ".scam@evil.com",
        "sc..am@evil.com",
        "sc am@evil.com",
        '"sc am"@evil.com',
        "scam@192.0.2.1",
        "x" * 65 + "@evil.com",
    )

    def normalise(self, text: str, *, region: str | None = None) -> str:
        text = plain(text)
        if text[:7].lower() == "mailto:":
            text = text[7:].partition("?")[0]
        if not text.isascii():
            text = plain(unicodedata.normalize("NFKC", text))
        local, at, domain = text.rpartition("@")
        if not (at and local and domain):
            raise BadValue("bad-email", "This is no valid e-mail address.")
        name = host_name(domain)
        address = f"{_local(local, name)}@{name}"
        if len(address) > ADDRESS_MAX:
            raise BadValue("too-long", "The e-mail address is too long.")
        return address

    def recognises(self, text: str) -> bool:
        if "@" not in text:
            return False
        return text[:7].lower() == "mailto:" or _BARE.fullmatch(text) is not None


def _local(local: str, name: str) -> str:
    lower = local.lower()
    if len(lower.encode()) > LOCAL_MAX:
        raise BadValue("too-long", "The part before the @ is too long.")
    if _ORDINARY.fullmatch(lower):
        return lower
    try:
        found = validate_email(
            f"{unicodedata.normalize('NFKC', lower)}@{name}",
            check_deliverability=False,
            test_environment=True,
        )
    except EmailNotValidError:
        # `from None`: the library's message quotes characters of the address
        raise BadValue("bad-email", "This is no valid e-mail address.") from None
    return found.local_part
