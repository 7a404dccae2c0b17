"""Warninglists for who gives a hash: digests of the entries that are whole values.

Only equality can be seen in a digest: no host below an entry, no URL with a path, no
network, no expression; URLs of nothing but a host are known for all lists except the two
of a million names. Made once per process, type and version, when the first such hash
comes: of the package's lists 7 s and 60 MB for domains, 2 s for URLs, nothing to speak of
for the rest (measured on one core).
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import chain

from sharing.indicators.listindex import BIG, ListIndex
from sharing.indicators.misp_lists import HOSTS, MispList
from sharing.indicators.types import TYPES, BadValue
from sharing.tokens import scheme
from sharing.vocabulary import IndicatorKind

_OF_HOSTS = (IndicatorKind.DOMAIN, IndicatorKind.URL)
_FORMS: dict[str, tuple[str, ...]] = {
    IndicatorKind.URL: ("https://%s/", "http://%s/"),
}
SHORT = 8  # bytes of a digest; a wrong answer in 10^13 look-ups


class ListDigests:
    """What the lists say about digests of one type under one version."""

    def __init__(
        self, index: ListIndex, lists: Iterable[MispList], kind: str, nv: int
    ) -> None:
        """`lists` are those that `index` was made of: the longest are read again."""
        self._digest = _digester(kind, nv)
        self._forms = _FORMS.get(kind, ("%s",))
        self._equal: dict[bytes, tuple[int, int]] = {}
        self._big: list[tuple[int, array[int]]] = []
        for value, stop, bits in _entries(index, kind):
            for short in self._shorts(value):
                self._equal[short] = (stop, bits)
        if kind == IndicatorKind.DOMAIN:
            self._add_big(index, lists)

    def find(self, digest: bytes) -> tuple[int, int]:
        """The lists that stop the value and those that know it, as bits."""
        short = digest[:SHORT]
        stop, bits = self._equal.get(short, (0, 0))
        wanted = int.from_bytes(short, "big")
        for bit, shorts in self._big:
            at = bisect_left(shorts, wanted)
            if at < len(shorts) and shorts[at] == wanted:
                bits |= bit
        return stop, bits

    def _add_big(self, index: ListIndex, lists: Iterable[MispList]) -> None:
        for found in lists:
            bit = index.bit_of(found.name)
            if bit and len(found.entries) >= BIG and found.concerns(HOSTS):
                every = chain.from_iterable(map(self._shorts, found.entries))
                shorts = array("Q", sorted(int.from_bytes(s, "big") for s in every))
                self._big.append((bit, shorts))

    def _shorts(self, entry: str) -> Iterator[bytes]:
        for form in self._forms:
            with suppress(BadValue):
                yield self._digest(form % entry)[:SHORT]


def _entries(index: ListIndex, kind: str) -> Iterator[tuple[str, int, int]]:
    if kind in _OF_HOSTS:
        return index.hosts()
    if kind in (IndicatorKind.IPV4, IndicatorKind.IPV6):
        return (
            each for each in index.addresses() if (":" in each[0]) == (kind == "ipv6")
        )
    return index.values(kind)


def _digester(kind: str, nv: int) -> Callable[[str], bytes]:
    """Entries are in the normal form in use; earlier ones are made of them."""
    for former in TYPES[kind].previous:
        if former.nv == nv:
            make = former.normalise
            return lambda text: scheme.digest(kind, nv, make(text, None))
    return lambda text: scheme.digest(kind, nv, text)
