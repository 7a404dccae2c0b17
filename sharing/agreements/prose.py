"""What a clause says, in sentences that a careful reader can hold it to. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sharing import vocabulary as v
from sharing.agreements import fields
from sharing.agreements.schema import VOCABULARIES, Chosen, Written, read

AS = {
    v.Disclosure.TOKEN: "as keyed tokens, never as the values themselves",
    v.Disclosure.VALUE: "with the value itself, where it was given and kept",
    v.Disclosure.QUERY: "only as a yes or no to a question about one value",  # and DETAILS
}
RULE_WORDS = {
    v.FieldRule.MASK: "masked",
    v.FieldRule.DAY: "to the day",
    v.FieldRule.DOMAIN: "to the domain",
    v.FieldRule.COUNTRY: "to the country",
    v.FieldRule.PSEUDONYM: "as a pseudonym",
}
DETAILS = (
    "Whoever asked and hit can ask for the record of that one value, which tells the hub"
    " what was hit."
)
OF_VALUES = ("value", "originator")  # each has a sentence of its own


@dataclass(frozen=True, slots=True)
class Prose:
    """A clause in plain words: who gives what to whom, then the conditions."""

    lead: str
    rest: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join((self.lead, *self.rest))


def clause(raw: Any, names: Mapping[str, str]) -> Prose:
    """The terms of one clause in words; `names` are those of the parties, by slug.

    Never raises: what cannot be read permits nothing, and the words say so.
    """
    said = read(raw)
    return Prose(_lead(said, names), tuple(_rest(said)))


def _lead(said: Written, names: Mapping[str, str]) -> str:
    gives = "give" if _several(said.contributors) else "gives"
    scams = (
        ""
        if said.scam_types == {*VOCABULARIES["scam_types"]}
        else f" about {_scams(said)}"
    )
    return (
        f"{_upper(_who(said.contributors, names))} {gives} {_types(said)}{scams} to"
        f" {_who(said.recipients, names)}, {AS[said.disclosure]}."
    )


def _rest(said: Written) -> Iterator[str]:
    if said.faults:
        terms = listed(sorted({fault["field"] or "terms" for fault in said.faults}))
        yield f"It permits nothing as it stands: {terms} cannot be read."
    if said.disclosure is v.Disclosure.QUERY:
        yield DETAILS
    yield _governments(said)
    if said.jurisdictions is not None:
        yield f"Only to recipients in {listed(sorted(said.jurisdictions))}."
    yield from _what(said)
    yield from _use(said)
    yield _originator(said)
    yield from _profile(said)
    yield _feedback(said)
    if said.retention_days:
        days = "day" if said.retention_days == 1 else "days"
        yield f"Kept {said.retention_days:,} {days} from its first release."
    if said.embargo_until is not None:
        yield f"Nothing is released before {moment(said.embargo_until)}."


def _governments(said: Written) -> str:
    if said.government_recipients:
        return "Government organizations among the recipients receive it too."
    return "Not to governments, even where one is named."


def _what(said: Written) -> Iterator[str]:
    """Which claims may enter."""
    roles = [words(role) for role in v.Role if role in said.roles]
    all_roles = len(roles) == len(v.Role)
    whom = (
        "whatever its role in the scam" if all_roles else _only("for the role", roles)
    )
    if said.tlp_ceiling is not None and said.min_confidence <= 100:
        label = said.tlp_ceiling.upper()
        yield (
            f"A claim enters {whom}, with a confidence of {said.min_confidence} or"
            f" more, marked TLP:{label} or more open."
        )
    statuses = [words(each) for each in v.ReviewStatus if each in said.review_statuses]
    if 0 < len(statuses) < len(v.ReviewStatus):
        yield f"It enters only when it is {listed(statuses, 'or')}."


def _use(said: Written) -> Iterator[str]:
    purposes = [words(each) for each in v.Purpose if each in said.purposes]
    if purposes:
        yield f"Recipients may use it for {listed(purposes)}, and for nothing else."
    if said.legal_basis:
        yield f"Legal basis: {said.legal_basis.rstrip('.')}."
    if said.may_train:
        yield "It may be used for training models."
    else:
        yield "It may not be used for training models."


def _originator(said: Written) -> str:
    rule = said.redaction.get("originator")
    if said.originator_hidden:
        return (
            "Recipients do not learn who contributed a record; notes and labels are"
            " left out and times are given to the day."
        )
    if rule is v.FieldRule.DROP:
        return "Recipients do not learn who contributed a record."
    if rule is v.FieldRule.PSEUDONYM:
        return "Recipients see a pseudonym in place of the contributor."
    return "Recipients see who contributed each record."


def _feedback(said: Written) -> str:
    to = "its contributor" if not said.feedback_shared else EVERYBODY
    if said.disclosure is v.Disclosure.QUERY:
        return "No sightings or verdicts are given about what can only be asked for."
    how = "without" if said.feedback_unnamed else "with"
    return (
        f"What recipients report back about a record (sightings and verdicts) is seen by"
        f" {to}, {how} the name of whoever reports."
    )


EVERYBODY = "its contributor and the other recipients"


def _profile(said: Written) -> Iterator[str]:
    """What is left out or shortened, the defaults included."""
    rules = dict(
        fields.effective(
            said.redaction, disclosure=said.disclosure, hidden=said.originator_hidden
        )
    )
    shortened = rules["value"]
    if said.disclosure is v.Disclosure.VALUE and shortened in RULE_WORDS:
        yield f"The value is given {RULE_WORDS[shortened]} only."
    left = [
        words(name)
        for name, rule in rules.items()
        if rule is v.FieldRule.DROP and name not in OF_VALUES
    ]
    if left:
        yield f"Left out: {listed(left)}."
    days = [words(name) for name, rule in rules.items() if rule is v.FieldRule.DAY]
    if days:
        yield f"Given to the day only: {listed(days)}."


def _types(said: Written) -> str:
    if said.types == {*VOCABULARIES["types"]}:
        return "indicators of every type"
    types = [TYPE_WORDS[kind] for kind in v.IndicatorKind if kind in said.types]
    return listed(types) if types else "no type of indicator"


TYPE_WORDS = {
    v.IndicatorKind.DOMAIN: "domains",
    v.IndicatorKind.URL: "URLs",
    v.IndicatorKind.EMAIL: "e-mail addresses",
    v.IndicatorKind.PHONE: "phone numbers",
    v.IndicatorKind.IPV4: "IPv4 addresses",
    v.IndicatorKind.IPV6: "IPv6 addresses",
    v.IndicatorKind.CIDR: "networks",
    v.IndicatorKind.EVM_WALLET: "EVM wallets",
    v.IndicatorKind.BTC_WALLET: "Bitcoin wallets",
    v.IndicatorKind.TRON_WALLET: "Tron wallets",
    v.IndicatorKind.SOLANA_WALLET: "Solana wallets",
    v.IndicatorKind.IBAN: "IBANs",
    v.IndicatorKind.BANK_ACCOUNT: "bank accounts",
    v.IndicatorKind.PAYMENT_CARD: "payment cards (never in clear)",
    v.IndicatorKind.PAYMENT_HANDLE: "payment handles",
    v.IndicatorKind.PLATFORM_ACCOUNT: "platform accounts",
    v.IndicatorKind.DEVICE_ID: "device identifiers",
    v.IndicatorKind.FILE_MD5: "MD5 hashes of files",
    v.IndicatorKind.FILE_SHA1: "SHA-1 hashes of files",
    v.IndicatorKind.FILE_SHA256: "SHA-256 hashes of files",
    v.IndicatorKind.MEDIA_MD5: "MD5 hashes of media",
    v.IndicatorKind.MEDIA_SHA256: "SHA-256 hashes of media",
    v.IndicatorKind.MEDIA_PDQ: "PDQ hashes of media",
}


def _scams(said: Written) -> str:
    scams = [words(each) for each in v.ScamType if each in said.scam_types]
    return f"{listed(scams)} scams" if scams else "no type of scam"


def _several(chosen: Chosen) -> bool:
    """Whether the verb is in the plural: "every bank" and a single party are not."""
    return not chosen.everyone and len(chosen.kinds) + len(chosen.slugs) > 1


def _who(chosen: Chosen, names: Mapping[str, str]) -> str:
    if chosen.everyone:
        return "every party"
    named = sorted(names.get(slug, slug) for slug in chosen.slugs)
    kinds = [f"every {words(kind)} among the parties" for kind in sorted(chosen.kinds)]
    if len(kinds) > 1:
        short = [f"every {words(kind)}" for kind in sorted(chosen.kinds)]
        kinds = [*short[:-1], f"{short[-1]} among the parties"]
    return listed([*named, *kinds]) or "nobody"


def _only(before: str, chosen: list[str]) -> str:
    return f"{before} {listed(chosen, 'or')}" if chosen else "for no role at all"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def words(word: object) -> str:
    """A word of the vocabulary as people write it: job_offer -> job offer."""
    return str(word).replace("_", " ")


def listed(items: Iterable[str], last: str = "and") -> str:
    """One, two and three."""
    found = [*items]
    if len(found) < 2:
        return "".join(found)
    return f"{', '.join(found[:-1])} {last} {found[-1]}"


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
