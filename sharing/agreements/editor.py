"""The form of a draft as it is shown: every field with its faults, every clause in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.lib.errors import FieldError
from orgs.accounts.actor import Actor
from orgs.models import Organization
from sharing import vocabulary as v
from sharing.agreements import directory, fields, preview, prose
from sharing.agreements.models import Agreement
from sharing.agreements.sheet import (
    EVERY,
    KIND,
    TERMS,
    YES,
    Data,
    Term,
    data_of,
    text_of,
)
from sharing.agreements.texts import ACCESSION, NEW

Choice = tuple[str, str, bool]  # value, words, chosen

LABELS = {
    **{str(each): f"TLP:{each.upper()}" for each in v.Tlp},
    v.Disclosure.TOKEN: "a keyed hash (token)",
    v.Disclosure.VALUE: "the value itself",
    v.Disclosure.QUERY: "answers to questions only (query)",
    "shown": "shown to recipients",
    "hidden": "hidden: needs three contributors",
    "contributor": "the contributor of the record",
    "recipients": "the contributor and every recipient",
    **{str(kind): said for kind, said in prose.TYPE_WORDS.items()},
}
SILENT = {
    "disclosure": "as usual (token)",
    "originator": "as usual (shown)",
    "feedback": "as usual (the contributor)",
    "feedback_giver": "as usual (named)",
}
RULES = {
    v.FieldRule.KEEP: "as it is",
    v.FieldRule.DROP: "left out",
    v.FieldRule.MASK: "masked but for its ends",
    v.FieldRule.DAY: "to the day",
    v.FieldRule.DOMAIN: "its domain only",
    v.FieldRule.COUNTRY: "its country only",
    v.FieldRule.PSEUDONYM: "a pseudonym",
}


@dataclass(frozen=True, slots=True)
class Control:
    """One field: its control, what it says, and what is wrong with that."""

    name: str
    label: str
    ask: str
    said: str
    choices: list[Choice]
    help: str
    faults: list[str]

    @property
    def id(self) -> str:
        return f"f-{self.name}".replace(".", "-")


@dataclass(frozen=True, slots=True)
class ClauseForm:
    number: int
    title: str
    head: list[Control]
    groups: list[tuple[str, list[Control]]]
    redaction: list[Control]
    prose: prose.Prose | None
    cautions: list[str]
    last: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    head: list[Control]
    parties: list[tuple[Control, Control]]  # slug, hidden
    known: list[tuple[str, str]]  # slug, name
    clauses: list[ClauseForm]
    cautions: list[str]
    party_faults: list[FieldError]
    faults: list[FieldError]  # of no field in particular
    ready: bool

    @property
    def controls(self) -> Iterator[Control]:
        """Every one of them, for telling again what is wrong."""
        yield from self.head
        yield from (slug for slug, _ in self.parties)
        for clause in self.clauses:
            yield from clause.head
            for _, group in clause.groups:
                yield from group
            yield from clause.redaction


class _Writer:
    """Takes the faults of the text apart: each is told beside its own field."""

    def __init__(self, data: Data, errors: Sequence[FieldError]) -> None:
        self.data = data
        self.left = list(errors)

    def control(
        self,
        name: str,
        path: str,
        label: str,
        ask: str = "line",
        choices: Sequence[tuple[str, str]] = (),
        help: str = "",  # noqa: A002 - as HTML calls it
    ) -> Control:
        said = self.data.get(name) or []
        shown = [(value, words, value in said) for value, words in choices]
        faults = self._faults(path)
        return Control(name, label, ask, (said or [""])[0], shown, help, faults)

    def _faults(self, path: str) -> list[str]:
        own = [e for e in self.left if f"{e['field']}.".startswith(f"{path}.")]
        self.left = [e for e in self.left if e not in own]
        return list(dict.fromkeys(e["detail"] for e in own))


def sheet(
    actor: Actor,
    data: Data,
    agreement: Agreement | None,
    refused: Sequence[FieldError] = (),
) -> Sheet:
    """The form for what was filled in so far, and why it was refused; nothing is stored."""
    text = text_of(data)
    data = data_of(text)
    said = preview.of(actor, text)
    known_faults = [*said.errors, *(e for e in refused if e not in said.errors)]
    writer = _Writer(data, known_faults)
    known = list(directory.known_to(actor).order_by("name"))
    feeds = _feeds(actor, agreement)
    sides = _sides(text, known)
    clauses = [
        _clause(
            writer, n, clause, sides, feeds, said, last=n + 1 == len(text["clauses"])
        )
        for n, clause in enumerate(text["clauses"])
    ]
    parties = [_party(writer, n) for n in range(len(text["parties"]) + 1)]
    head = _head(writer)
    told = {line for clause in clauses for line in clause.cautions}
    return Sheet(
        head,
        parties,
        [(each.slug, each.name) for each in known],
        clauses,
        [line for line in said.cautions if line not in told],
        [fault for fault in writer.left if fault["field"] == "parties"],
        [fault for fault in writer.left if fault["field"] != "parties"],
        ready=not known_faults,
    )


def _head(writer: _Writer) -> list[Control]:
    day = "A day (2026-01-31), or a time with its offset."
    return [
        writer.control("title", "title", "Title"),
        writer.control("effective_from", "effective_from", "In effect from", help=day),
        writer.control(
            "effective_until", "effective_until", "Until", help="Empty: without end."
        ),
        writer.control(
            ACCESSION,
            ACCESSION,
            "Others may join it by signing while it is in force",
            "yes",
            [(YES, "")],
        ),
    ]


def _party(writer: _Writer, n: int) -> tuple[Control, Control]:
    return (
        writer.control(f"p{n}-slug", f"parties.{n}", f"Party {n + 1}", "party"),
        writer.control(
            f"p{n}-hidden",
            f"parties.{n}.hidden",
            f"Party {n + 1} is hidden from the others",
            "yes",
            [(YES, "")],
        ),
    )


def _clause(
    writer: _Writer,
    n: int,
    clause: Mapping[str, Any],
    sides: Sequence[tuple[str, str]],
    feeds: Sequence[tuple[str, str]],
    said: preview.Preview,
    *,
    last: bool,
) -> ClauseForm:
    path, title = f"clauses.{n}", str(clause.get("name") or "")

    def control(term: Term) -> Control:
        choices = _choices(term, sides)
        name = f"c{n}-{term.key}"
        where = f"{path}.{term.key}"
        return writer.control(name, where, term.label, term.ask, choices, term.help)

    head = [
        writer.control(f"c{n}-name", f"{path}.name", "Name of the clause"),
        writer.control(
            f"c{n}-continues",
            f"{path}.continues",
            "Goes on with the collection",
            "one",
            _with_own(feeds, clause),
        ),
    ]
    words = [prose for place, (_, prose) in enumerate(said.clauses) if place == n]
    start = f"Clause “{title}” "
    return ClauseForm(
        number=n,
        title=title,
        head=head,
        groups=[(name, [control(t) for t in terms]) for name, terms in TERMS.items()],
        redaction=[_rule(writer, n, name) for name in fields.RULES],
        prose=words[0] if words else None,
        cautions=[line for line in said.cautions if title and line.startswith(start)],
        last=last,
    )


def _rule(writer: _Writer, n: int, name: str) -> Control:
    usual = RULES[fields.DEFAULTS[name]]
    rules = [(str(rule), RULES[rule]) for rule in RULES if rule in fields.RULES[name]]
    return writer.control(
        f"c{n}-redaction.{name}",
        f"clauses.{n}.redaction.{name}",
        prose.words(name).capitalize(),
        "one",
        [("", f"as usual ({usual})"), *rules],
    )


def _choices(term: Term, sides: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    words = [(str(word), _label(word)) for word in term.words]
    if term.ask == "sides":
        return [(EVERY, "every party"), *sides]
    if term.ask == "words":
        return [(EVERY, "all"), *words]
    if term.ask == "yes":
        return [(YES, "")]
    return (
        [("", SILENT.get(term.key, "choose")), *words] if term.ask == "one" else words
    )


def _label(word: object) -> str:
    return LABELS.get(str(word), prose.words(word))


def _sides(
    text: Mapping[str, Any], known: Sequence[Organization]
) -> list[tuple[str, str]]:
    """Those that a clause can name: the parties so far, and every kind."""
    names = {each.slug: each.name for each in known}
    slugs = [p["slug"] if isinstance(p, dict) else p for p in text["parties"]]
    kinds = [(f"{KIND}{kind}", f"every {prose.words(kind)}") for kind in _KINDS]
    return [*((slug, names.get(slug, slug)) for slug in slugs), *kinds]


_KINDS = sorted(Organization.Kind.values)


def _feeds(actor: Actor, agreement: Agreement | None) -> list[tuple[str, str]]:
    new = (NEW, "a new one")
    if agreement is None:
        return [new]
    found = directory.collections(actor, agreement).order_by("title")
    return [new, *((str(each.pk), each.title) for each in found)]


def _with_own(
    feeds: Sequence[tuple[str, str]], clause: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """The choices; what a text calls by its title stays as it is written."""
    own = str(clause.get("continues") or NEW)
    titles = [(own if title == own else value, title) for value, title in feeds]
    return titles if own in dict(titles) else [*titles, (own, own)]
