"""Describes undoing a submission."""

from rest_framework import serializers

from hub.api.openapi import Shape, answer, describe
from sharing.intake.openapi_held import TAG
from sharing.vocabulary import UNDO_WINDOW


class FetchedBefore(Shape):
    """Who was served how many of the claims before they were taken back."""

    organization = serializers.CharField()
    collection = serializers.CharField()
    claims = serializers.IntegerField()


class Undone(Shape):
    """How far an undo is, and what came of it."""

    asked_at = serializers.DateTimeField()
    done_at = serializers.DateTimeField(allow_null=True)
    withdrawn = serializers.IntegerField(help_text="Claims that were new with it.")
    restored = serializers.IntegerField(help_text="Claims that are as before again.")
    without_text = serializers.IntegerField(
        help_text="Of these, those whose value or note it had made the hub forget."
    )
    later = serializers.IntegerField(
        help_text="Left: changed since by something later."
    )
    frozen = serializers.IntegerField(help_text="Left: they cannot change.")
    fetched = FetchedBefore(
        many=True,
        allow_null=True,
        help_text="Receipts: null for whoever may not see any (scope `audit`).",
    )


class Undoing(Shape):
    id = serializers.UUIDField()
    undoing = serializers.BooleanField()


undone = describe(
    "undo_submission",
    "Undo a submission",
    "Takes back what it brought: claims that were new with it are withdrawn, claims that it"
    " revised are as they were before, and whatever something later changed since is left."
    f" Possible for {UNDO_WINDOW.seconds // 60} minutes after it is done (`undo_until`), for"
    " the key that sent it (scope `submit`) or with the scope `withdraw`. Asked again it"
    " changes nothing. `undo` of the submission says what came of it.",
    answer(
        Undoing,
        "It is being undone.",
        {"id": "5f0f7a52-0f43-4c7e-8a55-0d8a8d0f5b11", "undoing": True},
        202,
    ),
    tag=TAG,
    fails=("not-found", "undo-too-early", "undo-over", "nothing-to-undo"),
    request=None,
)
