"""Faults put into policy and reading, one at a time; the machine must see each of them."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any
from unittest import mock

from django.db.models import F, Q

from sharing import vocabulary as v
from sharing.agreements import (
    activation,
    announcing,
    compiling,
    facts,
    fields,
    policy,
    selectors,
)
from sharing.agreements.models import Generation, Grant, Party
from sharing.agreements.policy import compile_terms
from sharing.agreements.selectors import ActiveClause
from sharing.distribution import backfill, planning
from sharing.distribution import selectors as streams
from sharing.indicators import claims
from tests.oracle.stage import without_walls

Mutant = Callable[[ExitStack], None]
RELATED = (
    "clause__version",
    "collection__agreement__active_version",
    "collection__agreement__next_version",
    "recipient",
)
ALL_TYPES = frozenset(str(each) for each in v.IndicatorKind)


def _put(stack: ExitStack, place: Any, name: str, instead: Any) -> None:
    stack.enter_context(mock.patch.object(place, name, instead))


def _terms(change: Callable[[Any], dict[str, Any]]) -> Mutant:
    """Terms compiled otherwise than they were written."""

    def compiled(*given: Any, **named: Any) -> Any:
        terms = compile_terms(*given, **named)
        return replace(terms, **change(terms))

    return lambda stack: _put(stack, facts, "compile_terms", compiled)


def _admission(word: str) -> Mutant:
    """A reason to refuse a recipient is forgotten."""
    refusals = compiling.refusals

    def forgetful(terms: Any, recipient: Any) -> list[str]:
        return [why for why in refusals(terms, recipient) if word not in why]

    def mutant(stack: ExitStack) -> None:
        _put(stack, compiling, "refusals", forgetful)
        _put(stack, policy, "refusals", forgetful)

    return mutant


def _audience(stack: ExitStack) -> None:
    _put(stack, policy, "_in_audience", lambda terms, claim: True)


def _state(stack: ExitStack) -> None:
    """A claim that was taken back stays where it is."""
    facts_of = planning.facts_of

    def active(claim: Any) -> Any:
        return replace(facts_of(claim), state="active")

    _put(stack, planning, "facts_of", active)


def _ceiling(stack: ExitStack) -> None:
    """The TLP ceiling is one too high."""
    up_to = compiling._up_to
    higher = dict(zip(v.Tlp, [*[*v.Tlp][1:], v.Tlp.RED], strict=True))
    _put(stack, compiling, "_up_to", lambda top: up_to(higher.get(top)))


def _unsigned(stack: ExitStack) -> None:
    """All parties are those that are named, signed or not."""

    def named(versions: Any) -> Any:
        return facts._by_version(Party.objects.filter(left_at=None), versions)

    _put(stack, facts, "signatories", named)


def _dropped(stack: ExitStack) -> None:
    """What a clause drops is kept."""
    effective = fields.effective

    def kept(named: Any, **how: Any) -> Any:
        without = {f: r for f, r in named.items() if r is not v.FieldRule.DROP}
        return effective(without, **how)

    _put(stack, fields, "effective", kept)


def _exact(stack: ExitStack) -> None:
    """Times leave to the second where a clause lets out the day."""
    _put(stack, fields, "DEFAULTS", {**fields.DEFAULTS, "last_seen": v.FieldRule.KEEP})


def _embargo(stack: ExitStack) -> None:
    _put(stack, planning.Planner, "_too_early", lambda self, duties: "")
    _put(stack, ActiveClause, "embargoed", lambda self, moment: False)


def _suspended(stack: ExitStack) -> None:
    """Who may read is not asked whether the agreement is suspended."""
    stack.enter_context(without_walls())
    real = selectors._valid_grants

    def valid(moment: Any) -> Any:
        ended = Grant.objects.filter(collection__agreement__state="suspended")
        ended = ended.filter(
            valid_until=None, collection__agreement__active_version=F("clause__version")
        )
        found = Grant.objects.filter(Q(pk__in=ended) | Q(pk__in=real(moment)))
        return found.select_related(*RELATED)

    _put(stack, selectors, "_valid_grants", valid)


def _over(stack: ExitStack) -> None:
    """Who may read is not asked whether the Version is over."""
    stack.enter_context(without_walls())
    _put(stack, selectors, "version_at", lambda agreement, at: agreement.active_version)


def _old_generation(stack: ExitStack) -> None:
    """The generation before the narrowing is served for ever."""
    stack.enter_context(without_walls())

    def first(collection_id: Any, at: Any) -> Generation:
        return Generation.objects.filter(collection=collection_id).earliest("number")

    _put(stack, selectors, "live_generation", first)


def _never_narrower(stack: ExitStack) -> None:
    """A narrowing text goes on in the stream that the wide one filled."""
    for room in (activation, announcing):
        _put(stack, room, "same_or_wider", lambda old, new: True)


def _leavers(stack: ExitStack) -> None:
    """What somebody who left contributed is served until it is taken back."""
    _put(stack, streams, "_LINES", streams._LINES)
    for name in ("_UP", "_DOWN"):
        query = getattr(streams, name)
        _put(
            stack,
            streams,
            name,
            query.replace("owner_id = ANY(%(contributors)s)", "true"),
        )
    _put(stack, backfill, "take_back", lambda **ids: None)


def _retention(stack: ExitStack) -> None:
    """Reading forgets how long a release may be kept."""
    for name in ("_UP", "_DOWN"):
        query = getattr(streams, name)
        shorter = query.replace("least(expires_at, retain_until)", "expires_at")
        _put(stack, streams, name, shorter)


def _widening(stack: ExitStack) -> None:
    """A correction may widen the audience."""
    _put(stack, claims, "_widens", lambda line, claim: None)


def _first_row(stack: ExitStack) -> None:
    """Each page lacks its first row: nothing leaks, something is hidden."""
    query = streams._UP.replace("seq > %(after)s", "seq > %(after)s + 1")
    _put(stack, streams, "_UP", query)


MUTANTS: dict[str, Mutant] = {
    "government is admitted": _admission("government"),
    "jurisdictions are ignored": _admission("recipients are in"),
    "audience is ignored": _audience,
    "confidence is ignored": _terms(lambda terms: {"min_confidence": 0}),
    "ceiling is one too high": _ceiling,
    "types are ignored": _terms(lambda terms: {"types": ALL_TYPES}),
    "withdrawal is ignored": _state,
    "who did not sign is a party": _unsigned,
    "dropped fields are kept": _dropped,
    "times are exact": _exact,
    "embargo is forgotten": _embargo,
    "suspension is ignored": _suspended,
    "end of a version is ignored": _over,
    "old generation is served": _old_generation,
    "nothing is ever narrower": _never_narrower,
    "leavers' claims stay": _leavers,
    "retention is ignored": _retention,
    "audience is widened": _widening,
    "pages lack a row": _first_row,
}

# Those that the machine meets at once: in every run of the tests.
SOON = (
    "audience is ignored",
    "audience is widened",
    "pages lack a row",
    "times are exact",
    "withdrawal is ignored",
)


class Mutated:
    """The hub with one fault, and without what it had compiled before or compiles now."""

    def __init__(self, name: str) -> None:
        self.mutant, self.stack = MUTANTS[name], ExitStack()

    def __enter__(self) -> None:
        facts._compiled.cache_clear()
        self.mutant(self.stack)

    def __exit__(self, *_: object) -> None:
        self.stack.close()
        facts._compiled.cache_clear()
