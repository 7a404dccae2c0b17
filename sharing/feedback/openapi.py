"""Describes the operations about feedback."""

from rest_framework import serializers

from hub.api.listing import LIMIT_DEFAULT
from hub.api.openapi import Shape, answer, describe, limit, lines_of, query, stream
from sharing import vocabulary as v
from sharing.distribution.shapes import ID, RELEASE, Name

TAG = "Feedback"
MET = [*v.SightingKind, *v.OutcomeKind]
WORDS = [*MET, *v.VerdictKind]


class FeedbackLine(Shape):
    """A sighting of what a release is about, what was done because of it, or a verdict."""

    release = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=WORDS)
    count = serializers.IntegerField(
        required=False,
        help_text="Of a sighting or outcome: how often in all so far; else 1.",
    )
    first_seen = serializers.DateTimeField(required=False, help_text="Of a sighting.")
    last_seen = serializers.DateTimeField(
        required=False, help_text="Of a sighting; now, if no time is given."
    )
    note = serializers.CharField(
        required=False,
        max_length=v.FEEDBACK_NOTE,
        help_text="Of a verdict, for the contributor of the record alone.",
    )


class FeedbackLines(Shape):
    lines = FeedbackLine(many=True, help_text="1 to 1,000 of them.")


class FeedbackFault(Shape):
    code = serializers.CharField(help_text="A stable word for programs.")
    field = serializers.CharField(help_text="Empty: the line as a whole.")
    detail = serializers.CharField(help_text="A sentence; never the line itself.")


class FeedbackResult(Shape):
    line = serializers.IntegerField(help_text="Its place in the request, from 1.")
    release = serializers.UUIDField(required=False)
    kind = serializers.ChoiceField(choices=WORDS, required=False)
    error = FeedbackFault(required=False, help_text="Why it was not taken.")


class FeedbackResults(Shape):
    lines = serializers.IntegerField()
    given = serializers.IntegerField(help_text="Lines that were taken.")
    changed = serializers.IntegerField(
        help_text="Sightings and verdicts that are new or say something else now."
    )
    results = FeedbackResult(many=True, help_text="One for each line, in order.")


class Verdict(Shape):
    kind = serializers.ChoiceField(choices=list(v.VerdictKind))
    giver = Name(allow_null=True, help_text="Null: the clause does not name it.")
    yours = serializers.BooleanField()
    stands = serializers.BooleanField(
        help_text="No: what it criticised was mended, or the record taken back."
    )
    given_at = serializers.DateTimeField(
        help_text="To the day, unless it is yours or about your claim."
    )
    note = serializers.CharField(allow_null=True)


class Sighting(Shape):
    kind = serializers.ChoiceField(choices=MET)
    giver = Name(allow_null=True, help_text="Null: the clause does not name it.")
    yours = serializers.BooleanField()
    count = serializers.IntegerField()
    first_seen = serializers.DateTimeField(
        help_text="To the day, unless it is yours or about your claim."
    )
    last_seen = serializers.DateTimeField()


class Feedback(Shape):
    """What was said about a release, as far as you may see it."""

    release = serializers.UUIDField()
    roll_up = serializers.ChoiceField(
        choices=list(v.RollUp),
        allow_null=True,
        help_text="Of the verdicts here that stand; null: none does.",
    )
    counts = serializers.DictField(
        child=serializers.IntegerField(), help_text="Of the same, by kind."
    )
    verdicts = Verdict(many=True, help_text="The oldest first.")
    sightings = Sighting(many=True)


class ReceivedWord(Shape):
    """A verdict (with `stands` and `note`), or a sighting or an outcome (with `count`)."""

    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=WORDS)
    indicator = serializers.UUIDField(help_text="Your claim.")
    release = serializers.UUIDField()
    collection = Name()
    giver = Name(allow_null=True, help_text="Null: the clause does not name it.")
    stands = serializers.BooleanField(required=False)
    note = serializers.CharField(required=False, allow_null=True)
    count = serializers.IntegerField(required=False)
    first_seen = serializers.DateTimeField(required=False)
    last_seen = serializers.DateTimeField(required=False)


class ReceivedFeedback(Shape):
    feedback = ReceivedWord(many=True)
    next = serializers.CharField(allow_null=True, help_text="Give it as `after`.")


class FeedbackByClause(Shape):
    agreement = Name()
    clause = Name()
    collection = Name()
    feedback = Feedback()


class ClaimFeedback(Shape):
    """What recipients said about your claim, by the clause through which they have it."""

    indicator = serializers.UUIDField()
    roll_up = serializers.ChoiceField(
        choices=list(v.RollUp),
        allow_null=True,
        help_text="Of the newest verdict of each organization.",
    )
    clauses = FeedbackByClause(many=True)


class TakenBack(Shape):
    release = serializers.UUIDField()
    taken_back = serializers.IntegerField(help_text="Sightings and verdicts.")


