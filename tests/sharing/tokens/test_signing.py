"""What the hub signed is told from what it did not, down to a bit."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.tokens.signing import BadSignatureError, FilterStatement, Signer, verify

SIGNER = Signer(bytes(range(32)), 1)
SAID = FilterStatement(
    collection=UUID(int=1),
    generation=1,
    number=7,
    of="token",
    taken_at=datetime(2026, 11, 24, 9, 30, 0, 5, UTC),
    count=3,
    checksum=bytes(32),
)


def test_signing_key_and_message_are_as_written_down():
    """Known answers: partners compute the same."""
    assert SIGNER.public.hex() == PUBLIC
    assert SAID.message().hex() == MESSAGE


PUBLIC = "7d3c8f0758fed7551ecb1f501200d45b7e76bc06dcfa3a7e2bb4f5d78c1bf0a7"
MESSAGE = (
    "6163636f72642f76312f66696c74657200"  # accord/v1/filter and a zero
    "00000000000000000000000000000001"  # collection
    "00000001"  # generation
    "0000000000000007"  # number
    "0005746f6b656e"  # token
    "000661025ab67605"  # microseconds since 1970
    "00000003" + "00" * 32
)


@pytest.mark.parametrize(
    "other",
    [
        {"collection": UUID(int=2)},
        {"generation": 2},
        {"number": 8},
        {"of": "otag"},
        {"taken_at": SAID.taken_at + timedelta(microseconds=1)},
        {"count": 4},
        {"checksum": bytes(31) + b"\x01"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_nothing_of_a_statement_can_be_changed(other: dict[str, Any]):
    signature = SIGNER.sign(SAID.message())
    verify(SIGNER.public, SAID.message(), signature)
    with pytest.raises(BadSignatureError):
        verify(SIGNER.public, replace(SAID, **other).message(), signature)


@given(st.integers(0, 8 * 64 - 1))
def test_signature_with_a_flipped_bit_is_refused(place):
    signature = bytearray(SIGNER.sign(SAID.message()))
    signature[place // 8] ^= 1 << place % 8
    with pytest.raises(BadSignatureError):
        verify(SIGNER.public, SAID.message(), bytes(signature))


@pytest.mark.parametrize("public", [b"", bytes(31), bytes(32)], ids=len)
def test_key_that_is_none_verifies_nothing(public):
    with pytest.raises(BadSignatureError):
        verify(public, SAID.message(), SIGNER.sign(SAID.message()))


def test_each_epoch_has_a_key_of_its_own():
    assert Signer(bytes(range(32)), 2).public != SIGNER.public
    assert "epoch 1" in repr(SIGNER)
