"""Sorted whole numbers, Rice-coded: how a filter of a million prefixes fits in 3.7 MB.

Layout: version (1 byte), parameter k (1), count (4, big-endian), first number (8), then
for each further one its distance to the one before, less one: the part above k bits in
unary (ones, then a zero), the lower k bits after it, most significant first; the last
byte is filled up with zeros. Numbers are below 2**48 and strictly rise.
"""

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import pairwise
from math import log, log2
from typing import TypeAlias

NUMBER_BITS = 48
PREFIX_BYTES = NUMBER_BITS // 8
COUNT_MAX = 2**32 - 1

_VERSION = 1
_HEAD = 14
_LIMIT = 1 << NUMBER_BITS
_PIECE = 8192  # bytes that are looked at as bits at a time
_AT_ONCE = 4096  # numbers
_WIDE, _WIDE_BYTES = "Q", 8


Numbers: TypeAlias = "array[int]"  # a set in memory: 8 bytes a number


class BadCodingError(ValueError):
    """The bytes are no set of numbers in this coding."""


def prefix(tag: bytes) -> int:
    """The first 48 bits of a token or an otag: what stands for it in a filter."""
    return int.from_bytes(tag[:PREFIX_BYTES], "big")


def checksum(numbers: Sequence[int]) -> bytes:
    """SHA-256 over the numbers in order, 6 bytes each, big-endian."""
    return sha256(packed(numbers)).digest()


def packed(numbers: Sequence[int]) -> bytes:
    """The numbers one after another, 6 bytes each, big-endian: what a store keeps."""
    wide = array(_WIDE, numbers)
    if sys.byteorder == "little":
        wide.byteswap()
    raw, out = wide.tobytes(), bytearray(PREFIX_BYTES * len(wide))
    for place in range(PREFIX_BYTES):
        out[place::PREFIX_BYTES] = raw[
            _WIDE_BYTES - PREFIX_BYTES + place :: _WIDE_BYTES
        ]
    return bytes(out)


def unpacked(content: bytes) -> Numbers:
    """The numbers of `packed`, 8 bytes each in memory, or BadCodingError.

    What does not rise is no set, and refused as well.
    """
    numbers = _wide(content)
    if not _rise(numbers):
        raise BadCodingError("Numbers rise.")
    return numbers


def distinct(content: bytes) -> Numbers:
    """The set of packed numbers in any order, some perhaps more than once."""
    numbers = _wide(content)
    return numbers if _rise(numbers) else array(_WIDE, sorted(set(numbers)))


def _rise(numbers: Numbers) -> bool:
    return all(one < other for one, other in pairwise(numbers))


def _wide(content: bytes) -> Numbers:
    count, rest = divmod(len(content), PREFIX_BYTES)
    if rest:
        raise BadCodingError("The set is cut off.")
    raw = bytearray(_WIDE_BYTES * count)
    for place in range(PREFIX_BYTES):
        raw[_WIDE_BYTES - PREFIX_BYTES + place :: _WIDE_BYTES] = content[
            place::PREFIX_BYTES
        ]
    numbers = array(_WIDE)
    numbers.frombytes(raw)
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers


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


def decode(coded: bytes) -> Numbers:
    """The numbers, or BadCodingError: there is one coding of a set, and k is part of it."""
    if len(coded) < _HEAD or coded[0] != _VERSION:
        raise BadCodingError("This is no set in coding 1.")
    k, count = coded[1], int.from_bytes(coded[2:6], "big")
    first = int.from_bytes(coded[6:_HEAD], "big")
    if not count:
        if coded != _head(0, 0, 0):
            raise BadCodingError("An empty set has nothing in it.")
        return array(_WIDE)
    if k >= NUMBER_BITS or first >= _LIMIT:
        raise BadCodingError("A number is below 2**48.")
    if (count - 1) * (k + 1) > 8 * (len(coded) - _HEAD):
        raise BadCodingError("The set is cut off.")
    found = _read(_Bits(coded), k, count, first)
    if k != _parameter(found):
        raise BadCodingError("The set is coded with another k than it would be.")
    return found


def changed(
    numbers: Sequence[int], additions: Iterable[int], removals: Iterable[int]
) -> Numbers:
    """The set after a change; both rise, removals are places in the set before it.

    BadCodingError if a place is not there, or something is added that is.
    """
    kept, at = array(_WIDE), 0
    for place in removals:
        if not at <= place < len(numbers):
            raise BadCodingError("Something is removed that is not there.")
        kept.extend(numbers[at:place])
        at = place + 1
    kept.extend(numbers[at:])
    return _merged(kept, additions)


def _merged(kept: Numbers, additions: Iterable[int]) -> Numbers:
    result, at, last = array(_WIDE), 0, -1
    for number in additions:
        if not last < number < _LIMIT:
            raise BadCodingError("Numbers rise, and are below 2**48.")
        place = bisect_left(kept, number, at)
        if place < len(kept) and kept[place] == number:
            raise BadCodingError("Something is added that is there already.")
        result.extend(kept[at:place])
        result.append(number)
        at, last = place, number
    result.extend(kept[at:])
    return result


def difference(old: Sequence[int], new: Sequence[int]) -> tuple[list[int], list[int]]:
    """What `changed` needs to make `new` of `old`: additions, and places of removals.

    Piece by piece: of what did not change nothing is looked at number by number.
    """
    additions: list[int] = []
    removals: list[int] = []
    start = begin = 0
    for stop in [*range(_AT_ONCE, len(old), _AT_ONCE), len(old)]:
        last = stop == len(old)
        end = len(new) if last else bisect_left(new, old[stop], begin)
        some, others = old[start:stop], new[begin:end]
        if some != others:
            before, after = set(some), set(others)
            additions += [each for each in others if each not in before]
            removals += [
                place for place, each in enumerate(some, start) if each not in after
            ]
        start, begin = stop, end
    return additions, removals


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


def _read(bits: "_Bits", k: int, count: int, first: int) -> Numbers:
    found = array(_WIDE, [first])
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
