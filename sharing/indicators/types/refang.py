"""Undo the ways in which people write a value so that nobody clicks on it."""

import re

# Runs of space are bounded: otherwise long ones would take quadratic time.
_SCHEME = re.compile(
    r"^(?P<name>h[tx]{2}p|fxp|ftp|meow)(?P<secure>s?)"
    r"\s{0,8}\[?\s{0,8}:\s{0,8}\]?\s{0,8}(?:\[?/\]?){2}\]?",
    re.IGNORECASE,
)
_DOT = re.compile(
    r"\s{0,8}(?:\[\s?(?:\.|dot)\s?\]|\(\s?(?:\.|dot)\s?\)|\{\s?(?:\.|dot)\s?\})\s{0,8}",
    re.IGNORECASE,
)
_HALF_DOT = re.compile(r"\[\.|\.\]|\\\.")
_AT = re.compile(
    r"\s{0,8}(?:\[(?:@|at)\]|\((?:@|at)\)|\{(?:@|at)\})\s{0,8}", re.IGNORECASE
)
_COLON = re.compile(r"\[:\]")
_PATH = re.compile(r"[/?#]")
_NAMES = {"hxxp": "http", "htxp": "http", "hxtp": "http", "meow": "http", "fxp": "ftp"}
_MARKS = ("[", "(", "{", "\\")


def refang(text: str) -> str:
    """The text as it was before it was defanged; what is not defanged stays as it is.

    Only scheme and host are touched: brackets in a path belong to the path. A dot with
    bare space around it is left alone, for a guess must not invent a value.
    """
    text = _unwrapped(text.strip())
    scheme, rest = _scheme(text)
    cut = _PATH.search(rest)
    end = cut.start() if cut else len(rest)
    return scheme + _host(rest[:end]) + rest[end:]


def _unwrapped(text: str) -> str:
    """Quotes and angle brackets around the whole are punctuation."""
    if len(text) > 2 and (text[0], text[-1]) in {("<", ">"), ('"', '"'), ("'", "'")}:
        return text[1:-1].strip()
    return text


def _scheme(text: str) -> tuple[str, str]:
    found = _SCHEME.match(text)
    if found is None:
        return "", text
    name = found["name"].lower()
    return f"{_NAMES.get(name, name)}{found['secure'].lower()}://", text[found.end() :]


def _host(text: str) -> str:
    if not any(mark in text for mark in _MARKS) and ".]" not in text:
        return text
    text = _DOT.sub(".", text)
    text = _HALF_DOT.sub(".", text)
    text = _AT.sub("@", text)
    return _COLON.sub(":", text)
