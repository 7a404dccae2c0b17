"""Sets of prefixes go into few bytes and come back; what is no set is refused."""

import random
from array import array
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.tokens import rice
from sharing.tokens.rice import BadCodingError

TOP = 2**48 - 1
NUMBERS = st.one_of(st.integers(0, TOP), st.integers(0, 300))
SETS = st.sets(NUMBERS, max_size=200).map(sorted)


def some(count: int, seed: int = 1) -> list[int]:
    chance = random.Random(seed)
    return sorted(chance.sample(range(TOP), count))


@given(SETS)
def test_set_comes_back_as_it_was(numbers):
    assert list(rice.decode(rice.encode(numbers))) == numbers


@pytest.mark.parametrize("count", [1, 2, 4095, 4096, 4097, 30_000])
def test_set_comes_back_when_it_is_longer_than_a_piece(count):
    numbers = some(count)
    assert list(rice.decode(rice.encode(numbers))) == numbers


def test_layout_is_as_written_down():
    numbers = [5, 6, 10, 2**20]
    head = bytes([1, 18]) + (4).to_bytes(4, "big") + (5).to_bytes(8, "big")
    gaps = ["0" + f"{0:018b}", "0" + f"{3:018b}", "111" + "0" + f"{262133:018b}"]
    bits = "".join(gaps)
    filled = bits.ljust(-(-len(bits) // 8) * 8, "0")
    body = int(filled, 2).to_bytes(len(filled) // 8, "big")
    assert rice.encode(numbers) == head + body


def test_million_random_prefixes_would_take_less_than_four_megabytes():
    bits = 8 * len(rice.encode(some(20_000))) / 20_000
    theory = 48 - 14.288 + 1.53  # log2 of the count, and what Rice coding costs
    assert bits == pytest.approx(theory, abs=0.1)


@given(SETS, SETS)
def test_difference_leads_from_one_set_to_the_other(old, new):
    additions, removals = rice.difference(old, new)
    assert list(rice.changed(old, additions, removals)) == new
    assert list(rice.decode(rice.encode(removals))) == removals


@pytest.mark.parametrize("count", [0, 1, 4095, 4096, 4097, 20_000])
@pytest.mark.parametrize("every", [1, 2, 5_000], ids=lambda each: f"each {each}")
def test_difference_is_found_when_a_set_is_longer_than_a_piece(count, every):
    both = some(count + count // every + 1)
    old = [each for place, each in enumerate(both) if place % every or every == 1]
    new = [each for place, each in enumerate(both) if (place + 1) % every]
    additions, removals = rice.difference(array("Q", old), array("Q", new))
    assert list(rice.changed(array("Q", old), additions, removals)) == new
    assert set(additions) == set(new) - set(old)
    assert {old[place] for place in removals} == set(old) - set(new)


@given(SETS)
def test_packed_set_comes_back_as_it_was(numbers):
    content = rice.packed(numbers)
    assert content == b"".join(each.to_bytes(6, "big") for each in numbers)
    assert list(rice.unpacked(content)) == numbers


@given(st.lists(NUMBERS))
def test_set_is_made_of_numbers_in_any_order(numbers):
    content = b"".join(each.to_bytes(6, "big") for each in numbers)
    assert list(rice.distinct(content)) == sorted(set(numbers))


@pytest.mark.parametrize(
    "content", [bytes(7), bytes(12), bytes([0] * 5 + [2] + [0] * 5 + [1])]
)
def test_packed_bytes_that_are_no_set_are_refused(content):
    with pytest.raises(BadCodingError):
        rice.unpacked(content)


@given(SETS, NUMBERS)
def test_number_is_held_when_it_is_in_the_set(numbers, number):
    assert rice.holds(numbers, number) == (number in numbers)


def test_checksum_is_that_of_the_prefixes_in_order():
    expected = sha256(bytes.fromhex("000000000001ffffffffffff")).digest()
    assert rice.checksum([1, TOP]) == expected


def test_prefix_is_the_first_six_bytes():
    assert rice.prefix(bytes.fromhex("0102030405060708")) == 0x010203040506


@pytest.mark.parametrize(
    "numbers",
    [[3, 3], [4, 3], [-1], [TOP + 1]],
    ids=["double", "falls", "less", "high"],
)
def test_what_is_no_set_is_not_coded(numbers):
    with pytest.raises(BadCodingError):
        rice.encode(numbers)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_set_or_refused(coded):
    try:
        numbers = rice.decode(coded)
    except BadCodingError:
        return
    assert list(numbers) == sorted(set(numbers))
    assert all(0 <= each <= TOP for each in numbers)


@given(SETS.filter(bool), st.data())
def test_cut_or_longer_coding_is_refused(numbers, data):
    coded = rice.encode(numbers)
    cut = coded[: data.draw(st.integers(0, len(coded) - 1))]
    for bad in (cut, coded + b"\0"):
        with pytest.raises(BadCodingError):
            rice.decode(bad)


@given(SETS.filter(bool), st.integers(0, 47))
def test_set_has_one_coding(numbers, k):
    coded = rice.encode(numbers)
    other = coded[:1] + bytes([k]) + coded[2:]
    try:
        found = rice.decode(other)
    except BadCodingError:
        return
    assert (list(found) == numbers) == (other == coded)


def test_few_bytes_that_claim_a_billion_numbers_are_refused():
    head = bytes([1, 0]) + (2**30).to_bytes(4, "big") + bytes(8)
    with pytest.raises(BadCodingError, match="cut off"):
        rice.decode(head + bytes(100))


def test_endless_ones_are_refused():
    head = bytes([1, 40]) + (2).to_bytes(4, "big") + bytes(8)
    with pytest.raises(BadCodingError, match="below"):
        rice.decode(head + b"\xff" * 20_000)


def test_other_version_is_refused():
    with pytest.raises(BadCodingError, match="coding 1"):
        rice.decode(b"\x02" + rice.encode([1, 2])[1:])


@pytest.mark.parametrize(
    ("additions", "removals"),
    [
        *[([2], []), ([9, 9], []), ([9, 8], []), ([2**48], []), ([-1], [])],
        *[([], [3]), ([], [-1]), ([], [1, 1]), ([], [1, 0])],
    ],
)
def test_change_that_does_not_fit_is_refused(additions, removals):
    with pytest.raises(BadCodingError):
        rice.changed([1, 2, 3], additions, removals)
