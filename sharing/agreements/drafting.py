"""The parts of a Version, written from its text; and where to find those of a file."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml

from hub.lib.canonical import canonical_hash
from hub.lib.errors import Conflict, FieldError, Invalid
from orgs.accounts.actor import Actor, Role
from orgs.models import Membership, Organization, User
from sharing.agreements import directory
from sharing.agreements.models import Agreement, Clause, Collection, Party, Version
from sharing.agreements.schema import known_today, moment
from sharing.agreements.texts import DOCUMENT, NEW, terms_in
from sharing.vocabulary import Disclosure


def write_parts(version: Version, text: dict[str, Any], *, actor: Actor) -> None:
    """Store the text, its hash, and the parties and clauses it names."""
    parties = _organizations(text, actor)
    text, collections = resolved(version.agreement, text, actor=actor)
    text |= {DOCUMENT: kept} if (kept := (version.text or {}).get(DOCUMENT)) else {}
    version.text, version.text_sha256 = text, canonical_hash(text)
    version.effective_from = moment(text["effective_from"])
    until = text["effective_until"]
    version.effective_until = None if until is None else moment(until)
    version.save()
    version.parties.all().delete()
    version.clauses.all().delete()
    Party.objects.bulk_create(
        Party(
            version=version,
            organization=parties[party["slug"]],
            hidden=party["hidden"],
        )
        for party in text["parties"]
    )
    Clause.objects.bulk_create(
        Clause(
            version=version,
            collection=collections[place],
            position=place,
            name=clause["name"],
            terms=terms_in(clause),
        )
        for place, clause in enumerate(text["clauses"])
    )


def freeze(version: Version) -> None:
    """Write down what `all` means, before the first signature: it covers that for good."""
    clauses = list(version.clauses.all())
    for clause in clauses:
        clause.known = known_today(clause.terms)
    Clause.objects.bulk_update(clauses, ["known"])


def check_hash(version: Version, read_sha256: str | None) -> None:
    """Refuse unless the stored text is the one that was hashed, and the one that was read."""
    parts = [(c.name, c.terms) for c in version.clauses.order_by("position")]
    said = [(c["name"], terms_in(c)) for c in version.text["clauses"]]
    if canonical_hash(version.text) != version.text_sha256 or parts != said:
        raise Conflict("The stored text is not the one that was drafted.")
    if read_sha256 not in (None, version.text_sha256):
        raise Conflict("The text changed since you read it; read it again.")


def resolved(
    agreement: Agreement, text: dict[str, Any], *, actor: Actor
) -> tuple[dict[str, Any], list[Collection | None]]:
    """The text with ids for the collections its clauses continue, and these collections."""
    found: list[Collection | None] = []
    known = list(directory.collections(actor, agreement))
    clauses, faults = [], list[FieldError]()
    for place, clause in enumerate(text["clauses"]):
        collection, fault = _continued(known, clause)
        if collection is not None and collection in found:
            fault = f"“{collection.title}” is continued by another clause already."
        if fault:
            path = f"clauses.{place}.continues"
            faults.append({"field": path, "code": "bad-collection", "detail": fault})
        found.append(collection)
        kept = NEW if collection is None else str(collection.pk)
        clauses.append({**clause, "continues": kept})
    if faults:
        told = " ".join(f"{fault['field']}: {fault['detail']}" for fault in faults)
        raise Invalid(told, code="bad-agreement", errors=faults)
    return {**text, "clauses": clauses}, found


def _continued(
    known: Sequence[Collection], clause: Mapping[str, Any]
) -> tuple[Collection | None, str]:
    """The open collection a clause continues, by id or title; and what is wrong."""
    name = clause["continues"]
    if name == NEW:
        return None, ""
    named = [each for each in known if name in (str(each.pk), each.title)]
    if len(named) != 1:
        return None, f"The agreement has no one open collection “{name}”; or say “new”."
    before, after = named[0].disclosure, clause.get("disclosure", Disclosure.TOKEN)
    if before != after and Disclosure.QUERY in (before, after):
        return None, "To or from “query” is always a new collection."
    return named[0], ""


def _organizations(text: Mapping[str, Any], actor: Actor) -> dict[str, Organization]:
    slugs = [party["slug"] for party in text["parties"]]
    found = {each.slug: each for each in directory.named(actor, slugs)}
    faults = directory.unknown(set(slugs) - found.keys(), "parties")
    if faults:
        told = f"parties: {faults[0]['detail']}"
        raise Invalid(told, code="bad-agreement", errors=faults)
    return found


def load(path: Path) -> Any:
    """The content of a YAML file, or Invalid with the place of what is wrong."""
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"{path} cannot be read.", code="bad-file") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise Invalid(f"{path} is not valid YAML{where}.", code="bad-file") from error


def signatory_of(organization_id: UUID) -> User | None:
    """Somebody who may sign for the organization: the first by date of joining."""
    member = Membership.objects.filter(
        organization=organization_id,
        organization__is_active=True,
        role=Role.SIGNATORY,
        user__is_active=True,
    ).select_related("user")
    first = member.order_by("created_at", "pk").first()
    return first.user if first else None
