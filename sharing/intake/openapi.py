"""Describes the operations about submissions."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiRequest
from rest_framework import serializers

from hub.api.answers import JSON, NDJSON
from hub.api.openapi import (
    Shape,
    answer,
    describe,
    limit,
    lines,
    lines_of,
    query,
    stream,
)
from sharing import vocabulary as v
from sharing.indicators.claims import How, Op, Outcome
from sharing.intake.openapi_held import STATES, TAG, HeldSubmission, Taken
from sharing.intake.openapi_reach import REACHED, Reached
from sharing.intake.openapi_undo import Undone

ID = "5f0f7a52-0f43-4c7e-8a55-0d8a8d0f5b11"


def _word(words: type[StrEnum], text: str = "") -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=list(words), required=False, help_text=text)


def _hash(text: str) -> serializers.CharField:
    return serializers.CharField(
        required=False, min_length=64, max_length=64, help_text=text
    )


class SubmissionLine(Shape):
    """One line: an object like this, or just a text, which is its value.

    In place of `value` a line may give `digest` or `sha256`, each with `type` and `nv`.
    """

    value = serializers.CharField(required=False, help_text="Defanged or not.")
    digest = _hash("Of the token scheme: bound to type and nv.")
    sha256 = _hash("Of the normal form alone, in UTF-8.")
    nv = serializers.IntegerField(
        required=False, help_text="With a hash: the version of its normal form."
    )
    type = _word(v.IndicatorKind, "Guessed if not given; a hash needs it.")
    op = _word(Op, "`submit` if not given. You know values, not ids.")
    region = serializers.CharField(
        required=False, help_text="Country of a local phone number: GB, DE ..."
    )
    scam_type = _word(v.ScamType)
    role = _word(v.Role, "What the observable was in the scam.")
    status = _word(v.Status)
    review_status = _word(v.ReviewStatus)
    confidence = serializers.IntegerField(min_value=0, max_value=100, required=False)
    severity = _word(v.Severity)
    tlp = _word(v.Tlp, "TLP 2.0.")
    first_seen = serializers.DateTimeField(required=False)
    last_seen = serializers.DateTimeField(required=False)
    valid_until = serializers.DateTimeField(
        required=False, help_text="By type if not given: 90 to 365 days ahead."
    )
    labels = serializers.ListField(
        child=serializers.CharField(max_length=24), required=False, max_length=v.LABELS
    )
    note = serializers.CharField(required=False, max_length=v.NOTE_CHARACTERS)
    audience = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        help_text="Agreements or collections it may enter; only `correct` narrows it.",
    )


class ReadAs(Shape):
    """Lines that were read as one type."""

    type = serializers.ChoiceField(choices=list(v.IndicatorKind))
    nv = serializers.IntegerField(help_text="Version of the type's normal form.")
    how = serializers.ChoiceField(
        choices=list(How),
        help_text="The line named its type, or it was guessed; hashed.",
    )
    lines = serializers.IntegerField()


class Submission(Shape):
    """How far a submission is. Once done, accepted + rejected + stopped = lines."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(
        choices=STATES,
        help_text="`held`: waits for a second person; `refused`: was not let through.",
    )
    format = serializers.ChoiceField(choices=["ndjson", "json", "csv", "list"])
    lines = serializers.IntegerField()
    accepted = serializers.IntegerField()
    rejected = serializers.IntegerField(help_text="Faulty; see its errors.")
    stopped = serializers.IntegerField(
        help_text="On a warninglist; a second person can let them through."
    )
    counts = serializers.DictField(
        child=serializers.IntegerField(), help_text="Lines by outcome."
    )
    read_as = ReadAs(many=True, help_text="What the lines were read as.")
    progress = serializers.FloatField(help_text="From 0 to 1.")
    defaults = serializers.DictField(child=serializers.CharField())
    created_at = serializers.DateTimeField()
    done_at = serializers.DateTimeField(allow_null=True)
    held = HeldSubmission(allow_null=True)
    refusal = serializers.CharField(
        allow_null=True, help_text="Why it was refused, if it was."
    )
    undo_until = serializers.DateTimeField(
        allow_null=True, help_text="Until then it can be undone; null: not done yet."
    )
    undo = Undone(allow_null=True, help_text="What came of undoing it, if it was.")

    releasing = serializers.BooleanField(help_text="More of it is still to leave.")
    released = serializers.IntegerField(
        help_text="Records that left new or revised: one for each claim and collection."
    )
    reached = Reached(many=True, help_text="What left because of it, by collection.")


