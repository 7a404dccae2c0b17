"""Describes what waits for a second person."""

from rest_framework import serializers

from hub.api.openapi import Shape, answer, describe
from sharing.intake.guard import Cause

TAG = "Submitting"
STATES = ["accepting", "held", "refused", "done"]


class Taken(Shape):
    """A submission that was written down."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=STATES)
    lines = serializers.IntegerField(help_text="Lines with content.")
    held_reason = serializers.CharField(
        allow_null=True, help_text="Why it waits for a second person, if `held`."
    )


class HeldSubmission(Shape):
    """Why a submission waits, or had to wait, for a second person."""

    cause = serializers.ChoiceField(choices=list(Cause))
    reason = serializers.CharField(help_text="A sentence.")
    lines = serializers.IntegerField(help_text="Without those that take back.")
    since = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


class RefusedSubmission(Shape):
    """A held submission that will never be shared."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=["refused"])


class Reason(Shape):
    """A JSON object with one text."""

    reason = serializers.CharField(
        max_length=400,
        allow_blank=True,
        help_text="Shown to your colleagues; may be empty.",
    )


refused = describe(
    "refuse_submission",
    "Take back a held submission",
    "What waits for a second person is never shared, and its lines are erased. Needs the"
    " scope `withdraw`. People let it through, in the browser; keys cannot.",
    answer(
        RefusedSubmission,
        "It is refused.",
        {"id": "5f0f7a52-0f43-4c7e-8a55-0d8a8d0f5b11", "state": "refused"},
    ),
    tag=TAG,
    fails=(
        "bad-json malformed not-found conflict invalid length-required too-large"
        " unsupported-type"
    ).split(),
    request=Reason,
)
