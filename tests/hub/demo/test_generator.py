"""The demo's own input is realistic, repeatable, and overlaps between members."""

import json

import pytest

from hub.demo import generator, values, wellknown
from sharing import vocabulary as v
from sharing.indicators.claims import Line
from sharing.indicators.types import read_value
from sharing.intake.fields import defaults_of
from sharing.intake.parsing import parse
from sharing.intake.reading import lines


@pytest.fixture(scope="module")
def made() -> dict[str, generator.Made]:
    return {slug: generator.generate(slug, 2_000) for slug in ("meadow", "sentry")}


def parsed(made: generator.Made) -> list[Line]:
    defaults = defaults_of({})
    found = [
        parse(raw, defaults, overruled=True)
        for raw in lines([made.body], "ndjson")
        if raw.number not in made.bad
    ]
    assert all(isinstance(each, Line) for each in found)
    return [each for each in found if isinstance(each, Line)]


def test_generator_repeats_itself_when_the_seed_is_the_same():
    assert generator.generate("meadow", 50) == generator.generate("meadow", 50)
    other = generator.generate("meadow", 50, seed=1)
    assert other.body != generator.generate("meadow", 50).body


@pytest.mark.parametrize("member", ["meadow", "sentry"])
def test_generator_makes_every_type_and_scam_type_when_the_size_is_usual(made, member):
    found = parsed(made[member])
    assert {line.kind for line in found} == set(v.IndicatorKind)
    assert {line.given["scam_type"] for line in found} == set(v.ScamType)


@pytest.mark.parametrize("member", ["meadow", "sentry"])
def test_generator_breaks_exactly_the_lines_it_says_when_it_makes_bad_ones(
    made, member
):
    bad = made[member].bad
    refused = {
        raw.number
        for raw in lines([made[member].body], "ndjson")
        if not isinstance(parse(raw, defaults_of({}), overruled=True), Line)
    }
    assert refused == bad
    assert len(bad) >= 10


@pytest.mark.parametrize("member", ["meadow", "sentry"])
def test_generator_names_well_known_sites_only_where_it_says(made, member):
    known = wellknown.read(None)
    stopped = set()
    for number, text in enumerate(made[member].lines, start=1):
        if number in made[member].bad:
            continue
        line = json.loads(text)
        value = read_value(line["value"], kind=line.get("type"))
        if known.stops(value.kind, value.canonical):
            stopped.add(number)
    assert stopped == made[member].stopped
    assert stopped


def test_generator_gives_both_members_some_of_the_same_values(made):
    first, second = ({line.digest for line in parsed(each)} for each in made.values())
    assert 0.1 < len(first & second) / len(first) < 0.6


def test_generator_repeats_some_values_within_a_submission(made):
    found = parsed(made["meadow"])
    assert len({line.digest for line in found}) < len(found)


# BIP-173's own example of a version 0 witness program.
def test_bech32_writes_the_address_of_the_standard():
    program = bytes.fromhex("751e76e8199196d454941c45d1b3a323f1433bd6")
    expected = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
    assert values.bech32("bc", program) == expected
