"""Oblivious answers: the RFC's own vectors, and everything that must be refused."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sharing.tokens import scheme, voprf
from sharing.tokens.voprf import (
    BadElementError,
    BadProofError,
    Blinded,
    Evaluation,
    VoprfError,
)

VECTORS = json.loads((Path(__file__).parent / "rfc9497_voprf.json").read_text())
KEY = voprf.derive_key(bytes.fromhex(VECTORS["seed"]), bytes.fromhex(VECTORS["info"]))
OTHER = voprf.derive_key(bytes(32), b"another")
ROOT, COLLECTION = bytes(range(32)), UUID(int=1)
DIGEST = "c1083117a81cc47e2ae6477dad48131372f7448334a1ac95e262148c77bf9042"
PUBLIC = "feb49f50f1d087e27fb82a08f862e0e46d9bca513dd31304ce697ac460986a0b"
OTAG = "ebf5e1e3ad9f24720bb7e6a37abb718c"
TYPED_OTAG = "509be7361fb4923ea03785438df4e1f8"
ORDER = 2**252 + 27742317777372353535851937790883648493


def unhex(found: list[str]) -> list[bytes]:
    return [bytes.fromhex(each) for each in found]


def asked(*values: bytes) -> tuple[list[Blinded], Evaluation]:
    blinded = [voprf.blind(each) for each in values]
    return blinded, voprf.evaluate(KEY, [each.element for each in blinded])


def test_key_is_derived_as_the_rfc_says():
    assert KEY.secret.hex() == VECTORS["secret"]
    assert KEY.public.hex() == VECTORS["public"]


@pytest.mark.parametrize("batch", VECTORS["batches"], ids=["one", "long", "two"])
def test_every_step_gives_the_bytes_of_the_rfc(batch: dict[str, Any]):
    values = unhex(batch["inputs"])
    scalars = unhex(batch["blinds"])
    blinded = list(map(voprf.blind, values, scalars))
    assert [each.element.hex() for each in blinded] == batch["blinded"]
    scalar = bytes.fromhex(batch["proof_scalar"])
    answer = voprf.evaluate(KEY, [each.element for each in blinded], scalar)
    assert [each.hex() for each in answer.elements] == batch["evaluated"]
    assert answer.proof.hex() == batch["proof"]
    outputs = voprf.finalize(values, blinded, answer, KEY.public)
    assert [each.hex() for each in outputs] == batch["outputs"]
    assert [voprf.output(KEY.secret, each) for each in values] == outputs


def test_scheme_gives_the_known_answers():
    key = scheme.oprf_key(ROOT, COLLECTION, 1)
    assert key.public.hex() == PUBLIC
    d = bytes.fromhex(DIGEST)
    blinded = voprf.blind(d)
    answer = voprf.evaluate(key, [blinded.element])
    (output,) = voprf.finalize([d], [blinded], answer, key.public)
    assert scheme.otag(output).hex() == OTAG
    assert scheme.otag(voprf.output(key.secret, d)).hex() == OTAG


def test_second_scheme_gives_the_known_answers():
    """By the formula of docs/otags.md, written out."""
    key, d = scheme.oprf_key(ROOT, COLLECTION, 1), bytes.fromhex(DIGEST)
    expected = b"accord/v2/otag-input\0" + b"\0\x05phone" + d
    assert scheme.otag_input(scheme.TYPED, "phone", d) == expected
    assert scheme.otag(voprf.output(key.secret, expected)).hex() == TYPED_OTAG


def test_input_of_an_otag_is_of_one_scheme_and_one_type():
    d = bytes.fromhex(DIGEST)
    inputs = {
        scheme.otag_input(number, kind, d)
        for number in scheme.OTAG_SCHEMES
        for kind in ("phone", "email", "emai")
    }
    assert len(inputs) == 1 + 3, "the first knows no type"
    with pytest.raises(scheme.UnknownSchemeError):
        scheme.otag_input(3, "phone", d)


def test_keys_of_other_generations_and_collections_differ():
    keys = {
        scheme.oprf_key(ROOT, collection, number).public
        for collection in (COLLECTION, UUID(int=2))
        for number in (1, 2)
    }
    assert len(keys) == 4


@settings(max_examples=20, deadline=None)
@given(st.lists(st.binary(max_size=64), min_size=1, max_size=5))
def test_client_and_hub_come_to_the_same_output(values: list[bytes]):
    blinded, answer = asked(*values)
    expected = [voprf.output(KEY.secret, each) for each in values]
    assert voprf.finalize(values, blinded, answer, KEY.public) == expected


def test_same_input_is_never_asked_alike():
    assert voprf.blind(b"one").element != voprf.blind(b"one").element


@settings(max_examples=40, deadline=None)
@given(bit=st.integers(0, 8 * voprf.PROOF_BYTES - 1))
def test_proof_with_any_bit_flipped_is_refused(bit: int):
    blinded, answer = asked(b"one", b"two")
    proof = bytearray(answer.proof)
    proof[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BadProofError):
        voprf.finalize(
            [b"one", b"two"],
            blinded,
            Evaluation(answer.elements, bytes(proof)),
            KEY.public,
        )


def test_proof_with_a_scalar_beyond_the_order_is_refused():
    blinded, answer = asked(b"one")
    c, s = answer.proof[:32], int.from_bytes(answer.proof[32:], "little")
    doubled = Evaluation(answer.elements, c + (s + ORDER).to_bytes(32, "little"))
    with pytest.raises(BadProofError, match="no scalars"):
        voprf.finalize([b"one"], blinded, doubled, KEY.public)


@pytest.mark.parametrize("length", [0, 63, 65])
def test_proof_of_another_length_is_refused(length: int):
    blinded, answer = asked(b"one")
    cut = Evaluation(answer.elements, (answer.proof + b"\0")[:length])
    with pytest.raises(BadProofError, match="64 bytes"):
        voprf.finalize([b"one"], blinded, cut, KEY.public)


def test_answer_by_another_key_is_refused():
    blinded = voprf.blind(b"one")
    answer = voprf.evaluate(OTHER, [blinded.element])
    assert voprf.finalize([b"one"], [blinded], answer, OTHER.public)
    with pytest.raises(BadProofError):
        voprf.finalize([b"one"], [blinded], answer, KEY.public)


def test_answers_in_another_order_are_refused():
    blinded, answer = asked(b"one", b"two")
    turned = Evaluation(answer.elements[::-1], answer.proof)
    with pytest.raises(BadProofError):
        voprf.finalize([b"one", b"two"], blinded, turned, KEY.public)


def test_answer_to_another_question_is_refused():
    _, answer = asked(b"one")
    with pytest.raises(BadProofError):
        voprf.finalize([b"one"], [voprf.blind(b"one")], answer, KEY.public)


def test_missing_answer_is_refused():
    blinded, answer = asked(b"one", b"two")
    with pytest.raises(BadProofError, match="as many"):
        voprf.finalize(
            [b"one", b"two"],
            blinded,
            Evaluation(answer.elements[:1], answer.proof),
            KEY.public,
        )


BAD = {
    "identity": bytes(32),
    "no element": b"\xff" * 32,
    "odd": b"\x01" + bytes(31),
    "short": bytes(31),
    "long": voprf.derive_key(bytes(32), b"x").public + b"\0",
    "empty": b"",
}


@pytest.mark.parametrize("element", BAD.values(), ids=BAD)
def test_what_is_no_element_is_refused_everywhere(element: bytes):
    good = voprf.blind(b"one")
    with pytest.raises(BadElementError):
        voprf.evaluate(KEY, [good.element, element])
    blinded, answer = asked(b"one")
    with pytest.raises(BadElementError):
        voprf.finalize(
            [b"one"], blinded, Evaluation((element,), answer.proof), KEY.public
        )
    with pytest.raises(BadElementError):
        voprf.finalize([b"one"], blinded, answer, element)


@pytest.mark.parametrize("count", [0, voprf.BATCH_MAX + 1])
def test_batch_of_a_wrong_size_is_refused(count: int):
    element = voprf.blind(b"one").element
    with pytest.raises(VoprfError, match="A batch has 1 to 65535"):
        voprf.evaluate(KEY, [element] * count)
