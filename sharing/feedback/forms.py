"""What is said about the records that were chosen on a screen."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from sharing import vocabulary as v

_PAIR = re.compile(r"(\d{1,9}):([0-9a-f-]{36})")
WORDS = {
    v.SightingKind.SEEN: "Seen",
    v.SightingKind.ATTEMPTED_PAYMENT: "Seen in an attempted payment",
    v.SightingKind.BLOCKED: "Blocked it",
    v.OutcomeKind.ACCOUNT_CLOSED: "Account closed",
    v.OutcomeKind.PAYMENT_STOPPED: "Payment stopped",
    v.OutcomeKind.FUNDS_RECOVERED: "Funds recovered",
    v.OutcomeKind.TAKEN_DOWN: "Taken down",
    v.OutcomeKind.REFERRED: "Referred to law enforcement",
    v.VerdictKind.CONFIRMED_HARMFUL: "Confirmed harmful",
    v.VerdictKind.SAW_THIS_TOO: "Saw this too",
    v.VerdictKind.HELPFUL: "Helpful",
    v.VerdictKind.ALREADY_KNOWN: "Already known",
    v.VerdictKind.INGESTED: "Taken in",
    v.VerdictKind.IN_REVIEW: "In review",
    v.VerdictKind.WANT_MORE_INFO: "Want to know more",
    v.VerdictKind.OUTDATED: "Outdated",
    v.VerdictKind.WRONG_TYPE: "Wrong type of scam or role",
    v.VerdictKind.NOT_HELPFUL: "Not helpful",
    v.VerdictKind.FALSE_POSITIVE: "False positive",
}
CHOICES = [
    ("Sighting", [(str(each), WORDS[each]) for each in v.SightingKind]),
    ("Outcome", [(str(each), WORDS[each]) for each in v.OutcomeKind]),
    ("Verdict", [(str(each), WORDS[each]) for each in v.VerdictKind]),
]


class FeedbackForm(forms.Form):
    kind = forms.ChoiceField(label="Feedback", choices=CHOICES)
    count = forms.IntegerField(
        label="How often so far",
        required=False,
        min_value=1,
        max_value=v.SIGHTINGS_MOST,
        help_text="Of a sighting or an outcome: in all, not since the last time.",
    )
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=v.FEEDBACK_NOTE,
        widget=forms.Textarea({"rows": 2}),
        help_text="Of a verdict. Only the contributor of the record reads it.",
    )


def releases_in(sent: QueryDict) -> list[str]:
    """The records that were named, and all of the rows that were chosen, each once."""
    rows = set(sent.getlist("row"))
    pairs = filter(None, map(_PAIR.fullmatch, sent.getlist("record")))
    of_rows = [pair[2] for pair in pairs if pair[1] in rows]
    return list(dict.fromkeys([*sent.getlist("release"), *of_rows]))


def body_of(releases: list[str], said: Mapping[str, Any]) -> dict[str, Any]:
    """As the API takes it; what is not of the kind is left out."""
    kind = said["kind"]
    line: dict[str, Any] = {"kind": kind}
    if kind in [*v.SightingKind, *v.OutcomeKind] and said.get("count"):
        line["count"] = said["count"]
    if kind in [*v.VerdictKind] and said.get("note"):
        line["note"] = said["note"]
    return {"lines": [{**line, "release": pk} for pk in releases]}