class SubmissionPage(Shape):
    submissions = Submission(many=True)
    next = serializers.UUIDField(allow_null=True, help_text="For `before`; null: none.")


class LineProblem(Shape):
    """Why a line was not accepted. It never repeats what the line said."""

    line = serializers.IntegerField(help_text="As you count: a CSV header is line 1.")
    outcome = serializers.ChoiceField(choices=["rejected", "stopped"])
    field = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()
    type = serializers.CharField(help_text="That it was read as; empty: of none.")
    guessed = serializers.BooleanField()
    overruled = serializers.BooleanField()
    mended_in = serializers.UUIDField(
        allow_null=True, help_text="The submission that brought it again, mended."
    )


class LineProblemPage(Shape):
    errors = LineProblem(many=True)  # type: ignore[assignment]
    next = serializers.IntegerField(allow_null=True, help_text="For `after`.")


class LineNotice(Shape):
    """No error: what to know of a line that was accepted."""

    code = serializers.CharField()
    detail = serializers.CharField()


class LineResult(Shape):
    line = serializers.IntegerField()
    outcome = serializers.ChoiceField(choices=list(Outcome))
    type = serializers.ChoiceField(choices=list(v.IndicatorKind), allow_null=True)
    nv = serializers.IntegerField(
        allow_null=True, help_text="Version of the type's normal form."
    )
    how = serializers.ChoiceField(
        choices=list(How),
        allow_null=True,
        help_text="Whether the line named its type, it was guessed, or it is a hash.",
    )
    notices = LineNotice(many=True, help_text="What sending it this way costs.")


class LineResultPage(Shape):
    results = LineResult(many=True)
    next = serializers.IntegerField(allow_null=True, help_text="For `after`.")


DEFAULTS = [
    query("scam_type", "Of lines that say nothing: `other`.", words=v.ScamType),
    query("tlp", "Of lines that say nothing: `amber`.", words=v.Tlp),
    query("confidence", "Of lines that say nothing, 0 to 100: 50.", int),
    query("role", "Of lines that say nothing: `perpetrator`.", words=v.Role),
    query(
        "review_status",
        "Of lines that say nothing: `unreviewed`.",
        words=v.ReviewStatus,
    ),
    query("severity", "Of lines that say nothing.", words=v.Severity),
    query("status", "Of lines that say nothing.", words=v.Status),
    query("labels", "Of lines that say nothing, with commas between."),
    query("type", "Of lines that name none; else guessed.", words=v.IndicatorKind),
    query("region", "Country that local phone numbers are meant in: GB, DE ..."),
    query("audience", "Ids of agreements or collections, with commas between."),
]
HEADERS = [
    OpenApiParameter(
        "Idempotency-Key",
        str,
        OpenApiParameter.HEADER,
        description="Up to 255 characters of your own. A repeat with the same key, body and"
        " parameters is answered as the first time and stores nothing.",
    ),
    OpenApiParameter("Content-Encoding", str, OpenApiParameter.HEADER, enum=["gzip"]),
]


def _body(shape: Any, name: str, example: Any, media_type: str) -> OpenApiRequest:
    shown = OpenApiExample(name, example, media_type=media_type, request_only=True)
    return OpenApiRequest(shape, examples=[shown])


