"""Which fields a clause may release, which rules fit each, and what holds unless said.

| field                 | rules that fit                     | unless the clause says |
|-----------------------|------------------------------------|------------------------|
| value                 | keep mask domain country           | keep (`value` clauses) |
| originator            | keep drop pseudonym                | keep                   |
| note                  | keep drop                          | drop: free text        |
| labels                | keep drop                          | drop: free words       |
| first_seen, last_seen | keep drop day                      | day                    |
| valid_until           | keep day                           | day                    |
| tlp                   | keep                               | keep: it binds readers |
| the words of a claim  | keep drop                          | keep                   |
| shared_infrastructure | keep drop                          | keep: names of lists   |

Type, token, clause, revision and may_train are in every release.
"""

from sharing.vocabulary import HASH_ONLY, Disclosure, FieldRule

KEEP, DROP, DAY = FieldRule.KEEP, FieldRule.DROP, FieldRule.DAY

_WORD = frozenset({KEEP, DROP})
_TIME = frozenset({KEEP, DROP, DAY})
_VALUE = frozenset({KEEP, FieldRule.MASK, FieldRule.DOMAIN, FieldRule.COUNTRY})

RULES: dict[str, frozenset[FieldRule]] = {
    "value": _VALUE,
    "originator": frozenset({KEEP, DROP, FieldRule.PSEUDONYM}),
    "note": _WORD,
    "labels": _WORD,
    "first_seen": _TIME,
    "last_seen": _TIME,
    "valid_until": frozenset({KEEP, DAY}),
    "tlp": frozenset({KEEP}),
    "scam_type": _WORD,
    "role": _WORD,
    "status": _WORD,
    "review_status": _WORD,
    "confidence": _WORD,
    "severity": _WORD,
    "shared_infrastructure": _WORD,
}
TIMES = ("first_seen", "last_seen", "valid_until")
FREE_TEXT = ("note", "labels")
DEFAULTS: dict[str, FieldRule] = {
    **dict.fromkeys(RULES, KEEP),
    **dict.fromkeys(FREE_TEXT, DROP),
    **dict.fromkeys(TIMES, DAY),
}
ALWAYS = frozenset({"type", "token", "clause", "revision", "may_train"})

Profile = tuple[tuple[str, FieldRule], ...]


def effective(
    named: dict[str, FieldRule], *, disclosure: Disclosure, hidden: bool
) -> Profile:
    """The rule of every field, by name: defaults, then the clause, then what must be."""
    rules = {**DEFAULTS, **named}
    for field, must in _forced(disclosure, hidden=hidden).items():
        rules[field] = DROP if rules[field] is DROP else must
    return tuple(sorted(rules.items()))


def contradictions(
    named: dict[str, FieldRule], *, disclosure: Disclosure, hidden: bool
) -> list[str]:
    """Rules that ask for more than disclosure and originator allow, as sentences."""
    found = []
    for field, must in _forced(disclosure, hidden=hidden).items():
        asked = named.get(field, must)
        if asked not in (must, DROP):
            why = _why(field, disclosure)
            found.append(f"its redaction asks to {asked} {field}, but {why}")
    return found


def _forced(disclosure: Disclosure, *, hidden: bool) -> dict[str, FieldRule]:
    forced: dict[str, FieldRule] = {}
    if disclosure is not Disclosure.VALUE:
        forced |= {"value": DROP, "note": DROP}
    if hidden:
        forced |= dict.fromkeys(("originator", *FREE_TEXT), DROP)
        forced |= dict.fromkeys(TIMES, DAY)
    return forced


def _why(field: str, disclosure: Disclosure) -> str:
    if field in ("value", "note") and disclosure is not Disclosure.VALUE:
        return f"a {disclosure} clause hands over no clear text"
    return "the originator is hidden"


# What a generalised value is made from; of any other type nothing is left.
_GENERALISES = {
    FieldRule.DOMAIN: frozenset({"domain", "url", "email"}),
    FieldRule.COUNTRY: frozenset({"phone"}),
}


def leaves(rule: FieldRule, kind: str) -> bool:
    """Whether the rule leaves anything of a value of this type."""
    if rule is DROP or kind in HASH_ONLY:
        return False
    return kind in _GENERALISES.get(rule, {kind})
