"""Values that mean something only within a namespace: `namespace:name`."""

import re
import unicodedata
from collections.abc import Callable, Mapping

from sharing.indicators.types.base import BadValue, plain
from sharing.indicators.types.email import Email
from sharing.indicators.types.phone import Phone

NAME_MAX = 320  # an e-mail address is the longest name that any of them uses
_WORD = re.compile(r"[a-z][a-z0-9_-]{0,30}")
_EMAIL, _PHONE = Email(), Phone()

Rule = Callable[[str], str]
"""Brings a name of one namespace into its normal form, or raises BadValue."""


def split(text: str, aliases: Mapping[str, str], length_max: int) -> tuple[str, str]:
    """Namespace and name of a text, compatible letters made one; or BadValue."""
    text = plain(text, length_max)
    if not text.isascii():
        text = plain(unicodedata.normalize("NFKC", text), length_max)
    word, colon, name = text.partition(":")
    word, name = word.strip().lower(), name.strip()
    if not colon or _WORD.fullmatch(word) is None:
        raise BadValue(
            "namespace-needed", "Write where the name is valid before it: where:name."
        )
    if not name:
        raise BadValue("empty", "The name after the colon is empty.")
    return aliases.get(word, word), name


def word_of(text: str) -> str:
    """What stands before the first colon, if it may be a namespace."""
    return text[:40].partition(":")[0].strip().lower()


def shaped(pattern: str, *, mark: str = "", keep_case: bool = False) -> Rule:
    """A rule for names of one shape; `mark` is a sign that some write before them."""
    shape = re.compile(pattern)

    def rule(name: str) -> str:
        name = name.removeprefix(mark) if mark else name
        name = name if keep_case else name.lower()
        if shape.fullmatch(name) is None:
            raise bad_name()
        return name

    return rule


def email(name: str) -> str:
    return _EMAIL.normalise(name)


def phone(name: str) -> str:
    """A number with its country code; the plus may be missing, as in links."""
    return _PHONE.normalise(f"+{name}" if name[:1].isdigit() else name)


def email_or_phone(name: str) -> str:
    return email(name) if "@" in name else phone(name)


def bad_name() -> BadValue:
    return BadValue("bad-name", "The name has not the shape of names there.")
