"""Describes the operation about an organization's own claims."""

from uuid import UUID

from rest_framework import serializers

from hub.api.openapi import Shape, answer, describe, limit, lines_of, query, stream
from sharing import vocabulary as v


class Indicator(Shape):
    """A claim of your organization. The value is not kept to be shown."""

    id = serializers.UUIDField()
    type = serializers.ChoiceField(choices=list(v.IndicatorKind))
    nv = serializers.IntegerField(help_text="Version of the type's normal form.")
    by_hash = serializers.BooleanField(
        help_text="You gave its hash alone: the hub has never seen the value."
    )
    scam_type = serializers.ChoiceField(choices=list(v.ScamType))
    role = serializers.ChoiceField(
        choices=list(v.Role), help_text="What the observable was in the scam."
    )
    status = serializers.ChoiceField(choices=list(v.Status))
    review_status = serializers.ChoiceField(choices=list(v.ReviewStatus))
    confidence = serializers.IntegerField(min_value=0, max_value=100)
    severity = serializers.ChoiceField(choices=list(v.Severity))
    tlp = serializers.ChoiceField(choices=list(v.Tlp), help_text="TLP 2.0.")
    labels = serializers.ListField(child=serializers.CharField())
    shared_infrastructure = serializers.ListField(
        child=serializers.CharField(), help_text="Warninglists that know it."
    )
    first_seen = serializers.DateTimeField(allow_null=True)
    last_seen = serializers.DateTimeField(allow_null=True)
    valid_until = serializers.DateTimeField()
    audience = serializers.ListField(
        child=serializers.UUIDField(),
        allow_null=True,
        help_text="Agreements or collections it may enter; null is all.",
    )
    revision = serializers.IntegerField(help_text="Rises with every change.")
    state = serializers.ChoiceField(choices=list(v.State))
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class IndicatorPage(Shape):
    indicators = Indicator(many=True)
    next = serializers.UUIDField(allow_null=True, help_text="For `after`; null: none.")


EXAMPLE = {
    "id": "1c0e5f5a-2f1d-4f7f-9d8f-2a4f3a6f8f10",
    "type": "domain",
    "nv": 1,
    "by_hash": False,
    "scam_type": "investment",
    "role": "perpetrator",
    "status": "online",
    "review_status": "reviewed",
    "confidence": 80,
    "severity": "medium",
    "tlp": "amber",
    "labels": ["pig-butchering"],
    "shared_infrastructure": [],
    "first_seen": "2026-11-20T08:00:00.000000Z",
    "last_seen": None,
    "valid_until": "2027-05-23T09:30:00.000000Z",
    "audience": None,
    "revision": 1,
    "state": "active",
    "created_at": "2026-11-24T09:30:00.000000Z",
    "updated_at": "2026-11-24T09:30:00.000000Z",
}

listed = describe(
    "list_indicators",
    "List your own claims",
    "All claims of your organization in the order of their ids, whatever their state."
    " Claims of others are never listed: what they release comes in collections."
    "\n\nAs NDJSON without `limit` the answer is the whole list.",
    answer(IndicatorPage, "A page.", {"indicators": [EXAMPLE], "next": None})
    | stream(
        lines_of("IndicatorLine", Indicator),
        "One claim a line, then the end.",
        [EXAMPLE, {"kind": "end", "next": None, "more": False}],
    ),
    tag="Submitting",
    fails=("bad-limit", "bad-parameter"),
    parameters=[query("after", "The `next` of the page before.", UUID), limit(100)],
)
