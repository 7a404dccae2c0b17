"""Describes how far a submission got."""

from rest_framework import serializers

from hub.api.openapi import Shape
from sharing import vocabulary as v


class Reached(Shape):
    """What left by one collection because of a submission, and who reads it now.

    Each of the recipients gets all of it. Hidden parties are neither named nor counted.
    """

    agreement = serializers.CharField()
    collection_id = serializers.UUIDField()
    collection = serializers.CharField()
    disclosure = serializers.ChoiceField(
        choices=list(v.Disclosure), help_text="`query`: can only be asked for."
    )
    released = serializers.IntegerField(help_text="New in the stream.")
    revised = serializers.IntegerField()
    recalled = serializers.IntegerField(help_text="Taken back.")
    recipients = serializers.ListField(child=serializers.CharField())


REACHED = {
    "agreement": "Coalition against scams",
    "collection_id": "0b7d3c4e-7a55-4a9e-9d0c-0d8a8d0f5b11",
    "collection": "Fraud prevention",
    "disclosure": "token",
    "released": 990,
    "revised": 10,
    "recalled": 0,
    "recipients": ["Harbour Bank"],
}
