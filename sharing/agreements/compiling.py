"""From the written terms of a clause to Terms: once per clause and set of signatories."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sharing.agreements import fields
from sharing.agreements.schema import Chosen, Written, read
from sharing.agreements.terms import (
    Decision,
    Obligations,
    RecipientFacts,
    Terms,
    place,
)
from sharing.vocabulary import TLP_RANK, Disclosure, Tlp

AS = {
    Disclosure.VALUE: "as value",
    Disclosure.TOKEN: "as token",
    Disclosure.QUERY: (
        "as query: recipients are handed nothing, they can only ask whether a value of"
        " theirs is there, and for the details of a hit"
    ),
}
HIDDEN_MINIMUM = 3  # contributors, before one of them can hide among the others


def compile_terms(
    raw: Mapping[str, Any],
    *,
    agreement: str,
    agreement_id: UUID,
    version: int,
    clause: str,
    clause_id: UUID,
    collection_id: UUID,
    signatories: Sequence[RecipientFacts],
) -> Terms:
    """Resolve a clause among those who signed; what is empty or contradictory is void.

    Never raises: whatever cannot be read permits nothing and says why in `void`.
    """
    said = read(raw)
    contributors = frozenset(
        each.organization_id for each in signatories if chosen(said.contributors, each)
    )
    profile = fields.effective(
        said.redaction, disclosure=said.disclosure, hidden=said.originator_hidden
    )
    duties = Obligations(
        disclosure=said.disclosure,
        fields=profile,
        originator_hidden=said.originator_hidden,
        retention_days=said.retention_days,
        embargo_until=said.embargo_until,
        may_train=said.may_train,
        clause_id=clause_id,
    )
    where = place(agreement, version, clause)
    terms = Terms(
        agreement=agreement,
        agreement_id=agreement_id,
        version=version,
        clause=clause,
        clause_id=clause_id,
        collection_id=collection_id,
        signatories=frozenset(each.organization_id for each in signatories),
        contributors=contributors,
        to_everyone=said.recipients.everyone,
        to_kinds=said.recipients.kinds,
        to_named=_named(said.recipients, signatories),
        recipients=frozenset(),
        jurisdictions=said.jurisdictions,
        government_recipients=said.government_recipients,
        types=said.types,
        scam_types=said.scam_types,
        roles=said.roles,
        review_statuses=said.review_statuses,
        tlp_ceiling=said.tlp_ceiling,
        tlps=_up_to(said.tlp_ceiling),
        min_confidence=said.min_confidence,
        purposes=said.purposes,
        legal_basis=said.legal_basis,
        disclosure=said.disclosure,
        fields=profile,
        originator_hidden=said.originator_hidden,
        retention_days=said.retention_days,
        may_train=said.may_train,
        feedback_shared=said.feedback_shared,
        feedback_unnamed=said.feedback_unnamed,
        embargo_until=said.embargo_until,
        void=(),
        permit=Decision(
            permitted=True,
            obligations=duties,
            reasons=(f"{where} permits it {AS[said.disclosure]}.",),
        ),
        place=where,
    )
    recipients = frozenset(
        each.organization_id for each in signatories if not refusals(terms, each)
    )
    terms = replace(terms, recipients=recipients)
    problems = [*_unreadable(said), *_empty(terms, said), *_contradictory(terms, said)]
    void = tuple(f"{where} permits nothing: {problem}." for problem in problems)
    return replace(terms, void=void)


def chosen(choice: Chosen, party: RecipientFacts) -> bool:
    return choice.everyone or party.kind in choice.kinds or party.slug in choice.slugs


def refusals(terms: Terms, recipient: RecipientFacts) -> list[str]:
    """Every reason why an organization is not admitted, without the clause's name."""
    name, pk = recipient.name, recipient.organization_id
    found = []
    if pk not in terms.signatories:
        found.append(f"{name} has not signed this version")
    named = terms.to_everyone or recipient.kind in terms.to_kinds
    if not (named or pk in terms.to_named):
        found.append(f"{name} is not among its recipients")
    if recipient.is_government and not terms.government_recipients:
        found.append(f"it has no government recipients, and {name} is one")
    where = terms.jurisdictions
    if where is not None and recipient.jurisdiction not in where:
        found.append(f"its recipients are in {_listed(where)} only, {name} is not")
    return found


def _named(choice: Chosen, signatories: Sequence[RecipientFacts]) -> frozenset[UUID]:
    return frozenset(
        each.organization_id for each in signatories if each.slug in choice.slugs
    )


def _up_to(ceiling: Tlp | None) -> frozenset[str]:
    if ceiling is None:
        return frozenset()
    return frozenset(str(t) for t in Tlp if TLP_RANK[t] <= TLP_RANK[ceiling])


def _unreadable(said: Written) -> Iterable[str]:
    for fault in said.faults:
        term, detail = fault["field"] or "terms", fault["detail"].rstrip(".")
        if fault["code"] == "missing":
            yield f"its term “{term}” is not given"
        else:
            yield f"its term “{term}” cannot be read ({detail})"


def _empty(terms: Terms, said: Written) -> Iterable[str]:
    faulty = {fault["field"].partition(".")[0] for fault in said.faults}
    lists = {
        "from": (terms.contributors, "none of its contributors has signed"),
        "to": (terms.recipients, "nobody who signed may receive it"),
        "types": (terms.types, "it names no indicator type"),
        "scam_types": (terms.scam_types, "it names no scam type"),
        "roles": (terms.roles, "it names no role"),
        "review_status": (terms.review_statuses, "it names no review status"),
        "purposes": (terms.purposes, "it names no purpose"),
    }
    for term, (found, sentence) in lists.items():
        if not found and term not in faulty:
            yield sentence


def _contradictory(terms: Terms, said: Written) -> Iterable[str]:
    yield from fields.contradictions(
        said.redaction, disclosure=terms.disclosure, hidden=terms.originator_hidden
    )
    count = len(terms.contributors)
    if terms.originator_hidden and 0 < count < HIDDEN_MINIMUM:
        yield (
            f"a hidden originator needs {HIDDEN_MINIMUM} contributors to hide among,"
            f" and {count} signed"
        )
    if terms.disclosure is Disclosure.VALUE and not _discloses(terms):
        yield "it discloses values of types that its redaction turns into nothing"


def _discloses(terms: Terms) -> bool:
    """Whether the rule for values leaves anything of at least one type."""
    rule = dict(terms.fields)["value"]
    return not terms.types or any(fields.leaves(rule, each) for each in terms.types)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words)) or "no country"