HARBOUR = {"id": "b7d9c1f0-5a7e-4a68-9a53-0a5d3f1c7e21", "name": "Harbour Bank"}
EXAMPLE = {
    "release": RELEASE["id"],
    "roll_up": "positive",
    "counts": {"confirmed_harmful": 1},
    "verdicts": [
        {
            "kind": "confirmed_harmful",
            "giver": HARBOUR,
            "yours": True,
            "stands": True,
            "given_at": "2026-11-25T08:00:00.000000Z",
            "note": None,
        }
    ],
    "sightings": [
        {
            "kind": "blocked",
            "giver": HARBOUR,
            "yours": True,
            "count": 12,
            "first_seen": "2026-11-24T10:00:00.000000Z",
            "last_seen": "2026-11-25T07:55:00.000000Z",
        }
    ],
}
BY_CLAUSE = {
    "agreement": {
        "id": "7e0f2a4c-3b1d-4d52-8f6a-9c8b7a6d5e4f",
        "name": "Coalition against scams",
    },
    "clause": {"id": RELEASE["clause"], "name": "Fraud prevention"},
    "collection": {"id": ID, "name": "Fraud prevention"},
    "feedback": EXAMPLE,
}

given = describe(
    "give_feedback",
    "Give feedback",
    "Sightings and verdicts on releases that your organization reads now, up to 1,000 lines"
    " at once. A verdict takes the place of your former one on the release. A sighting says"
    " all that you met so far: `count` is a total, and times and totals only widen. So the"
    " same again changes nothing. An outcome (`account_closed`, `payment_stopped`,"
    " `funds_recovered`, `taken_down`, `referred` to law enforcement) is told as a sighting"
    " is, and stands among them."
    "\n\nA line that cannot be taken gets an error and harms no other. A release that you may"
    " not read, one that was taken back and one that never was are answered alike:"
    " `unknown-release`. So are those of clauses that only answer questions. On your own"
    " claims nothing is said: correct or withdraw them."
    "\n\nWho sees it is a term of the clause: the contributor of the record, or its other"
    " recipients too; with or without your name. Your note is for the contributor alone.",
    answer(
        FeedbackResults,
        "What became of each line.",
        {
            "lines": 2,
            "given": 1,
            "changed": 1,
            "results": [
                {"line": 1, "release": RELEASE["id"], "kind": "blocked"},
                {
                    "line": 2,
                    "error": {
                        "code": "bad-id",
                        "field": "release",
                        "detail": "A release is named by its id.",
                    },
                },
            ],
        },
    ),
    tag=TAG,
    fails="bad-json length-required too-large unsupported-type invalid".split(),
    request=FeedbackLines,
)
of_release = describe(
    "get_release_feedback",
    "Read feedback on a release",
    "What was said about a release that you may read now: your own, and what others said as"
    " far as the clause lets you see it. `roll_up` is made of just that: `positive`; `seed`"
    " (only taken in, or looked into); `negative`; `contested` (negative, and not only)."
    "\n\nA criticism ends by itself once the record does not say any more what was"
    " criticised: `outdated` when it was seen again or its status changed, `wrong_type` when"
    " scam type or role did, `want_more_info` with any revision; all of it when the record is"
    " taken back.",
    answer(Feedback, "What you may see.", EXAMPLE),
    tag=TAG,
    fails=("not-found",),
)
taken_back = describe(
    "take_back_feedback",
    "Take back feedback",
    "Forgets what your organization said about a release, whether it can still read it or"
    " not.",
    answer(TakenBack, "How much it was.", {"release": RELEASE["id"], "taken_back": 1}),
    tag=TAG,
    fails=("not-found", "bad-parameter"),
    parameters=[
        query("kind", "Only what is of this kind; all if not given.", words=WORDS)
    ],
)
of_claim = describe(
    "get_indicator_feedback",
    "Read feedback on your claim",
    "What those who read one of your claims said about it, by clause. Feedback shows and"
    " counts as long as its giver reads the collection; of parties that are hidden from you"
    " nothing is shown.",
    answer(
        ClaimFeedback,
        "By every clause that is in force.",
        {"indicator": ID, "roll_up": "positive", "clauses": [BY_CLAUSE]},
    ),
    tag=TAG,
    fails=("not-found",),
)
WORD = {
    "at": "2026-11-25T08:00:00.000000Z",
    "kind": "account_closed",
    "indicator": ID,
    "release": RELEASE["id"],
    "collection": BY_CLAUSE["collection"],
    "giver": HARBOUR,
    "count": 3,
    "first_seen": "2026-11-24T10:00:00.000000Z",
    "last_seen": "2026-11-25T07:55:00.000000Z",
}
END = {"kind": "end", "next": None, "more": False}
received = describe(
    "list_feedback",
    "List feedback on your claims",
    "What recipients said about all of your claims, the newest first: by the clauses that are"
    " in force, of those who read the collection still and whom you may know.",
    answer(ReceivedFeedback, "A page of it.", {"feedback": [WORD], "next": None})
    | stream(lines_of("ReceivedLine", ReceivedWord), "All of it.", [WORD, END]),
    tag=TAG,
    fails=("bad-parameter", "bad-limit"),
    parameters=[
        query("after", "As `next` of the page before gave it."),
        limit(LIMIT_DEFAULT),
    ],
)
