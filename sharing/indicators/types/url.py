"""URLs as the WHATWG standard writes them, without what identifies nothing."""

import re
from typing import ClassVar

import can_ada

from sharing.indicators.types.base import LENGTH_MAX, BadValue, IndicatorType, plain
from sharing.indicators.types.domain import host_name
from sharing.vocabulary import IndicatorKind

PROTOCOLS = frozenset({"http:", "https:", "ftp:"})
_SCHEME = re.compile(r"(?:https?|ftp):", re.IGNORECASE)
# host, maybe a port, then the end or a path: what people write without a scheme
_BARE = re.compile(r"(?:[^/?#@:\[\]\s]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?(?:[/?#].*)?")
_PORT = re.compile(r"[^/?#@:\s]+:\d{1,5}")
_IPV4 = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")


class Url(IndicatorType):
    """Scheme and host in lower case, default port, user, password and fragment gone.

    Path and query keep their letters: they tell pages apart. A URL never collapses to
    its host. Without a scheme it is taken for http.
    """

    name = IndicatorKind.URL
    rank = 60
    examples: ClassVar = (
        ("http://evil.example/a", "http://evil.example/a"),
        ("HTTPS://Evil.Example:443", "https://evil.example/"),
        ("www.facebook.com/wceiclub", "http://www.facebook.com/wceiclub"),
        ("evil.example:8080", "http://evil.example:8080/"),
        ("//evil.example/x", "http://evil.example/x"),
        ("http://user:pw@evil.example/#top", "http://evil.example/"),
        ("http://evil.example./x", "http://evil.example/x"),
        ("http://evil.example/a/../B?q=A b", "http://evil.example/B?q=A%20b"),
        ("http://3279880203/blah", "http://195.127.0.11/blah"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://[2001:DB8::1]/x", "http://[2001:db8::1]/x"),
        ("http://ex%41mple.com", "http://example.com/"),
        ("http://faß.de/ß", "http://xn--fa-hia.de/%C3%9F"),
        ("http://ex_ample.com/", "http://ex_ample.com/"),
        ("ftp://evil.example/setup.exe", "ftp://evil.example/setup.exe"),
    )
    bad_examples: ClassVar = (
        "http://",
        "http://localhost/",
        "http://256.1.1.1/",
        "http://a..com/",
        "javascript:alert(1)",
        "mailto:user@evil.com",
        "data:text/html,x",
        "tg://resolve?domain=evil",
        "user@evil.com/path",
        "http://exa\tmple.com/",
        "http://xn--zzzzzzzzzzzzzz.com/",
        "not a url",
    )

    def normalise(self, text: str, *, region: str | None = None) -> str:
        try:
            url = can_ada.parse(_with_scheme(plain(text)))
        except ValueError as error:
            if isinstance(error, BadValue):
                raise
            raise BadValue("bad-url", "This is no valid URL.") from None
        if url.protocol not in PROTOCOLS or not url.hostname:
            raise BadValue("bad-scheme", "A URL here is http, https or ftp.")
        _strip(url)
        href = url.href
        if len(href) > LENGTH_MAX:
            raise BadValue("too-long", f"A URL has at most {LENGTH_MAX} characters.")
        return href

    def recognises(self, text: str) -> bool:
        if "://" in text or _SCHEME.match(text):
            return True
        if "/" in text or "?" in text or "#" in text:
            return _BARE.fullmatch(text.removeprefix("//")) is not None
        return ":" in text and _PORT.fullmatch(text) is not None


def _with_scheme(text: str) -> str:
    if _SCHEME.match(text):
        return text
    bare = text.removeprefix("//")
    if _BARE.fullmatch(bare) is None:
        raise BadValue("bad-url", "This is no valid URL.")
    return f"http://{bare}"


def _strip(url: can_ada.URL) -> None:
    if url.has_credentials():
        url.username = url.password = ""
    if url.has_hash():
        url.hash = ""
    host = url.hostname
    if host.startswith("[") or _IPV4.fullmatch(host):
        return
    name = host_name(host)
    if name != host:
        url.hostname = name
