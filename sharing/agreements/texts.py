"""The text of a Version: what was sent, read into the one form that is hashed and signed.

Everything wrong with it is reported at once, each fault with the path of its field.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.text import slugify

from hub.lib.clock import iso
from hub.lib.errors import FieldError, Invalid
from orgs.models import Organization
from sharing.agreements import schema
from sharing.agreements.schema import FaultError, moment

NEW = "new"
ACCESSION = "open_to_accession"
KEYS = ("title", "effective_from", "effective_until", ACCESSION, "parties", "clauses")
# In a stored text alone: name, size and SHA-256 of what is attached.
DOCUMENT = "legal_document"
TITLE_MAX, NAME_MAX = 200, 120
PARTIES_MIN = 2
MAX = 100  # parties, and clauses: an agreement is read by people


class Faults:
    """Collects what is wrong, so that all of it is told in one answer."""

    def __init__(self) -> None:
        self.found: list[FieldError] = []

    def add(self, path: str, code: str, detail: str) -> None:
        self.found.append({"field": path, "code": code, "detail": detail})

    def attempt(self, path: str, reader: Callable[[Any], Any], raw: Any) -> Any:
        """What the reader makes of it; None when it cannot."""
        try:
            return reader(raw)
        except FaultError as fault:
            where = f"{path}.{fault.field}" if fault.field else path
            self.add(where, fault.code, fault.detail)
            return None

    def check(self) -> None:
        if self.found:
            told = "; ".join(f"{e['field']}: {e['detail']}" for e in self.found[:5])
            raise Invalid(
                f"The agreement cannot be read. {told}",
                code="bad-agreement",
                errors=self.found,
            )


def canonical_text(raw: Any, *, drafted_at: datetime) -> dict[str, Any]:
    """The text with every part in its one form, or Invalid with all that is wrong.

    Without `effective_from` it takes effect from when it was drafted.
    """
    faults = Faults()
    if not isinstance(raw, Mapping):
        faults.add("", "not-an-agreement", "An agreement is a set of named parts.")
        faults.check()
    plain = _plain(raw)
    for key in plain.keys() - set(KEYS):
        faults.add(key, "unknown-key", f"An agreement has no part “{key}”.")
    begins = _time(faults, "effective_from", plain, default=drafted_at)
    ends = _time(faults, "effective_until", plain, default=None)
    if begins and ends and ends <= begins:
        faults.add("effective_until", "bad-time", "It would end before it begins.")
    text = {
        "title": faults.attempt("title", _title, plain.get("title")),
        "effective_from": iso(begins) if begins else None,
        "effective_until": iso(ends) if ends else None,
        "parties": _parties(faults, plain.get("parties")),
        "clauses": _clauses(faults, plain.get("clauses")),
    }
    if plain.get(ACCESSION) is not None:
        joins = faults.attempt(ACCESSION, schema.yes, plain[ACCESSION])
        text |= {ACCESSION: True} if joins else {}  # silence and no are one text
    _check_named(faults, text)
    faults.check()
    return text


def terms_in(clause: Mapping[str, Any]) -> dict[str, Any]:
    """The terms of a clause of the text, without its name and what it continues."""
    return {k: said for k, said in clause.items() if k not in ("name", "continues")}


def _plain(raw: Any) -> Any:
    """As JSON has it: YAML reads dates, and numbers as keys."""
    if isinstance(raw, Mapping):
        return {str(key): _plain(said) for key, said in raw.items()}
    if isinstance(raw, list):
        return [_plain(each) for each in raw]
    if isinstance(raw, datetime | date):
        return raw.isoformat()
    return raw


def _title(raw: Any) -> str:
    title = _line(raw, TITLE_MAX)
    if not slugify(title):
        raise FaultError("bad-title", "A title needs letters or digits.")
    return title


def _line(raw: Any, limit: int) -> str:
    if not isinstance(raw, str) or not raw.strip():
        raise FaultError("missing", "A text is needed here.")
    line = " ".join(raw.split())
    if len(line) > limit:
        raise FaultError("too-long", f"At most {limit} characters.")
    return line


def _time(
    faults: Faults, key: str, plain: Mapping[str, Any], *, default: datetime | None
) -> datetime | None:
    if plain.get(key) is None:
        return default
    found: datetime | None = faults.attempt(key, moment, plain[key])
    return found


def _parties(faults: Faults, raw: Any) -> list[dict[str, Any]]:
    if not isinstance(raw, list) or not PARTIES_MIN <= len(raw) <= MAX:
        faults.add("parties", "bad-parties", "An agreement has two parties or more.")
        return []
    found = []
    for place, item in enumerate(raw):
        party = {"slug": item} if isinstance(item, str) else item
        if _is_party(party):
            found.append({"slug": party["slug"], "hidden": party.get("hidden") is True})
        else:
            detail = "A party is a slug, or `slug: ...` with `hidden: yes` or `no`."
            faults.add(f"parties.{place}", "bad-party", detail)
    slugs = [each["slug"] for each in found]
    for twice in sorted({slug for slug in slugs if slugs.count(slug) > 1}):
        faults.add("parties", "twice", f"The party {twice} is named twice.")
    return sorted(found, key=lambda party: party["slug"])


def _is_party(party: Any) -> bool:
    return (
        isinstance(party, Mapping)
        and {"slug"} <= party.keys() <= {"slug", "hidden"}
        and isinstance(party["slug"], str)
        and isinstance(party.get("hidden", False), bool)
    )


def _clauses(faults: Faults, raw: Any) -> list[dict[str, Any]]:
    if not isinstance(raw, list) or not 1 <= len(raw) <= MAX:
        faults.add("clauses", "missing", "An agreement has at least one clause.")
        return []
    found = [
        _clause(faults, f"clauses.{place}", clause) for place, clause in enumerate(raw)
    ]
    for part, free in (("name", None), ("continues", NEW)):
        said = [c[part] for c in found if c.get(part) not in (None, free)]
        for twice in sorted({each for each in said if said.count(each) > 1}):
            detail = f"“{twice}” stands in two clauses."
            faults.add(f"clauses.{part}", "twice", detail)
    return found


def _clause(faults: Faults, path: str, raw: Any) -> dict[str, Any]:
    if not isinstance(raw, Mapping):
        faults.add(path, "not-terms", "A clause is a set of named terms.")
        return {}
    name, continues = (
        faults.attempt(
            f"{path}.{part}", lambda said: _line(said, NAME_MAX), raw.get(part)
        )
        for part in ("name", "continues")
    )
    said = terms_in(raw)
    faults.found += schema.read(said, path).faults
    return {"name": name, "continues": continues, **said}


def _check_named(faults: Faults, text: dict[str, Any]) -> None:
    """Organizations and kinds that a clause names must be among the parties, and exist."""
    slugs = {party["slug"] for party in text["parties"]}
    for place, clause in enumerate(text["clauses"]):
        written = schema.read(terms_in(clause))
        sides = {"from": written.contributors, "to": written.recipients}
        for side, chosen in sides.items():
            path = f"clauses.{place}.{side}"
            for slug in sorted(chosen.slugs - slugs):
                faults.add(path, "not-a-party", f"{slug} is not a party.")
            for kind in sorted(chosen.kinds - set(Organization.Kind.values)):
                faults.add(path, "bad-kind", f"There is no kind “{kind}”.")
