"""Describes the operations about watchlists."""

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

from hub.api.openapi import Shape, answer, describe
from sharing.vocabulary import LOOKUP_LINES, WATCH_LINES, WATCH_LINES_A_DAY

TAG = "Inbox"
ID = "6f1d2c3b-4a59-4687-9b0c-1d2e3f4a5b6c"


class WatchlistShape(Shape):
    """A list of your own observables; its lines are never shown again."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    lines = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class WatchlistList(Shape):
    watchlists = WatchlistShape(many=True)


class WatchDigest(Shape):
    type = serializers.CharField()
    digest = serializers.CharField(required=False)
    nv = serializers.IntegerField(required=False)
    sha256 = serializers.CharField(required=False)


class WatchOrder(Shape):
    """Lines to add to a list, or to take from it: `values` or `digests`."""

    name = serializers.CharField(help_text="Of the list; a new name makes a list.")
    op = serializers.ChoiceField(choices=["add", "remove"], required=False)
    values = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="At most 10,000."
    )
    digests = WatchDigest(many=True, required=False)
    type = serializers.CharField(required=False, help_text="Of all values.")
    region = serializers.CharField(required=False)
    labels = serializers.ListField(
        child=serializers.CharField(allow_null=True),
        required=False,
        help_text="Your own word for each line, 120 characters; rests sealed.",
    )
    show = serializers.ChoiceField(
        choices=["nothing", "values"],
        required=False,
        help_text="`values` keeps what you sent, sealed, to be shown with a match.",
    )


class WatchFault(Shape):
    line = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()


class WatchlistChanged(Shape):
    id = serializers.UUIDField()
    changed = serializers.IntegerField(help_text="Lines that are new, or gone.")
    unchanged = serializers.IntegerField()
    unreadable = WatchFault(many=True)


listed = describe(
    "list_watchlists",
    "List watchlists",
    "Those of your organization, with how many lines each has; never which.",
    answer(
        WatchlistList,
        "All of them.",
        {
            "watchlists": [
                {
                    "id": ID,
                    "name": "Customers",
                    "lines": 1200,
                    "created_at": "2026-11-24T09:30:00.000000Z",
                }
            ]
        },
    ),
    tag=TAG,
)
changed = describe(
    "change_watchlist",
    "Watch for observables",
    f"Up to {LOOKUP_LINES:,} lines at once, {WATCH_LINES_A_DAY:,} a day, {WATCH_LINES:,}"
    " in all. A release that you may read and that is about one of them appears in the"
    " inbox when it comes or is revised. Nothing is looked up by this: what is known"
    " already says a look-up. Collections that only answer questions are not watched."
    "\n\nThe hub keeps a keyed hash of each line that stands for nothing elsewhere, and a"
    " label only if you give one or ask for `show`. To give no value at all, send digests.",
    answer(
        WatchlistChanged,
        "What changed.",
        {"id": ID, "changed": 2, "unchanged": 0, "unreadable": []},
    ),
    tag=TAG,
    fails=(
        "bad-json not-found length-required too-large unsupported-type invalid too-many"
    ).split(),
    request=WatchOrder,
)
removed = describe(
    "remove_watchlist",
    "Remove a watchlist",
    "The list, its lines and what they matched are gone.",
    {204: OpenApiResponse(None, description="It is gone.")},
    tag=TAG,
    fails=("not-found",),
)