BODIES = {
    NDJSON: _body(
        SubmissionLine,
        "Lines",
        lines(
            [
                {
                    "value": "hxxps://quick-profit[.]example/start",
                    "scam_type": "investment",
                },
                {"value": "020 7946 0123", "type": "phone", "region": "GB"},
                {"type": "phone", "nv": 1, "sha256": "9c" * 32},
                {"op": "withdraw", "value": "old-claim.example"},
            ]
        ),
        NDJSON,
    ),
    JSON: _body(
        SubmissionLine(many=True),
        "Array",
        {"value": "quick-profit.example", "confidence": 80},
        JSON,
    ),
    "text/csv": _body(
        OpenApiTypes.STR,
        "Table",
        "value,type,tlp\nquick-profit.example,domain,green\n",
        "text/csv",
    ),
    "text/plain": _body(
        OpenApiTypes.STR,
        "List",
        "quick-profit[.]example\n+44 20 7946 0123\n",
        "text/plain",
    ),
}
EXAMPLE = {
    "id": ID,
    "state": "done",
    "format": "ndjson",
    "lines": 1050,
    "accepted": 1000,
    "rejected": 49,
    "stopped": 1,
    "counts": {"created": 990, "updated": 10, "rejected": 49, "stopped": 1},
    "read_as": [{"type": "domain", "nv": 1, "how": "guessed", "lines": 1003}],
    "progress": 1.0,
    "defaults": {"scam_type": "investment", "tlp": "amber"},
    "created_at": "2026-11-24T09:30:00.000000Z",
    "done_at": "2026-11-24T09:30:01.250000Z",
    "held": None,
    "refusal": None,
    "undo_until": "2026-11-24T10:00:01.250000Z",
    "undo": None,
    "releasing": False,
    "released": 1000,
    "reached": [REACHED],
}
FAULT = {
    "line": 17,
    "outcome": "rejected",
    "field": "value",
    "code": "bad-checksum",
    "detail": "The address's checksum (EIP-55) is wrong.",
    "type": "evm_wallet",
    "guessed": True,
    "overruled": False,
    "mended_in": None,
}
RESULT = {
    "line": 1,
    "outcome": "created",
    "type": "domain",
    "nv": 1,
    "how": "guessed",
    "notices": [],
}
END = {"kind": "end", "next": None, "more": False}

sent = describe(
    "submit",
    "Submit indicators",
    "Sends a batch: NDJSON, a JSON array, CSV with a header, or a bare list; gzip if you"
    f" like; up to {v.BODY_BYTES // 1024 // 1024} MB unpacked. Query parameters are the"
    " defaults of lines that say nothing themselves. The body needs a Content-Length."
    "\n\nThe answer comes once the whole body is stored, sealed; lines are read after that"
    " and each gets its own result. A bad line harms no other."
    "\n\nThe first lines of a new member, and a tenfold rise over the usual week, are"
    " `held` until a second person lets them through; lines that take back are not.",
    answer(
        Taken,
        "Stored. Location names it.",
        {"id": ID, "state": "accepting", "lines": 3, "held_reason": None},
        202,
    ),
    tag=TAG,
    fails=(
        "bad-parameter bad-json bad-csv bad-gzip no-header incomplete-body malformed"
        " idempotency-key-reused length-required too-large unsupported-type bad-default"
        " empty no-value-column"
    ).split(),
    parameters=[*DEFAULTS, *HEADERS],
    request=BODIES,
)
listed = describe(
    "list_submissions",
    "List submissions",
    "The submissions of your organization, newest first.",
    answer(SubmissionPage, "A page.", {"submissions": [EXAMPLE], "next": None}),
    tag=TAG,
    fails=("bad-limit", "bad-parameter", "not-found"),
    parameters=[query("before", "The `next` of the page before.", UUID), limit(100)],
)
one = describe(
    "show_submission",
    "Show a submission",
    "Its state and counts. Ask again until `state` is `done`.",
    answer(Submission, "The submission.", EXAMPLE),
    tag=TAG,
    fails=("not-found",),
)
errors = describe(
    "list_errors",
    "List lines that were not accepted",
    "Rejected and stopped lines in order, with field and reason. As NDJSON without `limit`"
    " all of them.",
    answer(LineProblemPage, "A page.", {"errors": [FAULT], "next": None})
    | stream(
        lines_of("LineProblemLine", LineProblem),
        "One problem a line, then the end.",
        [FAULT, END],
    ),
    tag=TAG,
    fails=("bad-limit", "bad-parameter", "not-found"),
    parameters=[query("after", "Lines behind this number.", int), limit(100)],
)
results = describe(
    "list_results",
    "List the outcome of every line",
    "What became of each line and what it was read as, as far as it is known. `outdated`:"
    " something newer was known about the value. As NDJSON without `limit` all of them.",
    answer(
        LineResultPage,
        "A page.",
        {"results": [RESULT], "next": None},
    )
    | stream(
        lines_of("LineResultLine", LineResult),
        "One outcome a line, then the end.",
        [RESULT, END],
    ),
    tag=TAG,
    fails=("bad-limit", "bad-parameter", "not-found"),
    parameters=[query("after", "Lines behind this number.", int), limit(100)],
)
