"""A draft as it is being written: read, put into plain words and cautioned, never stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import yaml

from hub.lib.clock import now
from hub.lib.errors import FieldError, Invalid
from orgs.accounts.actor import Actor
from sharing.agreements import directory, facts, prose, shown
from sharing.agreements.models import Agreement, Version
from sharing.agreements.policy import compile_terms, overlaps, warnings
from sharing.agreements.schema import KEYS as TERMS
from sharing.agreements.schema import FaultError, moment
from sharing.agreements.texts import KEYS, NEW, canonical_text, terms_in

SOURCE_MAX = 200_000  # characters
CLAUSE_ORDER = ("name", "continues", *TERMS)
CONTROLS = {*map(chr, range(32)), "\x7f"} - {"\n", "\t"}
START = """\
title: A working title
effective_from: {today}
parties: [first-organization, second-organization]
clauses:
  - name: Fraud prevention
    continues: new
    from: [first-organization]
    to: [second-organization]
    types: [domain, url]
    scam_types: all
    roles: [perpetrator, infrastructure]
    review_status: all
    tlp_ceiling: amber
    min_confidence: 50
    purposes: [detection, disruption]
    legal_basis: Legitimate interest in the prevention of fraud.
    government_recipients: no
    disclosure: token
    retention_days: 180
    may_train: no
    feedback: contributor
