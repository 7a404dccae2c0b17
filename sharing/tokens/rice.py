"""Sorted whole numbers, Rice-coded: how a filter of a million prefixes fits in 3.7 MB.

Layout: version (1 byte), parameter k (1), count (4, big-endian), first number (8), then
for each further one its distance to the one before, less one: the part above k bits in
unary (ones, then a zero), the lower k bits after it, most significant first; the last
byte is filled up with zeros. Numbers are below 2**48 and strictly rise.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import pairwise
from math import log, log2

NUMBER_BITS = 48
PREFIX_BYTES = NUMBER_BITS // 8
COUNT_MAX = 2**32 - 1

_VERSION = 1
_HEAD = 14
_LIMIT = 1 << NUMBER_BITS
_PIECE = 8192  # bytes that are looked at as bits at a time
_AT_ONCE = 4096  # numbers


class BadCodingError(ValueError):
    """The bytes are no set of numbers in this coding."""


def prefix(tag: bytes) -> int:
    """The first 48 bits of a token or an otag: what stands for it in a filter."""
    return int.from_bytes(tag[:PREFIX_BYTES], "big")


def checksum(numbers: Iterable[int]) -> bytes:
    """SHA-256 over the numbers in order, 6 bytes each, big-endian."""
    found = sha256()
    for number in numbers:
        found.update(number.to_bytes(PREFIX_BYTES, "big"))
    return found.digest()


def holds(numbers: Sequence[int], number: int) -> bool:
    """Whether a sorted set has a number."""
    place = bisect_left(numbers, number)
    return place < len(numbers) and numbers[place] == number


def encode(numbers: Sequence[int]) -> bytes:
    """A sorted set without doubles as bytes: 29.6 bits a number for a random million."""
    if not numbers:
        return _head(0, 0, 0)
    if not (numbers[0] >= 0 and numbers[-1] < _LIMIT and len(numbers) <= COUNT_MAX):
        raise BadCodingError("A number is below 2**48.")
    k = _parameter(numbers)
    return _head(k, len(numbers), numbers[0]) + b"".join(_packed(numbers, k))


def decode(coded: bytes) -> list[int]:
    """The numbers, or BadCodingError: there is one coding of a set with a given k."""
    if len(coded) < _HEAD or coded[0] != _VERSION:
        raise BadCodingError("This is no set in coding 1.")
    k, count = coded[1], int.from_bytes(coded[2:6], "big")
    first = int.from_bytes(coded[6:_HEAD], "big")
    if not count:
        if coded != _head(0, 0, 0):
            raise BadCodingError("An empty set has nothing in it.")
        return []
    if k >= NUMBER_BITS or first >= _LIMIT:
        raise BadCodingError("A number is below 2**48.")
    if (count - 1) * (k + 1) > 8 * (len(coded) - _HEAD):
        raise BadCodingError("The set is cut off.")
    return _unpacked(_Bits(coded), k, count, first)


def changed(
    numbers: Sequence[int], additions: Iterable[int], removals: Iterable[int]
) -> list[int]:
    """The set after a change; removals are places in the set before it.

    BadCodingError if a place is not there, or something is added that is.
    """
    gone = set(removals)
    if gone and not (min(gone) >= 0 and max(gone) < len(numbers)):
        raise BadCodingError("Something is removed that is not there.")
    kept = [each for place, each in enumerate(numbers) if place not in gone]
    added = list(additions)
    result = sorted(kept + added)
    if any(one == other for one, other in pairwise(result)):
        raise BadCodingError("Something is added that is there already.")
    return result


def difference(old: Sequence[int], new: Sequence[int]) -> tuple[list[int], list[int]]:
    """What `changed` needs to make `new` of `old`: additions, and places of removals."""
    before, after = set(old), set(new)
    removals = [place for place, each in enumerate(old) if each not in after]
    return [each for each in new if each not in before], removals


def _head(k: int, count: int, first: int) -> bytes:
    return bytes([_VERSION, k]) + count.to_bytes(4, "big") + first.to_bytes(8, "big")


def _parameter(numbers: Sequence[int]) -> int:
    """The k that codes gaps of this mean in fewest bits, if they are random."""
    gaps = max(len(numbers) - 1, 1)
    mean = (numbers[-1] - numbers[0]) / gaps
    return round(log2(max(mean * log(2), 1)))


def _packed(numbers: Sequence[int], k: int) -> Iterator[bytes]:
    left = ""
    for start in range(0, len(numbers) - 1, _AT_ONCE):
        some = numbers[start : start + _AT_ONCE + 1]
        bits = left + "".join(_code(two - one - 1, k) for one, two in pairwise(some))
        whole = len(bits) // 8 * 8
        left = bits[whole:]
        if whole:
            yield int(bits[:whole], 2).to_bytes(whole // 8, "big")
    if left:
        yield int(left.ljust(8, "0"), 2).to_bytes(1, "big")


def _code(gap: int, k: int) -> str:
    if gap < 0:
        raise BadCodingError("Numbers rise.")
    upper = "1" * (gap >> k) + "0"
    return f"{upper}{gap & (1 << k) - 1:0{k}b}" if k else upper


def _unpacked(bits: "_Bits", k: int, count: int, first: int) -> list[int]:
    found = [first]
    for _ in range(count - 1):
        first += (bits.ones((_LIMIT - first) >> k) << k) + bits.number(k) + 1
        if first >= _LIMIT:
            raise BadCodingError("A number is below 2**48.")
        found.append(first)
    bits.end()
    return found


class _Bits:
    """Reads bits from the start, a piece of the bytes at a time."""

    def __init__(self, coded: bytes) -> None:
        self._coded, self._next = coded, _HEAD
        self._bits, self._at = "", 0

    def ones(self, most: int) -> int:
        """How many ones there are before the next zero, which is read too."""
        searched = self._at
        while (zero := self._bits.find("0", searched)) < 0:
            searched = len(self._bits)
            if searched - self._at > most:
                raise BadCodingError("A number is below 2**48.")
            before = self._at
            self._more()
            searched -= before
        count = zero - self._at
        self._at = zero + 1
        return count

    def number(self, width: int) -> int:
        if not width:
            return 0
        while len(self._bits) - self._at < width:
            self._more()
        self._at += width
        return int(self._bits[self._at - width : self._at], 2)

    def end(self) -> None:
        """Nothing follows but what fills the last byte."""
        rest = self._bits[self._at :]
        if self._next < len(self._coded) or len(rest) >= 8 or "1" in rest:
            raise BadCodingError("Something follows the set.")

    def _more(self) -> None:
        piece = self._coded[self._next : self._next + _PIECE]
        if not piece:
            raise BadCodingError("The set is cut off.")
        self._next += len(piece)
        wide = 8 * len(piece)
        self._bits = self._bits[self._at :] + f"{int.from_bytes(piece, 'big'):0{wide}b}"
        self._at = 0
