"""What an agreement allows: who may read, which claim may enter, and why. All pure.

Terms are compiled once per Version; `decide()` runs once per distinct facts of a batch,
and nothing of it is ever written a second time in SQL. Refusals give every reason.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from sharing.agreements import fields
from sharing.agreements.compiling import HIDDEN_MINIMUM, compile_terms, refusals
from sharing.agreements.terms import (
    Admission,
    Decision,
    IndicatorFacts,
    Obligations,
    RecipientFacts,
    Terms,
)
from sharing.vocabulary import HASH_ONLY, LOW_ENTROPY, Disclosure, FieldRule, State

__all__ = [
    "HIDDEN_MINIMUM",
    "Admission",
    "Decision",
    "Gap",
    "IndicatorFacts",
    "Obligations",
    "RecipientFacts",
    "Terms",
    "admit",
    "compile_terms",
    "decide",
    "gaps",
    "overlaps",
    "released_fields",
    "same_or_wider",
    "warnings",
]

_NEVER: frozenset[str] = frozenset()


def admit(terms: Terms, recipient: RecipientFacts) -> Admission:
    """May this organization read the collection, and for which purposes."""
    if terms.void:
        return Admission(permitted=False, purposes=_NEVER, reasons=terms.void)
    found = refusals(terms, recipient)
    if found:
        reasons = tuple(f"{terms.place} does not admit it: {why}." for why in found)
        return Admission(permitted=False, purposes=_NEVER, reasons=reasons)
    why = f"{terms.place} names {recipient.name} as a recipient."
    return Admission(permitted=True, purposes=terms.purposes, reasons=(why,))


def decide(terms: Terms, facts: IndicatorFacts) -> Decision:
    """May this claim enter the clause's stream: under which obligations, or why not.

    Cost: nine look-ups when permitted (over 1 M/s), sentences otherwise. An embargo is
    an obligation: permitted, but not before that time.
    """
    if (
        facts.owner in terms.contributors
        and facts.type in terms.types
        and facts.scam_type in terms.scam_types
        and facts.role in terms.roles
        and facts.tlp in terms.tlps
        and facts.confidence >= terms.min_confidence
        and facts.review_status in terms.review_statuses
        and facts.state == State.ACTIVE
        and _in_audience(terms, facts)
        and not terms.void
    ):
        return terms.permit
    reasons = terms.void or _why(terms, facts)
    return Decision(permitted=False, obligations=None, reasons=reasons)


def _in_audience(terms: Terms, facts: IndicatorFacts) -> bool:
    named = facts.audience
    return named is None or terms.collection_id in named or terms.agreement_id in named


def _why(terms: Terms, facts: IndicatorFacts) -> tuple[str, ...]:
    where = terms.place
    return tuple([f"{where} refuses it: {gap.said}." for gap in gaps(terms, facts)])


class Gap(NamedTuple):
    """One thing that a claim lacks: said of all such claims, and of this one."""

    cause: str
    general: str
    said: str


def gaps(terms: Terms, facts: IndicatorFacts) -> list[Gap]:
    """All that stands between a claim and the clause; void terms are not among it."""
    found = [*_not_covered(terms, facts)]
    if facts.owner not in terms.contributors:
        text = "its owner is not a contributor"
        found.append(Gap("contributor", text, text))
    if facts.tlp not in terms.tlps:
        over = f"is above its ceiling {_ceiling(terms)}"
        tlp = f"TLP:{facts.tlp.upper()} {over}"
        found.append(Gap("tlp", f"the TLP label {over}", tlp))
    if (confidence := facts.confidence) < (least := terms.min_confidence):
        below = f"confidence is below {least}"
        found.append(
            Gap("confidence", below, f"confidence {confidence} is below {least}")
        )
    if facts.state != State.ACTIVE:
        found.append(Gap("state", "it is not active", f"the claim is {facts.state}"))
    if not _in_audience(terms, facts):
        text = "the owner chose an audience without it"
        found.append(Gap("audience", text, text))
    return found


def _not_covered(terms: Terms, facts: IndicatorFacts) -> Iterator[Gap]:
    if facts.type not in terms.types:
        text = f"indicators of type {facts.type} are not covered"
        yield Gap("type", "its type is not covered", text)
    if facts.scam_type not in terms.scam_types:
        text = f"scam type {facts.scam_type} is not covered"
        yield Gap("scam_type", "its scam type is not covered", text)
    if facts.role not in terms.roles:
        text = f"the role {facts.role} is not covered"
        yield Gap("role", "its role is not covered", text)
    if facts.review_status not in terms.review_statuses:
        text = f"the review status {facts.review_status} does not suffice"
        yield Gap("review_status", "its review status does not suffice", text)


def _ceiling(terms: Terms) -> str:
    return f"TLP:{terms.tlp_ceiling.upper()}" if terms.tlp_ceiling else "(none)"


def released_fields(terms: Terms) -> frozenset[str]:
    """Every key a payload of this clause may have; those below another with a dot."""
    if terms.void:
        return _NEVER
    rules = dict(terms.fields)
    found = {name for name, rule in rules.items() if rule is not FieldRule.DROP}
    if "value" in found:
        found.add("value_absent")
    if "originator" in found:
        found.add("originator.id")
        if rules["originator"] is FieldRule.KEEP:
            found.add("originator.name")
    return fields.ALWAYS | found


def same_or_wider(old: Terms, new: Terms) -> bool:
    """Whether the new clause releases all that the old one did, at least as fully.

    Then its stream goes on in the same generation. Recipients do not count: theirs are
    Grants, which end by themselves. Nor does who sees feedback: that is asked at reading. A clause that permits nothing any more, for parties
    left, is compared by its terms: what it released before may be in the stream still.
    """
    if new.void and not old.void:
        return False
    return _covers(old, new) and _tells(old, new) and _allows(old, new)


def _covers(old: Terms, new: Terms) -> bool:
    return (
        old.contributors <= new.contributors
        and old.types <= new.types
        and old.scam_types <= new.scam_types
        and old.roles <= new.roles
        and old.review_statuses <= new.review_statuses
        and old.tlps <= new.tlps
        and old.min_confidence >= new.min_confidence
    )


def _tells(old: Terms, new: Terms) -> bool:
    known = dict(new.fields)
    rules_hold = all(
        rule is FieldRule.DROP or known[name] in (rule, FieldRule.KEEP)
        for name, rule in old.fields
    )
    query = Disclosure.QUERY in (old.disclosure, new.disclosure)
    if query and old.disclosure is not new.disclosure:
        return False
    return rules_hold and (old.disclosure, new.disclosure) != (
        Disclosure.VALUE,
        Disclosure.TOKEN,
    )


def _allows(old: Terms, new: Terms) -> bool:
    sooner = new.embargo_until is None or (
        old.embargo_until is not None and new.embargo_until <= old.embargo_until
    )
    return (
        sooner
        and old.purposes <= new.purposes
        and old.may_train <= new.may_train
        and old.retention_days <= new.retention_days
    )


def warnings(terms: Terms) -> list[str]:
    """What somebody who drafts or signs this clause should know, in plain words."""
    if terms.void:
        return list(terms.void)
    return [f"{terms.place} {what}." for what in _cautions(terms)]


def _cautions(terms: Terms) -> Iterator[str]:
    weak = sorted(LOW_ENTROPY & terms.types)
    if weak and terms.disclosure is Disclosure.TOKEN:
        yield (
            f"hands out tokens of {_and(weak)}: there are so few of these that"
            " every recipient can compute all of them within hours and read the values;"
            " use “query” where nobody needs the stream"
        )
    if terms.recipients <= terms.contributors and len(terms.contributors) == 1:
        yield "gives its only contributor nothing but its own claims back"
    if "victim" in terms.roles:
        yield "covers what belongs to victims: ask whether every recipient needs it"
    if terms.disclosure is Disclosure.VALUE:
        hashed = sorted(HASH_ONLY & terms.types)
        if hashed:
            yield f"hands over {_and(hashed)} as tokens only: the hub never keeps more"
        lost = [t for t in sorted(terms.types - HASH_ONLY) if not _leaves(terms, t)]
        if lost:
            yield f"leaves no value of {_and(lost)} after redaction"


def _and(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _leaves(terms: Terms, kind: str) -> bool:
    return fields.leaves(dict(terms.fields)["value"], kind)


def overlaps(clauses: Sequence[Terms]) -> list[str]:
    """Flows that two clauses cover with different terms, as sentences."""
    return [
        f"{one.place} and clause “{two.clause}” cover the same flow with different"
        " terms: a recipient of both gets one entry from each, as each lets it be."
        for one, two in combinations((c for c in clauses if not c.void), 2)
        if _meet(one, two) and not (same_or_wider(one, two) and same_or_wider(two, one))
    ]


def _meet(one: Terms, two: Terms) -> bool:
    pairs = (
        (one.contributors, two.contributors),
        (one.recipients, two.recipients),
        (one.types, two.types),
        (one.scam_types, two.scam_types),
        (one.roles, two.roles),
        (one.tlps, two.tlps),
        (one.review_statuses, two.review_statuses),
    )
    return all(not left.isdisjoint(right) for left, right in pairs)
