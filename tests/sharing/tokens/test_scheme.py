"""The token scheme gives the known answers, byte for byte."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.tokens import scheme

ROOT = bytes(range(32))
FIRST, SECOND = UUID(int=1), UUID(int=2)
PHONE = "+442079460958"
DIGEST = "c1083117a81cc47e2ae6477dad48131372f7448334a1ac95e262148c77bf9042"
INDEX = "5822a5646ee123d403c9242e623e319880beb90ddc963e78cee85b34b8ad90b2"
TOKENS = [
    (FIRST, 1, "c97436ea52f3b783aeee68ca1126a77bd4d35f52a67b8c06ad9d7e39468d0682"),
    (SECOND, 1, "53fef2e6490268c9b0db56418657fc1e3a2f7a599d2d943a49b3a846cad352b7"),
    (FIRST, 2, "207457a6a76c5af28cf867df0d86f4c2ba78d1f9b6bd2c2fefc9ebdd9a1e5f74"),
]


def test_digest_gives_the_known_answer():
    assert scheme.digest("phone", 1, PHONE).hex() == DIGEST


def test_digest_is_the_same_from_the_plain_hash():
    h = scheme.content_hash(PHONE)
    assert scheme.digest_of_hash("phone", 1, h).hex() == DIGEST


def test_digest_differs_when_type_or_normal_form_differs():
    digests = {
        scheme.digest("phone", 1, PHONE),
        scheme.digest("phone", 2, PHONE),
        scheme.digest("email", 1, PHONE),
    }
    assert len(digests) == 3


def test_index_gives_the_known_answer():
    key = scheme.index_key(ROOT, 1)
    assert scheme.index(key, bytes.fromhex(DIGEST)).hex() == INDEX


@pytest.mark.parametrize(("collection", "number", "expected"), TOKENS)
def test_token_gives_the_known_answer(collection, number, expected):
    key = scheme.token_key(ROOT, collection, number)
    assert scheme.token(key, "phone", bytes.fromhex(DIGEST)).hex() == expected


@given(st.sampled_from(["phone", "domain", "btc_wallet"]), st.binary(min_size=32))
def test_token_maker_makes_what_token_makes(kind, d):
    key = scheme.token_key(ROOT, FIRST, 1)
    assert scheme.token_maker(key)(kind, d) == scheme.token(key, kind, d)


@given(st.integers(0, 2**31), st.binary(min_size=32, max_size=32))
def test_wire_is_read_back_as_written(number, token):
    assert scheme.parse_wire(scheme.wire(number, token)) == (number, token)


@pytest.mark.parametrize(
    "text", ["", "7", "7:", ":ab", "7:abcd", "-1:" + "0" * 64, "7:" + "z" * 64, "x:y"]
)
def test_wire_is_refused_when_it_is_no_token(text):
    with pytest.raises(scheme.BadWireError):
        scheme.parse_wire(text)
