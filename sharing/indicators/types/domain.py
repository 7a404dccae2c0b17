"""Domain names: the full host name, never collapsed to the registered domain."""

import re
from typing import ClassVar

import can_ada

from sharing.indicators.types.base import BadValue, IndicatorType, plain
from sharing.vocabulary import IndicatorKind

NAME_MAX = 253
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_SHAPE = re.compile(rf"(?:{_LABEL}\.)+(?:[a-z]{{2,63}}|xn--[a-z0-9-]{{0,58}}[a-z0-9])")
_DOTTED_QUAD = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
# Characters that UTS 46 would let pass into a name although they are none of it.
_FOREIGN = re.compile(r"[/\\?#@:\[\]%<>^|\s]")
# More than one way to write the dot (IDNA 2003, section 3.1).
_DOTS = re.compile("[\u3002\uff0e\uff61]")


class Domain(IndicatorType):
    """Lower case, without a final dot, other scripts as A-labels (UTS 46)."""

    name = IndicatorKind.DOMAIN
    rank = 90
    examples: ClassVar = (
        ("evil.example", "evil.example"),
        ("EVIL.Example.", "evil.example"),
        ("www.evil.example", "www.evil.example"),
        ("a.b.evil.co.uk", "a.b.evil.co.uk"),
        ("faß.de", "xn--fa-hia.de"),
        ("paypa\u04cf.com", "xn--paypa-iof.com"),
        ("1.黑貓宅配.top", "1.xn--09s945i07cm1q.top"),
        ("XN--FA-HIA.de", "xn--fa-hia.de"),
        ("例え。jp", "xn--r8jz45g.jp"),
        ("ex_ample.com", "ex_ample.com"),
        ("☃.net", "xn--n3h.net"),
        ("\uff25\uff38AMPLE.com", "example.com"),
    )
    bad_examples: ClassVar = (
        "localhost",
        "com",
        "a..com",
        ".evil.com",
        "evil.com..",
        "-evil.com",
        "evil-.com",
        "evil.c",
        "evil.123",
        "192.0.2.1",
        "*.evil.com",
        "http://evil.com",
        "evil.com/path",
        "evil.com:80",
        "user@evil.com",
        "ex%41mple.com",
        "evil .com",
        "xn--zzzzzzzzzzzzzz.com",
        "a" * 64 + ".com",
        "a." * 130 + "com",
    )

    def normalise(self, text: str, *, region: str | None = None) -> str:
        text = plain(text)
        try:
            return host_name(text)
        except BadValue as error:
            raise _explained(text) or error from None

    def recognises(self, text: str) -> bool:
        return ("." in text or _DOTS.search(text) is not None) and " " not in text


def host_name(text: str) -> str:
    """The normal form of a host name with at least two labels, or BadValue."""
    name = text.lower() if text.isascii() else _to_ascii(text)
    name = name.removesuffix(".")
    if len(name) > NAME_MAX or _SHAPE.fullmatch(name) is None:
        raise BadValue("bad-domain", "This is no valid domain name.")
    if "xn--" in name:
        _check_alabels(name)
    return name


def _to_ascii(text: str) -> str:
    if _FOREIGN.search(text):
        raise BadValue("bad-domain", "This is no valid domain name.")
    return can_ada.idna_encode(text).decode("ascii")


def _check_alabels(name: str) -> None:
    if can_ada.idna_encode(name) != name.encode():
        raise BadValue("bad-idna", "The name's international part is not valid.")


def _explained(text: str) -> BadValue | None:
    """Say which other thing it is, where that is plain to see."""
    if "://" in text or "/" in text:
        return BadValue("is-url", "This is a URL; send it as type url.")
    if "@" in text:
        return BadValue("is-email", "This is an e-mail address; send it as type email.")
    if _DOTTED_QUAD.fullmatch(text):
        return BadValue("is-address", "This is an IP address; send it as type ipv4.")
    if text.startswith("*."):
        return BadValue("wildcard", "A wildcard names no single host.")
    if "." not in text and not _DOTS.search(text):
        return BadValue("no-dot", "A domain name has at least two labels.")
    return None
