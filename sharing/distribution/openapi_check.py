"""Describes the check before submitting, and its body."""

from rest_framework import serializers

from hub.api.openapi import Shape, answer, describe
from sharing import vocabulary as v
from sharing.distribution.openapi import (
    AGREEMENT,
    AT,
    BANK,
    CLAUSE,
    COLLECTION,
    NOT_NAMED,
    PAYLOAD,
)
from sharing.distribution.shapes import Name, Payload, Refused
from sharing.indicators.claims import How, Outcome
from sharing.intake.guard import Cause
from sharing.intake.openapi import BODIES, DEFAULTS, HEADERS, LineNotice
from sharing.intake.openapi_held import TAG


class CheckedLine(Shape):
    """What would become of a line."""

    line = serializers.IntegerField(help_text="As you count: a CSV header is line 1.")
    outcome = serializers.ChoiceField(choices=list(Outcome))
    type = serializers.ChoiceField(choices=list(v.IndicatorKind), allow_null=True)
    nv = serializers.IntegerField(allow_null=True)
    how = serializers.ChoiceField(choices=list(How), allow_null=True)
    value = serializers.CharField(
        help_text="In its normal form, of a card its last digits; as you wrote it where it"
        " cannot be read; of a hash, the digest."
    )
    field = serializers.CharField(help_text="That is at fault; empty: none.")
    code = serializers.CharField()
    detail = serializers.CharField(help_text="The fault in a sentence.")
    warninglists = serializers.ListField(
        child=serializers.CharField(), help_text="That know it without stopping it."
    )
    same_as = serializers.IntegerField(
        allow_null=True, help_text="The first line of the batch about the same value."
    )
    notices = LineNotice(many=True)


class CheckWait(Shape):
    """It would wait for a second person."""

    cause = serializers.ChoiceField(choices=list(Cause))
    reason = serializers.CharField(help_text="A sentence.")


class WithheldClaims(Shape):
    """Why claims of the batch would stay; one can count under several."""

    sentence = serializers.CharField()
    count = serializers.IntegerField()


class CheckedSample(Shape):
    line = serializers.IntegerField(help_text="That makes it.")
    payload = Payload(help_text="Byte for byte as it would leave.")


class CheckedClause(Shape):
    """What the recipients of one clause would be handed of the batch."""

    agreement = Name()
    version = serializers.IntegerField()
    clause = Name()
    collection = Name()
    disclosure = serializers.ChoiceField(choices=list(v.Disclosure))
    idle = serializers.CharField(help_text="Why nobody reads it now; empty: they do.")
    not_before = serializers.DateTimeField(
        allow_null=True, help_text="The end of an embargo that it would wait for."
    )
    new = serializers.IntegerField()
    revised = serializers.IntegerField()
    taken_back = serializers.IntegerField(help_text="Tombstones.")
    unchanged = serializers.IntegerField(help_text="They have it in the same words.")
    withheld = serializers.IntegerField()
    reasons = WithheldClaims(many=True)
    recipients = Name(many=True)
    refused = Refused(many=True)
    samples = CheckedSample(many=True)


class SubmissionCheck(Shape):
    """What would become of a body."""

    at = serializers.DateTimeField()
    format = serializers.ChoiceField(choices=["ndjson", "json", "csv", "list"])
    lines = serializers.IntegerField(help_text="That were checked.")
    counted = serializers.IntegerField(help_text="Lines with content, checked or not.")
    more = serializers.BooleanField(help_text="There are more than were counted.")
    counts = serializers.DictField(
        child=serializers.IntegerField(), help_text="Checked lines by outcome."
    )
    wait = CheckWait(allow_null=True)
    results = CheckedLine(many=True)
    clauses = CheckedClause(many=True)
    nothing_for = Refused(many=True, help_text="Parties that would get none of it.")


EXAMPLE = {
    "at": AT,
    "format": "list",
    "lines": 2,
    "counted": 2,
    "more": False,
    "counts": {"created": 1, "rejected": 1},
    "wait": None,
    "results": [
        {
            "line": 1,
            "outcome": "created",
            "type": "domain",
            "nv": 1,
            "how": "guessed",
            "value": "quick-profit.example",
            "field": "",
            "code": "",
            "detail": "",
            "warninglists": [],
            "same_as": None,
            "notices": [],
        },
        {
            "line": 2,
            "outcome": "rejected",
            "type": None,
            "nv": None,
            "how": None,
            "value": "020 7946 0123",
            "field": "value",
            "code": "unknown-type",
            "detail": "Name its type.",
            "warninglists": [],
            "same_as": None,
            "notices": [],
        },
    ],
    "clauses": [
        {
            "agreement": AGREEMENT,
            "version": 1,
            "clause": CLAUSE,
            "collection": COLLECTION,
            "disclosure": "token",
            "idle": "",
            "not_before": None,
            "new": 1,
            "revised": 0,
            "taken_back": 0,
            "unchanged": 0,
            "withheld": 0,
            "reasons": [],
            "recipients": [BANK],
            "refused": [NOT_NAMED],
            "samples": [{"line": 1, "payload": PAYLOAD}],
        }
    ],
    "nothing_for": [NOT_NAMED],
}

checked = describe(
    "check_submission",
    "Check before submitting",
    "Takes what `POST /submissions` takes and says what would come of it now: how each line"
    " is read, what it would change, and by each clause who would receive how much of it,"
    " with samples of the very bytes. Nothing is stored but that you checked and how many"
    " lines; parties that are hidden from you are neither named nor counted."
    f"\n\nThe first {v.CHECK_LINES:,} lines are checked, up to {v.CHECK_COUNTED:,} are"
    f" counted; a body has at most {v.CHECK_BYTES // 1024 // 1024} MB. What waits to be"
    " accepted is not known yet. Needs the scopes `submit` and `read`.",
    answer(SubmissionCheck, "What would become of it.", EXAMPLE),
    tag=TAG,
    fails=(
        "bad-parameter bad-json bad-csv bad-gzip no-header incomplete-body malformed"
        " length-required too-large unsupported-type bad-default empty no-value-column"
    ).split(),
    parameters=[*DEFAULTS, *HEADERS[1:]],
    request=BODIES,
)
