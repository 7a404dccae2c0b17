"""Sealed bytes open whole, in their place, under their key, or not at all."""

import pytest

from hub.lib.sealed import SealBrokenError, seal, unseal

KEY, PLACE, PLAIN = b"k" * 32, b"here", b"+447700900123"


def test_seal_opens_where_it_belongs_and_never_repeats_itself():
    first, second = (seal(KEY, PLAIN, aad=PLACE) for _ in range(2))
    assert unseal(KEY, first, aad=PLACE) == PLAIN
    assert first != second
    assert PLAIN not in first


@pytest.mark.parametrize("place", range(1 + 12 + len(PLAIN) + 16))
def test_seal_is_broken_when_any_byte_was_changed(place):
    sealed = bytearray(seal(KEY, PLAIN, aad=PLACE))
    sealed[place] ^= 1
    with pytest.raises(SealBrokenError):
        unseal(KEY, bytes(sealed), aad=PLACE)


@pytest.mark.parametrize("length", [0, 1, 5, 12, 13, 20])
def test_seal_is_broken_when_its_end_is_missing(length):
    with pytest.raises(SealBrokenError):
        unseal(KEY, seal(KEY, PLAIN, aad=PLACE)[:length], aad=PLACE)


def test_seal_is_broken_in_another_place_or_under_another_key():
    sealed = seal(KEY, PLAIN, aad=PLACE)
    for key, place in ((KEY, b"there"), (b"x" * 32, PLACE)):
        with pytest.raises(SealBrokenError):
            unseal(key, sealed, aad=place)
