"""Asking obliviously: what leaves tells nothing, what comes back counts only if proven."""

from uuid import UUID

import pytest

from hub import client
from hub.client import AnswerRefusedError, KeyChangedError, Oblivious, pinned_keys
from hub.client.oblivious import BATCH
from sharing.tokens import scheme, voprf

ROOT, COLLECTION = bytes(range(32)), UUID(int=1)
KEY = scheme.oprf_key(ROOT, COLLECTION, 1)
OTHER = scheme.oprf_key(ROOT, COLLECTION, 2)
OTAGS = {
    scheme.BARE: "ebf5e1e3ad9f24720bb7e6a37abb718c",
    scheme.TYPED: "509be7361fb4923ea03785438df4e1f8",
}
PHONE = "+44 (0)20 7946 0958"
IDENTITY = "00" * 32


def hub(body, key=KEY, **changes):
    """The hub's answer to a body, with changes."""
    found = voprf.evaluate(key, [bytes.fromhex(each) for each in body["blinded"]])
    answer = {
        "generation": body["generation"],
        "evaluated": [each.hex() for each in found.elements],
        "proof": found.proof.hex(),
        "public_key": key.public.hex(),
    }
    return {**answer, **changes}


@pytest.fixture
def asking():
    return Oblivious(1, KEY.public.hex(), scheme.TYPED)


@pytest.fixture
def batch(asking):
    return asking.blind([client.typed(PHONE), client.typed("evil.example")])


@pytest.mark.parametrize("number", OTAGS)
def test_otag_gives_the_known_answer(number):
    asking = Oblivious(1, KEY.public.hex(), number)
    batch = asking.blind([client.typed(PHONE)])
    assert asking.otags(batch, hub(batch.body))[0].hex() == OTAGS[number]
    assert batch.body.get("scheme", 1) == number


def test_digest_said_to_be_of_another_type_has_another_otag(asking):
    phone = client.typed(PHONE)
    batch = asking.blind([phone, phone._replace(kind="email")])
    one, other = asking.otags(batch, hub(batch.body))
    assert one != other


@pytest.mark.parametrize("number", [0, 3])
def test_scheme_that_is_not_known_is_refused_before_anything_is_asked(number):
    with pytest.raises(AnswerRefusedError, match="newer toolkit"):
        Oblivious(1, KEY.public.hex(), number)


def test_scheme_is_told_for_each_generation_and_is_the_first_at_hubs_of_before():
    keys = told(g1=KEY.public.hex(), g2=OTHER.public.hex())
    keys["keys"][1]["scheme"] = 2
    assert client.schemes_of(keys) == {1: 1, 2: 2}
    keys["keys"][1]["scheme"] = None
    with pytest.raises(AnswerRefusedError):
        client.schemes_of(keys)


def test_same_values_share_nothing_between_two_runs(asking):
    own = [client.typed(f"{n}.example") for n in range(50)] * 2
    sent = [each for _ in range(2) for each in asking.blind(own).body["blinded"]]
    assert len(set(sent)) == len(sent) == 200


def test_batch_shows_neither_digests_nor_blinds(batch):
    assert not [each for each in batch.inputs if each.hex() in repr(batch)]
    assert batch.body.keys() == {"generation", "scheme", "blinded"}
    shown = repr(batch)
    for asked, hidden in zip(batch.inputs, batch.hidden, strict=True):
        assert repr(asked) not in shown
        assert repr(hidden.blind) not in shown


def flipped(text):
    return f"{int(text[:2], 16) ^ 1:02x}{text[2:]}"


@pytest.mark.parametrize(
    "change",
    [
        lambda answer: {"proof": flipped(answer["proof"])},
        lambda answer: {"proof": answer["proof"][:-2]},
        lambda answer: {"evaluated": answer["evaluated"][:1]},
        lambda answer: {"evaluated": answer["evaluated"] * 2},
        lambda answer: {"evaluated": answer["evaluated"][::-1]},
        lambda answer: {"evaluated": [IDENTITY, IDENTITY]},
        lambda answer: {"evaluated": [7, 8]},
        lambda answer: {"generation": 2},
        lambda answer: {"proof": None},
        lambda answer: {"public_key": OTHER.public.hex()},
        lambda answer: {"public_key": IDENTITY},
    ],
)
def test_answer_is_refused_whole_when_anything_is_not_as_promised(
    asking, batch, change
):
    answer = hub(batch.body)
    assert len(asking.otags(batch, answer)) == 2
    with pytest.raises(AnswerRefusedError):
        asking.otags(batch, {**answer, **change(answer)})


def test_answer_of_another_key_is_refused_even_if_it_names_the_pinned_one(
    asking, batch
):
    with pytest.raises(KeyChangedError):
        asking.otags(batch, hub(batch.body, OTHER))
    lying = hub(batch.body, OTHER, public_key=KEY.public.hex())
    with pytest.raises(AnswerRefusedError, match="promised key"):
        asking.otags(batch, lying)


def test_answer_to_another_batch_is_refused(asking, batch):
    again = asking.blind([client.typed(PHONE), client.typed("evil.example")])
    with pytest.raises(AnswerRefusedError):
        asking.otags(batch, hub(again.body))


def test_answer_that_is_none_is_refused(asking, batch):
    with pytest.raises(AnswerRefusedError):
        asking.otags(batch, {})


@pytest.mark.parametrize("size", [0, BATCH + 1])
def test_batch_has_as_many_as_the_hub_answers(asking, size):
    with pytest.raises(ValueError, match="1 to 1,000"):
        asking.blind([client.typed(PHONE)] * size)


def test_own_values_are_found_in_their_order_and_batch_by_batch(asking, monkeypatch):
    monkeypatch.setattr("hub.client.oblivious.BATCH", 3)
    own = [(n, client.typed(f"{n}.example")) for n in range(8)]
    inputs = [scheme.otag_input(scheme.TYPED, *typed) for _, typed in own]
    known = {scheme.otag(voprf.output(KEY.secret, inputs[n])) for n in (1, 4, 7)}
    sizes, read = [], 0

    def reading():
        nonlocal read
        for each in own:
            read += 1
            yield each

    def send(body):
        sizes.append(len(body["blinded"]))
        assert read <= 3 * len(sizes), "no more is read than is asked"
        return hub(body)

    assert list(asking.find(reading(), send, known)) == [1, 4, 7]
    assert sizes == [3, 3, 2]


def told(**keys):
    return {
        "keys": [
            {"generation": int(number[1:]), "public_key": key}
            for number, key in keys.items()
        ]
    }


def test_keys_are_kept_and_a_changed_one_is_refused():
    first, second = KEY.public.hex(), OTHER.public.hex()
    kept = pinned_keys(told(g1=first))
    assert pinned_keys(told(g2=second), kept) == {1: first, 2: second}
    with pytest.raises(KeyChangedError, match="generation 1"):
        pinned_keys(told(g1=second), kept)
    assert kept == {1: first}


@pytest.mark.parametrize(
    "answer", [{}, told(g1=IDENTITY), told(g1="??"), told(g1=None)]
)
def test_keys_that_are_none_are_refused(answer):
    with pytest.raises(AnswerRefusedError):
        pinned_keys(answer)
