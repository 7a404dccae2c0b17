"""All types, and reading a value whose type may have to be guessed."""

import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from itertools import groupby
from operator import attrgetter

from sharing.indicators import types
from sharing.indicators.types.base import BadValue, IndicatorType, Parsed, plain
from sharing.indicators.types.refang import refang


def _found() -> Iterator[IndicatorType]:
    """One of each class with a name: a type is there as soon as its file is."""
    for module in pkgutil.iter_modules(types.__path__, f"{types.__name__}."):
        if module.name == __name__:
            continue
        for each in vars(import_module(module.name)).values():
            if (
                isinstance(each, type)
                and issubclass(each, IndicatorType)
                and each.__module__ == module.name
                and "name" in vars(each)
            ):
                yield each()


_ALL = sorted(_found(), key=attrgetter("rank", "name"))
TYPES: dict[str, IndicatorType] = {kind.name.value: kind for kind in _ALL}
# Types of one rank are alike: what looks like two of them is never guessed.
_RANKS = [tuple(kinds) for _, kinds in groupby(_ALL, attrgetter("rank"))]

# A line of a hosts file: a sinkhole address, then the name it hides.
_HOSTS_LINE = re.compile(r"(?:0\.0\.0\.0|127\.0\.0\.1|::1?)\s+(\S+)(?:\s+#.*)?")
_SINKHOLE_STARTS = ("0", "1", ":")


def read_value(text: str, *, kind: str | None, region: str | None = None) -> Parsed:
    """The value in its normal form, or BadValue; without `kind` the type is guessed.

    The text may be defanged, or a line of a hosts file.
    """
    text = refang(plain(_without_sinkhole(text)))
    found = _named(kind or guess(text).name)
    try:
        canonical = found.normalise(text, region=region)
    except BadValue as bad:
        bad.kind, bad.guessed = found.name.value, not kind
        raise
    older = tuple(found.older(text, region=region))
    return Parsed(found.name.value, found.nv, canonical, not kind, older)


def _without_sinkhole(text: str) -> str:
    line = text.strip()
    if line[:1] in _SINKHOLE_STARTS and (found := _HOSTS_LINE.fullmatch(line)):
        return found[1]
    return text


def guess(text: str) -> IndicatorType:
    """The type that a bare text looks like, or BadValue; never one of several."""
    length = len(text)
    for rank in _RANKS:
        for kind in rank:
            if length <= kind.length_max and kind.recognises(text):
                return _alone(kind, rank, text)
    raise BadValue("unrecognised", "The value is of no type that the hub knows.")


def _alone(
    first: IndicatorType, rank: tuple[IndicatorType, ...], text: str
) -> IndicatorType:
    """The first type that recognises a text, if there is no doubt about it."""
    alike = [kind for kind in rank if kind is first or kind.recognises(text)]
    if len(alike) == 1 and not first.mistakable(text):
        return first
    names = ", ".join(kind.name.value for kind in alike)
    raise BadValue(
        "ambiguous",
        f"It is not sure what this is ({names}, or something else): name the type.",
    )


def hash_only(kind: str) -> bool:
    """Whether the clear value must never be kept; of what is not known, it must not."""
    found = TYPES.get(kind)
    return found is None or found.hash_only


def _named(kind: str) -> IndicatorType:
    found = TYPES.get(kind)
    if found is None:
        raise BadValue("unknown-type", "There is no such type of indicator.")
    return found
