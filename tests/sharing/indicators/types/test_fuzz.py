"""Readers of types under hostile texts; `./run bench fuzz-types` reads a hundred times more."""

import time

import pytest

from sharing.indicators.types import TYPES, BadValue
from sharing.indicators.types.domain import Domain
from tests.sharing.indicators.types import fuzzing

COUNT = 10_000


@pytest.mark.parametrize("kind", TYPES)
def test_reader_survives_hostile_texts(kind):
    found = fuzzing.fuzz(kind, seed="suite", count=COUNT)
    assert not found.faults, "\n".join(map(str, found.faults))
    assert found.read == COUNT
    assert found.good > COUNT / 50, "texts that nobody would take for the type"


class Crashing(Domain):
    def normalise(self, text, *, region=None):
        if "\0" in text:
            raise TypeError("NUL")
        return super().normalise(text, region=region)


class Unsettled(Domain):
    def normalise(self, text, *, region=None):
        return super().normalise(text, region=region) + ".example"


class Refusing(Domain):
    def normalise(self, text, *, region=None):
        found = super().normalise(text, region=region)
        if found == text:
            raise BadValue("bad-domain", "Not a second time.")
        return found


class Unseen(Domain):
    def normalise(self, text, *, region=None):
        return super().normalise(text.strip("\u200b"), region=region) + "\u200b"


class Slow(Domain):
    def normalise(self, text, *, region=None):
        if text.count("a") > 100:
            end = time.process_time() + 1.1 * fuzzing.SLOW
            while time.process_time() < end:
                pass
        return super().normalise(text, region=region)


class Crazy(Domain):
    def recognises(self, text):
        return bool("."[len(text) > 4000])


@pytest.mark.parametrize(
    ("reader", "what"),
    [
        (Crashing, "TypeError raised"),
        (Crazy, "IndexError raised"),
        (Unsettled, "its normal form has another"),
        (Refusing, "its normal form is refused (bad-domain)"),
        (Unseen, "its normal form is too long, or something in it does not show"),
        (Slow, "took"),
    ],
)
def test_fuzzing_finds_a_reader_that_does_what_it_must_not(monkeypatch, reader, what):
    monkeypatch.setitem(TYPES, "domain", reader())
    if reader is Crazy:  # guessing has a list of its own
        monkeypatch.setattr(fuzzing, "guess", Crazy().recognises)
    found = fuzzing.fuzz("domain", seed="suite", count=2_000, faults_most=1)
    assert [each.what.startswith(what) for each in found.faults] == [True]


def test_texts_are_those_of_the_seed():
    first, again, other = (list(fuzzing.texts("iban", seed, 200)) for seed in (1, 1, 2))
    assert first == again != other
