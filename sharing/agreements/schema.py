"""The written terms of a clause: which keys there are and what each may hold.

`read()` never raises: what it cannot read becomes a fault with the path of its field,
and the term itself stays empty, which permits nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from hub.lib.errors import FieldError
from sharing import vocabulary as v
from sharing.agreements.fields import RULES

ALL, ALL_PARTIES = "all", "all parties"
RETENTION_MAX = 3650  # days
FIRST_YEAR, LAST_YEAR = 2000, 2999  # beyond calendars end, and years lose digits
LEGAL_BASIS_MAX = 2_000  # characters


class FaultError(Exception):
    """One term cannot be read; `field` is what stands below it, if anything."""

    def __init__(self, code: str, detail: str, field: str = "") -> None:
        super().__init__(detail)
        self.code, self.detail, self.field = code, detail, field


@dataclass(frozen=True, slots=True)
class Chosen:
    """Parties as a clause names them: all, all of a kind, or by slug."""

    everyone: bool = False
    kinds: frozenset[str] = frozenset()
    slugs: frozenset[str] = frozenset()


@dataclass(slots=True)
class Written:
    """What a clause says, word by word; the defaults are those of silence."""

    contributors: Chosen = Chosen()
    recipients: Chosen = Chosen()
    types: frozenset[str] = frozenset()
    scam_types: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    review_statuses: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    legal_basis: str = ""
    tlp_ceiling: v.Tlp | None = None
    min_confidence: int = 101
    jurisdictions: frozenset[str] | None = None  # None: wherever the recipient is
    government_recipients: bool = False
    disclosure: v.Disclosure = v.Disclosure.TOKEN
    redaction: dict[str, v.FieldRule] = field(default_factory=dict)
    originator_hidden: bool = False
    retention_days: int = 0
    may_train: bool = False
    feedback_shared: bool = False  # with the other recipients too
    feedback_unnamed: bool = False
    embargo_until: datetime | None = None
    faults: list[FieldError] = field(default_factory=list)


def read(raw: Any, path: str = "") -> Written:
    """Read the terms of one clause; `path` comes before the name of every faulty field."""
    written = Written()
    if not isinstance(raw, Mapping):
        written.faults.append(_fault(path, "not-terms", "Terms are named values."))
        return written
    for key in raw.keys() - KEYS.keys():
        where = _join(path, str(key))
        written.faults.append(
            _fault(where, "unknown-key", f"A clause has no term “{key}”.")
        )
    for key, (name, reader) in KEYS.items():
        if key in raw or key in REQUIRED:
            _read_one(written, raw, key, name, reader, path)
    written.faults.sort(key=lambda fault: fault["field"])
    return written


def _read_one(
    written: Written,
    raw: Mapping[str, Any],
    key: str,
    name: str,
    reader: Callable[[Any], Any],
    path: str,
) -> None:
    try:
        setattr(written, name, reader(_given(raw, key)))
    except FaultError as fault:
        where = _join(path, key, fault.field)
        written.faults.append(_fault(where, fault.code, fault.detail))


def _given(raw: Mapping[str, Any], key: str) -> Any:
    if raw.get(key) is None:
        raise FaultError("missing", f"The term “{key}” is not given.")
    return raw[key]


def _fault(path: str, code: str, detail: str) -> FieldError:
    return {"field": path, "code": code, "detail": detail}


def _join(*parts: str) -> str:
    return ".".join(part for part in parts if part)


def _parties(raw: Any) -> Chosen:
    if raw == ALL_PARTIES:
        return Chosen(everyone=True)
    kinds, slugs = set(), set()
    for place, item in enumerate(raw if isinstance(raw, list) else [raw]):
        if isinstance(item, Mapping) and [*item] == ["kind"]:
            kinds.add(_text(item["kind"], f"{place}.kind"))
        elif isinstance(item, str) and item not in ("", ALL_PARTIES):
            slugs.add(item)
        else:
            raise FaultError(
                "bad-party",
                "Parties are `all parties`, or a list of slugs and of `kind: ...`.",
                str(place) if isinstance(raw, list) else "",
            )
    return Chosen(kinds=frozenset(kinds), slugs=frozenset(slugs))


def _words(vocabulary: Iterable[StrEnum]) -> Callable[[Any], frozenset[str]]:
    known = frozenset(str(word) for word in vocabulary)

    def reader(raw: Any) -> frozenset[str]:
        if raw == ALL:
            return known
        for place, word in enumerate(_list(raw, "`all` or a list of words")):
            if word not in known:
                detail = f"Not one of {', '.join(sorted(known))}."
                raise FaultError("unknown-word", detail, str(place))
        return frozenset(raw)

    return reader


def _jurisdictions(raw: Any) -> frozenset[str] | None:
    if raw == ALL:
        return None
    for place, code in enumerate(_list(raw, "`all` or a list of country codes")):
        if not (len(code) == 2 and code.isascii() and code.isupper()):
            detail = "A jurisdiction is a two-letter country code, such as DE."
            raise FaultError("bad-jurisdiction", detail, str(place))
    return frozenset(raw)


def _list(raw: Any, what: str) -> list[str]:
    if not isinstance(raw, list):
        raise FaultError("not-a-list", f"Give {what}.")
    for place, item in enumerate(raw):
        _text(item, str(place))
    return raw


def _text(raw: Any, place: str = "") -> str:
    if not isinstance(raw, str) or not raw.strip():
        # YAML reads a bare NO (Norway) as false.
        raise FaultError("not-a-text", "Not a text; put it in quotes.", place)
    return raw


def _legal_basis(raw: Any) -> str:
    text = _text(raw).strip()
    if len(text) > LEGAL_BASIS_MAX:
        raise FaultError("too-long", f"At most {LEGAL_BASIS_MAX} characters.")
    return text


def _one_of(vocabulary: type[StrEnum]) -> Callable[[Any], StrEnum]:
    def reader(raw: Any) -> StrEnum:
        try:
            return vocabulary(raw)
        except ValueError:
            detail = f"Not one of {', '.join(sorted(vocabulary))}."
            raise FaultError("unknown-word", detail) from None

    return reader


def _number(low: int, high: int) -> Callable[[Any], int]:
    def reader(raw: Any) -> int:
        if type(raw) is not int or not low <= raw <= high:
            raise FaultError("bad-number", f"A whole number from {low} to {high}.")
        return raw

    return reader


def yes(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise FaultError("not-yes-or-no", "Say yes or no.")
    return raw


def _hidden(raw: Any) -> bool:
    if raw not in ("shown", "hidden"):
        raise FaultError("unknown-word", "The originator is `shown` or `hidden`.")
    return bool(raw == "hidden")


def _either(usual: str, other: str) -> Callable[[Any], bool]:
    """Whether the second of two words is said."""

    def reader(raw: Any) -> bool:
        if raw not in (usual, other):
            raise FaultError("unknown-word", f"Say `{usual}` or `{other}`.")
        return bool(raw == other)

    return reader


def moment(raw: Any) -> datetime:
    """A time with its offset, or the beginning of a day in UTC."""
    try:
        found = datetime.fromisoformat(_text(raw))
    except ValueError:
        raise FaultError("bad-time", "Not a date or time as RFC 3339 has it.") from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        detail = f"A year from {FIRST_YEAR} to {LAST_YEAR} is needed."
        raise FaultError("bad-time", detail)
    if found.tzinfo is None:
        if len(raw) > len("2026-01-31"):
            raise FaultError("bad-time", "A time needs its offset, such as Z.")
        return found.replace(tzinfo=UTC)
    return found.astimezone(UTC)


def _redaction(raw: Any) -> dict[str, v.FieldRule]:
    if not isinstance(raw, Mapping):
        raise FaultError("not-a-profile", "A redaction is `field: rule`.")
    profile = {}
    for name, rule in raw.items():
        if name not in RULES:
            detail = f"No release has a field “{name}”."
            raise FaultError("unknown-key", detail, str(name))
        if not isinstance(rule, str) or rule not in RULES[name]:
            detail = f"The rules that fit here: {', '.join(sorted(RULES[name]))}."
            raise FaultError("unknown-word", detail, name)
        profile[name] = v.FieldRule(rule)
    return profile


KEYS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "from": ("contributors", _parties),
    "to": ("recipients", _parties),
    "types": ("types", _words(v.IndicatorKind)),
    "scam_types": ("scam_types", _words(v.ScamType)),
    "roles": ("roles", _words(v.Role)),
    "review_status": ("review_statuses", _words(v.ReviewStatus)),
    "purposes": ("purposes", _words(v.Purpose)),
    "legal_basis": ("legal_basis", _legal_basis),
    "tlp_ceiling": ("tlp_ceiling", _one_of(v.Tlp)),
    "min_confidence": ("min_confidence", _number(0, 100)),
    "retention_days": ("retention_days", _number(1, RETENTION_MAX)),
    "recipient_jurisdictions": ("jurisdictions", _jurisdictions),
    "government_recipients": ("government_recipients", yes),
    "disclosure": ("disclosure", _one_of(v.Disclosure)),
    "redaction": ("redaction", _redaction),
    "originator": ("originator_hidden", _hidden),
    "may_train": ("may_train", yes),
    "feedback": ("feedback_shared", _either("contributor", "recipients")),
    "feedback_giver": ("feedback_unnamed", _either("named", "unnamed")),
    "embargo_until": ("embargo_until", moment),
}
VOCABULARIES: dict[str, type[StrEnum]] = {
    "types": v.IndicatorKind,
    "scam_types": v.ScamType,
    "roles": v.Role,
    "review_status": v.ReviewStatus,
    "purposes": v.Purpose,
}
_TODAY = {key: sorted(map(str, words)) for key, words in VOCABULARIES.items()}


def known_today(terms: Mapping[str, Any]) -> dict[str, list[str]]:
    """What `all` stands for in these terms: every word that the hub knows by now."""
    return {key: words for key, words in _TODAY.items() if terms.get(key) == ALL}


def meant(terms: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """The terms, with lists for `all` where the hub has learnt words since `known`."""
    today = known_today(terms)
    return {**terms, **{k: known[k] for k in known if known[k] != today.get(k)}}


# Silence about these permits nothing; about the others it has a safe meaning.
REQUIRED = frozenset([*KEYS][: [*KEYS].index("recipient_jurisdictions")])
