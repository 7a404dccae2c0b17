"""Describes the operations about notices: grants that ended."""

from rest_framework import serializers

from hub.api.openapi import Shape, answer, describe

TAG = "Receiving"


class Notice(Shape):
    """Your grant on a collection ended: purge what you hold of it."""

    id = serializers.UUIDField()
    collection = serializers.UUIDField()
    title = serializers.CharField(help_text="Of the clause you read under.")
    agreement = serializers.CharField()
    reason = serializers.CharField()
    ended_at = serializers.DateTimeField()
    until = serializers.CharField(
        allow_null=True, help_text="A cursor: nothing after it was for you."
    )
    purge_by = serializers.DateTimeField()
    acknowledged_at = serializers.DateTimeField(allow_null=True)


class NoticeList(Shape):
    notices = Notice(many=True)


EXAMPLE = {
    "id": "5b0f6f0e-51a5-4a1e-8d2b-0e8b9f0a7c11",
    "collection": "c3b7d6de-6c5e-4b0e-9c0c-6f6e2b9f7d44",
    "title": "Fraud prevention",
    "agreement": "Coalition against scams",
    "reason": "We leave the coalition.",
    "ended_at": "2026-11-24T09:30:00.000000Z",
    "until": "1.42",
    "purge_by": "2026-11-27T09:30:00.000000Z",
    "acknowledged_at": None,
}

listed = describe(
    "list_notices",
    "List notices",
    "Grants of your organization that ended, newest first: by leaving, by an amendment, by the"
    " end of an agreement. Nobody else reads them; those whose claims you had see who has not confirmed. A grant that begins again takes its notice"
    " away.",
    answer(NoticeList, "All of them.", {"notices": [EXAMPLE]}),
    tag=TAG,
)
acknowledged = describe(
    "acknowledge_notice",
    "Acknowledge a notice",
    "Says that you have purged what you held of the collection. Saying it again changes"
    " nothing.",
    answer(
        Notice,
        "The notice as it is on record now.",
        {**EXAMPLE, "acknowledged_at": "2026-11-25T08:00:00.000000Z"},
    ),
    tag=TAG,
    fails=("not-found",),
)