"""


@dataclass(frozen=True, slots=True)
class Preview:
    """What the source would say, and everything that is wrong with it."""

    title: str
    clauses: list[tuple[str, prose.Prose]]
    cautions: list[str]
    errors: list[FieldError]


def parse(source: str) -> Any:
    """YAML or JSON as written by a person; Invalid says where it cannot be read.

    No anchors: a few of them are enough to write a text of any size.
    """
    if len(source) > SOURCE_MAX:
        raise _unreadable(f"A text has at most {SOURCE_MAX:,} characters.")
    try:
        for event in yaml.parse(source, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                raise _unreadable("Write it out; anchors are not read here.")
        found = yaml.safe_load(source)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise _unreadable("This is not YAML.", mark and mark.line + 1) from error
    except (ValueError, OverflowError, RecursionError) as error:
        raise _unreadable("A number, a date or the depth cannot be read.") from error
    _check_letters(found, "")
    return found


def _check_letters(found: Any, path: str) -> None:
    """No control characters or halves of letters: neither can be stored and hashed."""
    if isinstance(found, Mapping):
        for key, said in found.items():
            _check_letters(str(key), path)
            _check_letters(said, f"{path}.{key}".lstrip("."))
    elif isinstance(found, list):
        for place, said in enumerate(found):
            _check_letters(said, f"{path}.{place}".lstrip("."))
    elif isinstance(found, str) and not _plain(found):
        detail = "It has a character that is no letter of any script."
        raise Invalid(
            detail, errors=[{"field": path, "code": "bad-text", "detail": detail}]
        )


def _plain(text: str) -> bool:
    halves = any("\ud800" <= letter <= "\udfff" for letter in text)
    return not halves and CONTROLS.isdisjoint(text)


def _unreadable(detail: str, line: int | None = None) -> Invalid:
    where = f"line {line}" if line else "text"
    fault: FieldError = {"field": where, "code": "bad-yaml", "detail": detail}
    return Invalid(f"{where}: {detail}", code="bad-agreement", errors=[fault])


def preview(actor: Actor, source: str) -> Preview:
    """Never raises for what was written: faults are part of the answer."""
    shown.enter_to_draft(actor)
    try:
        raw = parse(source)
    except Invalid as problem:
        return Preview("", [], [], problem.errors)
    return of(actor, raw)


def plain(raw: Any) -> Any:
    """What a form says, or Invalid where it has what cannot be stored."""
    _check_letters(raw, "")
    return raw


def of(actor: Actor, raw: Any) -> Preview:
    """The same of what a form says."""
    shown.enter_to_draft(actor)
    try:
        text = canonical_text(plain(raw), drafted_at=now())
    except Invalid as problem:
        return Preview("", _readable(raw, _names(actor, raw)), [], problem.errors)
    parties = _parties(actor, text)
    missing = {party["slug"] for party in text["parties"]} - {p.slug for p in parties}
    errors = directory.unknown(missing, "parties")
    names = {party.slug: party.name for party in parties}
    clauses = [(c["name"], prose.clause(terms_in(c), names)) for c in text["clauses"]]
    cautions = [] if missing else _cautions(text, parties) + _findable(actor, text)
    return Preview(text["title"], clauses, cautions, errors)


def _findable(actor: Actor, text: Mapping[str, Any]) -> list[str]:
    hidden = [party["slug"] for party in text["parties"] if party["hidden"]]
    return directory.findable(directory.named(actor, hidden))


def _names(actor: Actor, raw: Any) -> dict[str, str]:
    """The names of parties, as far as a faulty text lets them be read."""
    parties = raw.get("parties") if isinstance(raw, Mapping) else None
    found = parties if isinstance(parties, list) else []
    slugs = [p.get("slug") if isinstance(p, Mapping) else p for p in found]
    texts = [slug for slug in slugs[:100] if isinstance(slug, str) and _plain(slug)]
    return {each.slug: each.name for each in directory.named(actor, texts)}


def _readable(raw: Any, names: Mapping[str, str]) -> list[tuple[str, prose.Prose]]:
    """The clauses of a faulty text, as far as they can be put into words."""
    clauses = raw.get("clauses") if isinstance(raw, Mapping) else None
    if not isinstance(clauses, list):
        return []
    return [
        (str(each.get("name") or "A clause"), prose.clause(terms_in(each), names))
        for each in clauses[:100]
        if isinstance(each, Mapping)
    ]


def _parties(actor: Actor, text: Mapping[str, Any]) -> facts.Signatories:
    slugs = [party["slug"] for party in text["parties"]]
    return tuple(facts.facts_of(each) for each in directory.named(actor, slugs))


def _cautions(text: Mapping[str, Any], parties: facts.Signatories) -> list[str]:
    terms = [
        compile_terms(
            terms_in(clause),
            agreement=text["title"],
            agreement_id=_id(text["title"]),
            version=0,
            clause=clause["name"],
            clause_id=_id(clause["name"]),
            collection_id=_id(clause["name"]),
            signatories=parties,
        )
        for clause in text["clauses"]
    ]
    told = [line for each in terms for line in warnings(each)] + overlaps(terms)
    place = f" of “{text['title']}”, version 0,"
    return [line.replace(place, "") for line in told]


def _id(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, name)


def source_of_nothing() -> str:
    """What the editor opens with: a whole clause to write over."""
    return START.format(today=f"{now():%Y-%m-%d}")


def source_of(actor: Actor, version: Version) -> str:
    """The text of a Version for the editor, as far as the actor may see it."""
    return written(shown.text(actor, version))


def source_of_amendment(actor: Actor, agreement: Agreement) -> tuple[str, Version]:
    """The text that is in force (or the newest), each clause going on where it is."""
    versions = shown.versions(actor).filter(agreement=agreement)
    active = [each for each in versions if each.pk == agreement.active_version_id]
    base = (active or versions)[0]
    rows = base.clauses.select_related("collection")
    feeds = {row.name: row.collection for row in rows if row.collection}
    text = shown.text(actor, base)
    clauses = [
        {**clause, "continues": str(feed.title) if feed else NEW}
        for clause in text["clauses"]
        for feed in [feeds.get(clause["name"])]
    ]
    return written({**text, "effective_from": None, "clauses": clauses}), base


def written(text: Mapping[str, Any]) -> str:
    """As a person would write it: no empty dates, parties by their slug."""
    parties: Sequence[Any] = [
        party["slug"] if isinstance(party, Mapping) and not party["hidden"] else party
        for party in text["parties"]
    ]
    clauses = [_ordered(clause, CLAUSE_ORDER) for clause in text["clauses"]]
    whole = {**text, "parties": parties, "clauses": clauses}
    kept = _ordered({k: said for k, said in whole.items() if said is not None}, KEYS)
    for key in ("effective_from", "effective_until"):
        if key in kept:
            kept[key] = _day(kept[key])
    found: str = yaml.dump(
        kept,
        Dumper=_Plain,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=None,
        width=64,
    )
    return found


class _Plain(yaml.SafeDumper):
    """Says yes and no, as people do."""


_Plain.add_representer(
    bool,
    lambda dumper, said: dumper.represent_scalar(
        "tag:yaml.org,2002:bool", "yes" if said else "no"
    ),
)


def _ordered(said: Mapping[str, Any], order: Sequence[str]) -> dict[str, Any]:
    """JSON in the database keeps no order; people expect one."""
    return {key: said[key] for key in order if key in said}


def _day(said: str) -> str:
    try:
        at = moment(said)
    except FaultError:
        return said
    midnight = (at.hour, at.minute, at.second, at.microsecond) == (0, 0, 0, 0)
    return f"{at:%Y-%m-%d}" if midnight else said
