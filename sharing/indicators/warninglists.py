"""Warninglists: what must not be released, and what is shared with the innocent.

Only three kinds of list stop a line: top-site lists of at most TOP_MAX entries, the bank
list, and the list of common contact addresses. A domain stops when it equals an entry
letter by letter (`www.` counts); a URL when its host does and it has no path, query or
port of its own; an e-mail address when it is a common contact address. A host *below* an
entry, a URL with a path, and every other list only annotate: a scammer's page on a
platform is no reason to lose the claim, nor to block the platform.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from sharing.indicators.listdigests import ListDigests
from sharing.indicators.listindex import ListIndex
from sharing.indicators.misp_lists import (
    ListFileError,
    MispList,
    folder_lists,
    package_lists,
)
from sharing.indicators.types import Parsed
from sharing.vocabulary import IndicatorKind


class Verdict(NamedTuple):
    """Why a line stops (a sentence that names the list), and lists that annotate it."""

    stop: str | None
    annotations: tuple[str, ...]


class Summary(NamedTuple):
    """What is loaded: lists, entries, and lists left out with the reason."""

    lists: int
    entries: int
    skipped: tuple[tuple[str, str], ...]


CLEAN = Verdict(None, ())


def check(parsed: Parsed) -> Verdict:
    """What the warninglists say about a value in its normal form."""
    return _check(_loaded(settings.WARNINGLISTS_DIR), parsed)


def check_digest(kind: str, nv: int, digest: bytes) -> Verdict:
    """What they say about a value known by its digest alone: only of whole entries."""
    stop, lists = _digests(settings.WARNINGLISTS_DIR, kind, nv).find(digest)
    return _verdict(_loaded(settings.WARNINGLISTS_DIR), stop, lists)


def checker() -> Callable[[Parsed], Verdict]:
    """`check` for a whole batch."""
    index = _loaded(settings.WARNINGLISTS_DIR)
    return lambda parsed: _check(index, parsed)


def summary() -> Summary:
    index = _loaded(settings.WARNINGLISTS_DIR)
    return Summary(len(index.names), index.entries, tuple(index.skipped))


@lru_cache(maxsize=2)
def _loaded(folder: Path | None) -> ListIndex:
    """The package's lists and those of `folder`, once per process."""
    index = ListIndex()
    for found in _lists(folder):
        index.add(found)
    return index


@lru_cache(maxsize=64)
def _digests(folder: Path | None, kind: str, nv: int) -> ListDigests:
    return ListDigests(_loaded(folder), _lists(folder), kind, nv)


def _lists(folder: Path | None) -> Iterator[MispList]:
    try:
        yield from package_lists()
        yield from folder_lists(Path(folder)) if folder else ()
    except ListFileError as error:
        raise ImproperlyConfigured(f"ACCORD_WARNINGLISTS_DIR: {error}") from error


def _check(index: ListIndex, parsed: Parsed) -> Verdict:
    kind, value = parsed.kind, parsed.canonical
    if kind == IndicatorKind.DOMAIN:
        return _verdict(index, index.stopping_host(value), index.lists_of_host(value))
    if kind == IndicatorKind.URL:
        return _check_url(index, value)
    if kind == IndicatorKind.EMAIL:
        return _verdict(index, index.stopping_mail(value), index.lists_of_mail(value))
    if kind in (IndicatorKind.IPV4, IndicatorKind.IPV6):
        return _verdict(index, 0, index.lists_of_address(value))
    return _verdict(index, 0, index.lists_of_value(kind, value))


def _check_url(index: ListIndex, value: str) -> Verdict:
    """A normal form has no user and no fragment, and always a path."""
    authority, _, path = value.partition("://")[2].partition("/")
    host, port = _split_port(authority)
    if host[0] == "[" or host.rpartition(".")[2].isdigit():
        return _verdict(index, 0, index.lists_of_address(host.strip("[]")))
    stop = 0 if path or port else index.stopping_host(host)
    return _verdict(index, stop, index.lists_of_host(host))


def _split_port(authority: str) -> tuple[str, str]:
    if authority[0] == "[":
        host, _, port = authority.partition("]")
        return f"{host}]", port[1:]
    host, _, port = authority.partition(":")
    return host, port


def _verdict(index: ListIndex, stop: int, lists: int) -> Verdict:
    if not stop and not lists:
        return CLEAN
    return _written(index, stop, lists)


@lru_cache(maxsize=8192)
def _written(index: ListIndex, stop: int, lists: int) -> Verdict:
    """Few combinations of lists occur, so each is put into words once."""
    sentence = None
    if stop:
        name = index.named(stop)[0]
        sentence = f"It stands on the warninglist “{name}”: blocking it hits others."
    return Verdict(sentence, index.named(lists))
