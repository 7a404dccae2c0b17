"""Describes the operations about saved filters."""

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

from hub.api.listing import LIMIT_DEFAULT
from hub.api.openapi import Shape, answer, describe, limit, query
from sharing.inbox.wanting import WORDS
from sharing.vocabulary import (
    FILTER_HITS,
    FILTERS_OF_ORGANIZATION,
    FILTERS_OF_PERSON,
)

TAG = "Inbox"
ID = "0c1d2e3f-4a59-4687-9b0c-1d2e3f4a5b6c"
_BAD = "bad-json length-required too-large unsupported-type invalid".split()


def _some(name: str) -> serializers.ListField:
    child = serializers.ChoiceField(choices=list(WORDS[name]))
    return serializers.ListField(child=child, required=False)


class ConditionsShape(Shape):
    """All of them hold; a release that does not say something fits none that asks for it."""

    collection = serializers.UUIDField(required=False, allow_null=True)
    types = _some("types")
    scam_types = _some("scam_types")
    tlp = _some("tlp")
    confidence = serializers.IntegerField(
        required=False, allow_null=True, help_text="At least, 0 to 100."
    )
    contributor = serializers.UUIDField(
        required=False, allow_null=True, help_text="As `originator.id` of a release."
    )


class SavedFilterShape(Shape):
    id = serializers.UUIDField()
    name = serializers.CharField()
    personal = serializers.BooleanField(help_text="Of one person, in the browser.")
    where = ConditionsShape()
    created_at = serializers.DateTimeField()


class SavedFilterList(Shape):
    filters = SavedFilterShape(many=True)


class SavedFilterOrder(Shape):
    name = serializers.CharField(help_text="Up to 80 characters.")
    where = ConditionsShape()
    personal = serializers.BooleanField(required=False)


class ToldRelease(Shape):
    id = serializers.UUIDField()
    collection = serializers.UUIDField()
    told_at = serializers.DateTimeField()
    release = serializers.DictField(help_text="The release, as its stream has it now.")


class ToldReleases(Shape):
    filter = SavedFilterShape()
    releases = ToldRelease(many=True)
    next = serializers.CharField(allow_null=True, help_text="Give it as `before`.")


EXAMPLE = {
    "id": ID,
    "name": "Numbers of mules",
    "personal": False,
    "where": {
        "collection": None,
        "types": ["iban", "phone"],
        "scam_types": [],
        "tlp": [],
        "confidence": 70,
        "contributor": None,
    },
    "created_at": "2026-12-01T02:30:00.000000Z",
}
listed = describe(
    "list_release_filters",
    "List saved filters",
    "Those of your organization; a person sees its own as well.",
    answer(SavedFilterList, "All of them.", {"filters": [EXAMPLE]}),
    tag=TAG,
)
saved = describe(
    "save_release_filter",
    "Save a filter over releases",
    "Releases that come from now on, that you may read and that fit, are told of in the"
    " inbox: one entry for each filter, kind `filter`. Your own claims and collections that"
    f" only answer questions are left out. At most {FILTERS_OF_ORGANIZATION} of an"
    f" organization and {FILTERS_OF_PERSON} of a person.",
    answer(SavedFilterShape, "It is saved.", EXAMPLE),
    tag=TAG,
    fails=_BAD,
    request=SavedFilterOrder,
)
told = describe(
    "read_release_filter",
    "Read what a filter told of",
    f"The newest first, as far as you may read it now and it fits still; {FILTER_HITS} are"
    " kept. A page may hold less than its limit.",
    answer(ToldReleases, "A page.", {"filter": EXAMPLE, "releases": [], "next": None}),
    tag=TAG,
    fails=("not-found", "bad-parameter", "bad-limit"),
    parameters=[
        query("before", "`next` of the page before."),
        limit(LIMIT_DEFAULT),
    ],
)
changed = describe(
    "change_release_filter",
    "Change a saved filter",
    "Its name and conditions; whose it is stays. What it told of and does not fit any more"
    " is not shown.",
    answer(SavedFilterShape, "As it is now.", EXAMPLE),
    tag=TAG,
    fails=[*_BAD, "not-found"],
    request=SavedFilterOrder,
)
removed = describe(
    "remove_release_filter",
    "Remove a saved filter",
    "It and what it told of are gone.",
    {204: OpenApiResponse(None, description="It is gone.")},
    tag=TAG,
    fails=("not-found",),
)
