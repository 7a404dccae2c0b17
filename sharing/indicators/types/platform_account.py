"""Accounts on platforms, with the platform before them."""

import re
import unicodedata
from typing import ClassVar

from sharing.indicators.types import namespaces
from sharing.indicators.types.base import IndicatorType
from sharing.indicators.types.namespaces import Rule, bad_name, shaped
from sharing.indicators.types.refang import refang
from sharing.vocabulary import IndicatorKind

_CHANNEL = re.compile(r"UC[A-Za-z0-9_-]{22}")
_YOUTUBE = shaped(r"[\w.\u00b7-]{3,60}", mark="@")
_UNSEEN = {"Cc", "Cf", "Co", "Cs"}  # categories: names that look alike must be alike
_ANYWHERE = re.compile(r"[^\s/?#@:]+(?:[@#:][^\s/?#@:]+)?")


def _youtube(name: str) -> str:
    """The id of a channel keeps its case; a handle has none."""
    return name if _CHANNEL.fullmatch(name) else _YOUTUBE(name)


def _signal(name: str) -> str:
    return namespaces.phone(name) if name[:1] == "+" else _SIGNAL(name)


def _anywhere(name: str) -> str:
    """A platform that is not known may tell apart what differs in case only."""
    name = name.removeprefix("@")
    if len(name) > namespaces.NAME_MAX or _ANYWHERE.fullmatch(name) is None:
        raise bad_name()
    if refang(name) != name:  # else it would be another name when it is read again
        raise bad_name()
    if not name.isascii() and _UNSEEN & set(map(unicodedata.category, name)):
        raise bad_name()
    return name


_SIGNAL = shaped(r"[a-z_][a-z0-9_]{2,31}\.[0-9]{2,9}")
PLATFORMS: dict[str, Rule] = {
    "discord": shaped(r"[a-z0-9_.]{2,32}|[0-9]{17,20}", mark="@"),
    "facebook": shaped(r"[a-z0-9.]{2,50}", mark="@"),
    "instagram": shaped(r"[a-z0-9._]{1,30}", mark="@"),
    "linkedin": shaped(r"[\w%-]{3,100}", mark="@"),
    "reddit": shaped(r"[a-z0-9_-]{3,20}", mark="u/"),
    "signal": _signal,
    "snapchat": shaped(r"[a-z][a-z0-9._-]{1,14}[a-z0-9]", mark="@"),
    "telegram": shaped(r"[a-z][a-z0-9_]{3,31}|-?[0-9]{5,20}", mark="@"),
    "threads": shaped(r"[a-z0-9._]{1,30}", mark="@"),
    "tiktok": shaped(r"[a-z0-9._]{2,24}", mark="@"),
    "whatsapp": namespaces.phone,
    "x": shaped(r"[a-z0-9_]{1,15}|[0-9]{5,20}", mark="@"),
    "youtube": _youtube,
}
ALIASES = {"twitter": "x", "fb": "facebook", "ig": "instagram", "tg": "telegram"}
# ASCII: otherwise a long s, or the sign for kelvin, would pass for a letter.
_LINK = re.compile(
    r"(?:https?://)?(?:www\.|m\.)?(?P<host>t\.me|telegram\.me|wa\.me|instagram\.com"
    r"|x\.com|twitter\.com|tiktok\.com|facebook\.com|threads\.net|reddit\.com/user"
    r"|linkedin\.com/in|youtube\.com/channel|youtube\.com(?=/@))"
    r"/(?P<name>[^/?#\s]{1,128})/?",
    re.ASCII | re.IGNORECASE,
)
_LINKED = {
    "t.me": "telegram",
    "telegram.me": "telegram",
    "wa.me": "whatsapp",
    "instagram.com": "instagram",
    "x.com": "x",
    "twitter.com": "x",
    "tiktok.com": "tiktok",
    "facebook.com": "facebook",
    "threads.net": "threads",
    "reddit.com/user": "reddit",
    "linkedin.com/in": "linkedin",
    "youtube.com/channel": "youtube",
    "youtube.com": "youtube",
}
# Words that such a link holds in the place of an account.
_NO_NAMES = frozenset(
    "joinchat share sharer sharer.php intent login profile.php groups pages watch home"
    " explore search hashtag status messages settings p reel reels stories".split()
)


class PlatformAccount(IndicatorType):
    """`platform:account`; on platforms that are known in the form they compare by.

    Any word can be a platform if the type is given; a link says the same if it is sent
    as an account.
    """

    name = IndicatorKind.PLATFORM_ACCOUNT
    rank = 12
    length_max = 360
    examples: ClassVar = (
        ("telegram:@Scam_Support", "telegram:scam_support"),
        ("tg:123456789", "telegram:123456789"),
        ("https://t.me/Scam_Support", "telegram:scam_support"),
        ("twitter:@Scam", "x:scam"),
        ("facebook:100012345678901", "facebook:100012345678901"),
        ("Instagram: scam.shop", "instagram:scam.shop"),
        ("whatsapp:+44 20 7946 0958", "whatsapp:+442079460958"),
        ("https://wa.me/442079460958", "whatsapp:+442079460958"),
        ("youtube:UCabcdefghijklmnopqrstuv", "youtube:UCabcdefghijklmnopqrstuv"),
        ("youtube:@Scam.Channel", "youtube:scam.channel"),
        ("https://www.tiktok.com/@scam.shop", "tiktok:scam.shop"),
        ("signal:scam.42", "signal:scam.42"),
        ("snapchat:scam_er", "snapchat:scam_er"),
    )
    stated_examples: ClassVar = (
        ("tinder:AbC123", "tinder:AbC123"),
        ("mastodon:@Scam@evil.example", "mastodon:Scam@evil.example"),
    )
    bad_examples: ClassVar = (
        "@scam",
        "scam",
        "telegram:",
        "telegram:@a b",
        "telegram:+AbCdEfGhIjK",
        "whatsapp:scam",
        "x:this_name_is_too_long",
        "1:scam",
        "https://t.me/joinchat/AAAAAE",
        "https://t.me/joinchat",
        "https://evil.example/scam",
        "tinder:a/b",
        "tinder:scam\u200ber",
        "tinder:scam\\.[.]",
    )

    def normalise(self, text: str, *, region: str | None = None) -> str:
        platform, name = namespaces.split(
            _unlinked(text.strip()), ALIASES, self.length_max
        )
        return f"{platform}:{PLATFORMS.get(platform, _anywhere)(name)}"

    def recognises(self, text: str) -> bool:
        if ":" not in text:
            return False
        word = namespaces.word_of(text)
        named = word in PLATFORMS or word in ALIASES
        return named and text.partition(":")[2][:2] != "//"


def _unlinked(text: str) -> str:
    if len(text) > PlatformAccount.length_max:
        return text
    found = _LINK.fullmatch(text)
    if found is None or found["name"].lower() in _NO_NAMES:
        return text
    return f"{_LINKED[found['host'].lower()]}:{found['name']}"
